import { Type } from 'typebox';

export const rotationInterpolation = Type.Union([Type.Literal('nearest'), Type.Literal('bilinear')], {
  default: 'bilinear',
  description:
    'How values between pixels are found. Turns by multiples of 90 degrees move whole pixels where the canvas allows it.',
});
