/** Name of an image of the page. */
export function nameOf(image, { indices, classes, labels }) {
  return labels ? `image ${indices[image]}, ${classes[labels[image]]}` : `image ${indices[image]}`;
}
