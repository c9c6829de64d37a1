import { Type } from 'typebox';

/** Options of everything that resizes. */
export const samplingOptions = {
  interpolation: Type.Union([Type.Literal('nearest'), Type.Literal('bilinear'), Type.Literal('bicubic')], {
    default: 'bilinear',
    description: 'How values between pixels are found. Bicubic results may leave [0, 1].',
  }),
  antialias: Type.Boolean({
    default: true,
    description: 'Let every pixel take part when shrinking. Without it, pixels between the samples are lost.',
  }),
};
