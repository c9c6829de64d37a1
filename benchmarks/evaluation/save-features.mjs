import { defineComponent, definePlugin, encodeSafetensors, Path, slots } from '@carl-ssl/core';
import { writeFileSync } from 'node:fs';
import { Type } from 'typebox';

/** Writes the features of all splits to a safetensors file, under the names of the splits. */
const saveFeatures = defineComponent(slots.evaluator, {
  use: 'save-features',
  description: 'Writes the features to a file.',
  options: Type.Object(
    {
      file: Path({ description: 'Safetensors file to write.' }),
      layer: Type.Optional(Type.String({ description: 'Layer of the encoder.' })),
    },
    { additionalProperties: false },
  ),
  create: ({ file, layer }) => ({
    kind: 'features',
    ...(layer !== undefined && { layer }),
    baselines: [],
    evaluate: async ({ train, validation, test }) => {
      const tensors = {};
      for (const [name, set] of Object.entries({ train, validation, test }))
        if (set)
          tensors[name] = { dtype: 'F32', shape: [set.length, set.dim], data: Float32Array.from(await set.all()) };
      writeFileSync(file, encodeSafetensors(tensors));
      return [];
    },
  }),
});

export default definePlugin({ name: 'save-features', version: '1.0.0', components: [saveFeatures] });
