import { Type } from '#typebox';

export const trainer = Type.Object(
  {
    epochs: Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Number of epochs.' }),
    batchSize: Type.Integer({
      minimum: 2,
      default: 256,
      description: 'Images per step; the last, incomplete batch of an epoch is dropped.',
    }),
    forward: Type.Union([Type.Literal('joint'), Type.Literal('separate')], {
      default: 'joint',
      description:
        'joint: all views of the same size pass through the encoder together and share batch statistics. separate: one forward pass per view, in order.',
    }),
    accumulate: Type.Integer({
      minimum: 1,
      default: 1,
      description:
        'Gradient accumulation: number of batches whose gradients are averaged for one update. Negatives, mean assignments and Sinkhorn are computed within each batch.',
    }),
    clipNorm: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
      default: null,
      description: 'Maximum global gradient norm; larger gradients are scaled down to it.',
    }),
    precision: Type.Union([Type.Literal('float32'), Type.Literal('bf16')], {
      default: 'float32',
      description:
        'Numbers that convolutions, linear layers and attention multiply in a training step. bf16: rounded to 8 bits of precision, with sums, weights, statistics and losses in float32; faster only on processors with AMX or AVX512_BF16, elsewhere the same rounding costs time.',
    }),
    checkpointEvery: Type.Integer({ minimum: 1, default: 1, description: 'Epochs between two checkpoints.' }),
    checkpointMinutes: Type.Number({
      exclusiveMinimum: 0,
      default: 15,
      description:
        'Minutes without a checkpoint after which one is saved in between. It is removed when the next one is saved.',
    }),
    keepCheckpoints: Type.Integer({
      minimum: 1,
      default: 2,
      description: 'Number of most recent checkpoints to keep.',
    }),
    monitorEvery: Type.Integer({
      minimum: 1,
      default: 10,
      description: 'Steps between two measurements of the collapse monitor.',
    }),
    onCollapse: Type.Union([Type.Literal('warn'), Type.Literal('stop')], {
      default: 'warn',
      description: 'Action when the monitor detects a collapse.',
    }),
  },
  { additionalProperties: false, description: 'The training loop.' },
);
