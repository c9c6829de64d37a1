import { Type, type Static } from '#typebox';
import { Components, type NestedOptions } from '../contracts/components.js';
import type { Dataset } from '../contracts/dataset.js';
import { slots } from '../contracts/slots.js';
import { datasetOf, type ReadSplit } from '../data/split-dataset.js';
import { splitFindings, SplitOptions, splitRules } from '../data/split-options.js';
import { defineComponent } from '../plugin/define.js';
import { Nested } from '../schema/option.js';

const options = Type.Object(
  {
    train: Nested('reader', { description: 'Training images.' }),
    validation: Type.Optional(Nested('reader', { description: 'Images for model selection.' })),
    test: Type.Optional(Nested('reader', { description: 'Images for reporting results only.' })),
    ...SplitOptions(),
  },
  { additionalProperties: false },
);

/** Composes a dataset of readers; a reader's format gets splits, hold-out and class checks from here. */
export const files = defineComponent(slots.dataset, {
  use: 'files',
  description: 'Files of any format: each split is read by its own reader.',
  options,
  inject: { components: Components },
  check: options => splitFindings('FILES', options),
  create: ({ train, validation, test, ...settings }: Readonly<Static<typeof options>>, { components }): Dataset => {
    const source = (nested: NestedOptions): ReadSplit => {
      const reader = components.create(slots.reader, nested);
      return classes => reader.read(classes);
    };
    const sources = {
      train: source(train),
      ...(validation && { validation: source(validation) }),
      ...(test && { test: source(test) }),
    };
    return datasetOf(sources, splitRules(settings));
  },
});
