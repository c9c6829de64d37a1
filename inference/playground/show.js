import { nameOf } from './names.js';

function made(tag, content, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...[content].flat());
  return element;
}

/** Writes the answer: the image, its neighbours and its prototypes with the images that they gather. */
export function showAnswer(target, { neighbours, prototypes }, { images, sheet, picture }) {
  const image = made('img', [], { src: picture.url, alt: picture.name, className: 'asked' });
  target.replaceChildren(
    made('h2', 'Your image'),
    made('p', [image, picture.name]),
    made('h2', 'Nearest images'),
    made('p', summary(neighbours, images)),
    made(
      'ol',
      neighbours.map(one => neighbour(one, { images, sheet })),
      { className: 'cells' },
    ),
    ...(prototypes.length > 0
      ? [
          made('h2', 'Prototypes'),
          made('p', 'The most probable prototypes, each with the images that it gathers.'),
          made(
            'ol',
            prototypes.map(one => prototype(one, { images, sheet })),
            { className: 'prototypes' },
          ),
        ]
      : []),
  );
}

function neighbour({ image, cosine }, { images, sheet }) {
  const name = nameOf(image, images);
  return made('li', [sheet.cell(image, name), made('span', cosine.toFixed(3)), made('span', classOf(image, images))]);
}

function classOf(image, { classes, labels }) {
  return labels ? classes[labels[image]] : '';
}

function summary(neighbours, images) {
  const cosine = 'Similarity is the cosine of features: 1 is the same direction.';
  if (!images.labels) return cosine;
  const counts = new Map();
  for (const { image } of neighbours) counts.set(classOf(image, images), (counts.get(classOf(image, images)) ?? 0) + 1);
  const listed = [...counts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} ${name}`);
  return `Of ${neighbours.length}: ${listed.join(', ')}. ${cosine}`;
}

function prototype({ index, probability }, { images, sheet }) {
  const facts = images.prototypes.find(one => one.index === index);
  const title = made('strong', `Prototype ${index}: ${(100 * probability).toFixed(1)}%`);
  if (!facts) return made('li', [title, made('span', ' It gathers none of the images of this page.')]);
  const cells = facts.top.map(image => sheet.cell(image, nameOf(image, images)));
  const purity =
    facts.label === undefined ? '' : `, ${(100 * facts.purity).toFixed(0)}% ${images.classes[facts.label]}`;
  const text = `${facts.images} ${facts.images === 1 ? 'image' : 'images'}${purity}`;
  return made('li', [title, made('span', text), made('span', cells, { className: 'cells' })]);
}
