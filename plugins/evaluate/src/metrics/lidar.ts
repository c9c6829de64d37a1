import { CarlError, defineComponent, slots, Type, type Metric, type Static } from '@carl-ssl/core';
import { integers, matrix } from '../arrays.js';
import { lidarConstants } from '../lidar-options.js';
import { effectiveRank } from '../maths/effective-rank.js';
import { ViewScatter } from '../maths/view-scatter.js';
import { atOnce } from '../stepwise.js';

const options = Type.Object(
  {
    ...lidarConstants,
  },
  { additionalProperties: false },
);

/**
 * `lidar` of `features` [N, D] of views, where `images` [N] tells which views are of one image: between 1 and the smaller of D and the
 * number of images less 1; 0 for equal images.
 */
function lidar({ delta, epsilon }: Static<typeof options>): Metric {
  return {
    compute(inputs) {
      const { data, rows, columns } = matrix(inputs, 'features');
      const groups = rowsByImage(integers(inputs, 'images', rows));
      if (groups.length < 2)
        throw new CarlError('INPUT_DATA', `'images' names one image. LiDAR compares the views of at least two images.`);
      const scatter = new ViewScatter(groups.length, columns);
      for (const [image, places] of groups.entries()) {
        const views = new Float32Array(places.length * columns);
        views.forEach((_, i) => (views[i] = data[places[Math.floor(i / columns)] * columns + (i % columns)]));
        scatter.add(image, views);
      }
      const features = atOnce(scatter.whitened(delta));
      return { lidar: effectiveRank({ features, epsilon, eigenvalues: true }) };
    },
  };
}

function rowsByImage(images: Int32Array): readonly (readonly number[])[] {
  const groups = new Map<number, number[]>();
  images.forEach((image, row) => groups.set(image, [...(groups.get(image) ?? []), row]));
  return [...groups.values()];
}

export default defineComponent(slots.metric, {
  use: 'lidar',
  description: 'LiDAR: effective rank of a linear discriminant analysis of images by their views.',
  source: 'arXiv 2312.04000 (Thilak et al. 2024), section 3',
  options,
  create: lidar,
});
