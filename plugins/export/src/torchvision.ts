import { defineComponent, slots, type ExportedWeights } from '@carl-ssl/core';
import { roundedWeights } from './precision.js';
import { pythonFile, pythonUsage } from './python-file.js';
import { torchvisionModule } from './torchvision-module.js';
import { readWeights, weightFiles, weightOptions, WEIGHTS } from './weight-files.js';

/** A token for masked patches, which only pretraining uses. */
const MASK = 'mask_token';

export const torchvision = defineComponent(slots.exporter, {
  use: 'torchvision',
  description: "PyTorch weights that torchvision's networks load, with a Python module for other stems and widths.",
  source: 'https://github.com/pytorch/vision',
  options: weightOptions,
  create: options => ({
    export: async encoder => {
      const module = torchvisionModule(encoder);
      return {
        library: 'pytorch',
        usage: pythonUsage(module, { weights: WEIGHTS, packages: 'torch torchvision' }),
        files: {
          ...(await weightFiles(withoutMask(encoder.weights), options)),
          'encoder.py': pythonFile(module, WEIGHTS),
        },
        ...roundedWeights(encoder.weights, options),
      };
    },
    check: async (encoder, folder) => ({ weights: { ...maskOf(encoder.weights), ...(await readWeights(folder)) } }),
  }),
});

export function withoutMask(weights: ExportedWeights): ExportedWeights {
  return Object.fromEntries(Object.entries(weights).filter(([name]) => name !== MASK));
}

export function maskOf(weights: ExportedWeights): ExportedWeights {
  return Object.hasOwn(weights, MASK) ? { [MASK]: weights[MASK] } : {};
}
