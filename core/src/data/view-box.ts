import type { Drawn, DrawnValues } from '../contracts/drawn.js';
import type { StoredImage } from '../contracts/image.js';

/**
 * Where a view lies in its stored image, in pixels. A mirrored view has its first column at the right border of the box, so
 * that `left` is that border and `width` is negative; likewise from top to bottom.
 */
export type ViewBox = readonly [top: number, left: number, height: number, width: number];

/** Follows the box of a view through the random choices that its augmentations report. */
export class BoxTracker {
  #box: ViewBox;

  constructor({ height, width }: Pick<StoredImage, 'height' | 'width'>) {
    this.#box = [0, 0, height, width];
  }

  get box(): ViewBox {
    return this.#box;
  }

  readonly drawn: Drawn = (name, values) => {
    const [top, left, height, width] = this.#box;
    if (name === 'crop') this.#box = cropped(this.#box, values);
    if (name === 'horizontal flip') this.#box = [top, left + width, height, -width];
    if (name === 'vertical flip') this.#box = [top + height, left, -height, width];
  };
}

function cropped([top, left, height, width]: ViewBox, values: DrawnValues): ViewBox {
  const number = (key: string): number => Number(values[key]);
  const [down, across] = [height / number('ofHeight'), width / number('ofWidth')];
  return [
    top + down * number('top'),
    left + across * number('left'),
    down * number('height'),
    across * number('width'),
  ];
}
