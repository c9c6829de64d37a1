import { dataUrl, type Picture } from './png.js';

/** Several pictures in one, cell by cell: small pages, and one decoding for all. */
export interface Sprite {
  readonly url: string;
  readonly columns: number;
  readonly rows: number;
}

/** Side of a cell in pixels. Larger pictures are shrunk before; smaller ones are placed in the middle. */
export const CELL = 32;

/** Puts pictures of at most {@link CELL} pixels a side into one, row by row. */
export function spriteOf(pictures: readonly Picture[]): Sprite {
  const columns = Math.max(1, Math.ceil(Math.sqrt(pictures.length)));
  const rows = Math.max(1, Math.ceil(pictures.length / columns));
  const channels = pictures.some(picture => picture.channels === 3) ? 3 : 1;
  const [height, width] = [rows * CELL, columns * CELL];
  const data = new Uint8Array(height * width * channels);
  for (const [i, picture] of pictures.entries()) {
    const top = Math.floor(i / columns) * CELL + Math.floor((CELL - picture.height) / 2);
    const left = (i % columns) * CELL + Math.floor((CELL - picture.width) / 2);
    for (let y = 0; y < picture.height; y++)
      for (let x = 0; x < picture.width; x++)
        for (let c = 0; c < channels; c++)
          data[((top + y) * width + left + x) * channels + c] =
            picture.data[(y * picture.width + x) * picture.channels + Math.min(c, picture.channels - 1)];
  }
  return { url: dataUrl({ height, width, channels, data }), columns, rows };
}
