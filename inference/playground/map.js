import { nameOf } from './names.js';

const SPACE = 'http://www.w3.org/2000/svg';
/** Colours that readers with any kind of colour vision can tell apart (Okabe and Ito, 2008). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

function shape(tag, attributes) {
  const made = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Draws the map of the images, with their pictures on pointing, and the place of an answer. */
export function drawMap(target, { images, sheet, found }) {
  const { plane, labels } = images;
  if (!plane) return;
  const at = ([x, y]) => [2 + 96 * x, 2 + 96 * (1 - y)];
  const label = found
    ? `Map of ${plane.length} images. Your image lies beside ${nameOf(found.neighbours[0].image, images)}.`
    : `Map of ${plane.length} images`;
  const map = shape('svg', { viewBox: '0 0 100 100', role: 'img', 'aria-label': label });
  plane.forEach((point, image) => {
    const [cx, cy] = at(point);
    const dot = shape('circle', { cx, cy, r: 0.9, fill: COLOURS[(labels?.[image] ?? 0) % COLOURS.length] });
    dot.addEventListener('pointerenter', () => showPointed(target, sheet.cell(image, nameOf(image, images))));
    map.append(dot);
  });
  if (found?.place) {
    const [x, y] = at(found.place);
    map.append(shape('path', { d: `M${x - 3} ${y}h6M${x} ${y - 3}v6`, class: 'place' }));
    map.append(shape('circle', { cx: x, cy: y, r: 2.2, class: 'place' }));
  }
  target.replaceChildren(map, Object.assign(document.createElement('p'), { className: 'pointed' }));
}

function showPointed(target, cell) {
  target.querySelector('.pointed').replaceChildren(cell, ` ${cell.title}`);
}
