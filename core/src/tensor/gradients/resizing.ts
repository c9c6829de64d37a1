import type { ResizeBilinearAttrs, Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { tf } from '../tf.js';
import { rowMatrix, transposedAlong } from './axis-matrices.js';
import { fromInput, type GradientTable } from './gradient-table.js';

type Resize = (images: Tensor4D, size: [number, number], alignCorners: boolean, halfPixelCenters: boolean) => Tensor;

/** Without the backends' kernels for these gradients: those of plain JavaScript are wrong, bilinear ones for images that are not square. */
const resized = (resize: Resize) =>
  fromInput<ResizeBilinearAttrs>((dy, { shape }, { alignCorners, halfPixelCenters }) => {
    const along = (gradient: Tensor, axis: number): Tensor => {
      const [size, resized] = [shape, dy.shape].map((of: readonly number[]) => of[axis]);
      const matrix = rowMatrix(size, rows => resize(rows, [resized, 1], alignCorners, halfPixelCenters));
      return transposedAlong(gradient, axis, matrix);
    };
    return along(along(dy, 1), 2);
  }, 'images');

/** Images resized to other heights and widths. */
export const resizing: GradientTable = {
  ResizeBilinear: resized(tf.image.resizeBilinear),
  ResizeNearestNeighbor: resized(tf.image.resizeNearestNeighbor),
};
