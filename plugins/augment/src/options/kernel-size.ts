import type { Finding } from '@carl-ssl/core';
import { Type } from 'typebox';

export const kernelSizeOption = Type.Integer({
  minimum: 1,
  maximum: 1023,
  description: 'Side of the blur kernel in pixels; an odd number.',
});

/** An error for a kernel without a centre. */
export function kernelSizeFindings(kernelSize: number | undefined): readonly Finding[] {
  if (kernelSize === undefined || kernelSize % 2 === 1) return [];
  const message = `\`kernelSize\` is ${kernelSize}, but a kernel needs a centre. Use ${kernelSize - 1} or ${kernelSize + 1}.`;
  return [{ severity: 'error', code: 'AUGMENT_KERNEL_EVEN', path: 'kernelSize', message }];
}
