import { html, type Html } from './html.js';

/** Colours that readers with any kind of colour vision can tell apart (Okabe and Ito, 2008), without black and yellow. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];

const SHAPES = ['disc', 'square', 'ring'];

/** Classes that have a mark each; further ones share marks. */
const MOST_MARKS = COLOURS.length * SHAPES.length;

/** Colour and shape of a class; shapes change once all colours are used. */
export function markOf(label: number): { readonly shape: string; readonly colour: string } {
  const shape = SHAPES[Math.floor(label / COLOURS.length) % SHAPES.length];
  return { shape, colour: COLOURS[label % COLOURS.length] };
}

/** Marks of all classes with their names. */
export function legend(classes: readonly string[]): Html {
  const shared = classes.length > MOST_MARKS ? [html`<p>${classes.length} classes share ${MOST_MARKS} marks.</p>`] : [];
  const entries = classes.slice(0, MOST_MARKS).map((name, label) => {
    const { shape, colour } = markOf(label);
    return html`<li><span class="mark ${shape}" style="--c:${colour}"></span> ${name}</li> `;
  });
  return html`<ul class="legend">
      ${entries}
    </ul>
    ${shared}`;
}
