import { CarlError, defineComponent, slots, Type, type HostMatrix, type Metric } from '@carl-ssl/core';
import { matrix } from '../arrays.js';
import { atOnce } from '../stepwise.js';
import { alignment, uniformity } from '../maths/hypersphere.js';

/** `alignment` of the pairs of rows of `view0` and `view1` [N, D], and `uniformity` of `view0`; rows at unit length. */
function alignmentUniformity({ t, alpha }: { t: number; alpha: number }): Metric {
  return {
    compute(inputs) {
      const x = matrix(inputs, 'view0');
      const y = matrix(inputs, 'view1');
      checkViews(x, y);
      return { alignment: alignment(x, y, alpha), uniformity: atOnce(uniformity(x, t)) };
    },
  };
}

function checkViews(x: HostMatrix, y: HostMatrix): void {
  const shapes = `'view0' is [${x.rows}, ${x.columns}] and 'view1' is [${y.rows}, ${y.columns}].`;
  if (x.rows !== y.rows || x.columns !== y.columns)
    throw new CarlError('SHAPE', `${shapes} Both must have the same shape.`);
  if (x.rows < 2) throw new CarlError('SHAPE', `${shapes} Uniformity needs at least two rows.`);
}

export default defineComponent(slots.metric, {
  use: 'alignment-uniformity',
  description: 'How close the views of an image are on the unit sphere, and how evenly images spread over it.',
  source: 'arXiv 2005.10242',
  options: Type.Object(
    {
      t: Type.Number({
        exclusiveMinimum: 0,
        default: 2,
        description: 'Sharpness of the Gaussian potential in uniformity.',
      }),
      alpha: Type.Number({ exclusiveMinimum: 0, default: 2, description: 'Exponent of the distance in alignment.' }),
    },
    { additionalProperties: false },
  ),
  create: alignmentUniformity,
});
