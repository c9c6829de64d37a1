/** Pixels of an image file, with the colours that are stored. */
export async function pixelsOfFile(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch {
    throw new Error(`${file.name} is not an image that this browser reads.`);
  }
  return pixelsOf(bitmap);
}

/** Pixels of a picture at a URL of this page. */
export async function pixelsOfPicture(url) {
  const picture = Object.assign(new Image(), { src: url });
  await picture.decode();
  return pixelsOf(picture);
}

function pixelsOf(source) {
  const { width, height } = source;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0);
  return context.getImageData(0, 0, width, height);
}
