import { Type, type Static } from 'typebox';
import { CarlError, defineComponent, slots, type Metric } from '@carl-ssl/core';
import { matrix } from '../arrays.js';
import { effectiveRank } from '../maths/effective-rank.js';
import { ViewScatter } from '../maths/view-scatter.js';
import { atOnce } from '../stepwise.js';

const options = Type.Object(
  {
    views: Type.Integer({ minimum: 2, default: 50, description: 'Number of views of each image.' }),
    delta: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-4,
      description: 'Added to the diagonal of the covariance of the views of an image.',
    }),
    epsilon: Type.Number({
      exclusiveMinimum: 0,
      default: 1e-7,
      description: 'Added to each eigenvalue after normalisation by their sum.',
    }),
  },
  { additionalProperties: false },
);

/** `lidar` of `features` [n q, D], the q views of an image in neighbouring rows: between 1 and min(n - 1, D), 0 for equal images. */
function lidar({ views, delta, epsilon }: Static<typeof options>): Metric {
  return {
    compute(inputs) {
      const { data, rows, columns } = matrix(inputs, 'features');
      const images = rows / views;
      if (!Number.isInteger(images) || images < 2)
        throw new CarlError(
          'SHAPE',
          `'features' has ${rows} rows. It must have ${views} rows, one for each view, of at least two images.`,
        );
      const scatter = new ViewScatter(images, columns);
      const values = Float32Array.from(data);
      for (let image = 0; image < images; image++)
        scatter.add(image, values.subarray(image * views * columns, (image + 1) * views * columns));
      const features = atOnce(scatter.whitened(delta));
      return { lidar: effectiveRank({ features, epsilon, eigenvalues: true }) };
    },
  };
}

export default defineComponent(slots.metric, {
  use: 'lidar',
  description: 'LiDAR: effective rank of a linear discriminant analysis of images by their views.',
  source: 'arXiv 2312.04000 (Thilak et al. 2024), section 3',
  options,
  create: lidar,
});
