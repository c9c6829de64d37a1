import {
  chunkRows,
  defineComponent,
  mapRows,
  prototypeOptions,
  Scheduled,
  scheduledAt,
  scorerOf,
  slots,
  tf,
  Type,
  untracked,
  type Assigner,
  type Static,
} from '@carl-ssl/core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkCentering } from './advice.js';
import { centerState, centered, movedCenter } from './center.js';

const options = Type.Object(
  {
    ...prototypeOptions,
    temperature: Scheduled({
      exclusiveMinimum: 0,
      default: 0.04,
      description:
        'Centred scores are divided by it for the codes; keep it below `studentTemperature`, so that codes are sharper than predictions.',
    }),
    studentTemperature: Type.Number({
      exclusiveMinimum: 0,
      default: 0.1,
      description: 'Scores are divided by it for the prediction.',
    }),
    momentum: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0.9,
      description: 'Momentum of the moving average of the centre.',
    }),
  },
  { additionalProperties: false },
);
type Options = Readonly<Static<typeof options>>;

/**
 * DINO's assigner: codes softmax((scores - center) / temperature), where the centre follows the mean scores, so that no
 * prototype takes all images; the low temperature keeps codes from becoming uniform. Scores [B, K].
 * @see arXiv 2104.14294, section 3.1
 */
export const centering = defineComponent(slots.assigner, {
  use: 'centering',
  description: 'Centred and sharpened codes over learned prototypes of the assigner, or over scores of the head.',
  source: 'arXiv 2104.14294 (DINO); github.com/facebookresearch/dinov2',
  options,
  provides: ({ count }) => (count === undefined ? ['codes'] : ['codes', 'prototypes']),
  temperature: o => ({ option: 'studentTemperature', value: o.studentTemperature }),
  check: checkCentering,
  create: createCentering,
});

function createCentering(o: Options): Assigner {
  const { scores, ...prototypes } = scorerOf(o);
  return {
    ...prototypes,
    state: dim => centerState(prototypes.prototypeCount(dim, 1)),
    assign: (views, pass, state, context) => {
      // Scores over the student's temperature take the place of scores, so that one matrix of each view is kept.
      const score = scores(pass, o.studentTemperature);
      const center = tf.div<Tensor1D>(state.center, o.studentTemperature);
      const temperature = scheduledAt(o.temperature, context) / o.studentTemperature;
      const code = untracked((own: Tensor2D) => {
        const atOnce = chunkRows(own.shape[0], views.length * own.shape[1]);
        return mapRows(own, atOnce, rows => centered(rows, center, temperature));
      });
      const logits = views.map(score);
      const move = untracked((...rows: Tensor2D[]) =>
        tf.mul<Tensor1D>(movedCenter(center, rows, { ...o, ...context }), o.studentTemperature),
      );
      return {
        assigned: logits.map(own => ({ logits: own, code: code(own) })),
        nextState: { center: move(...logits) },
      };
    },
  };
}
