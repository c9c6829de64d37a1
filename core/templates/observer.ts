import { defineComponent, slots, type Observer } from '@carl-ssl/core';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';

const options = Type.Object(
  {
    file: Type.String({ minLength: 1, default: 'losses.txt', description: 'File in the run directory.' }),
  },
  { additionalProperties: false },
);

/** Writes the loss of every epoch into a text file when the run ends. */
export const templateName = defineComponent(slots.observer, {
  use: 'template-name',
  description: 'Writes the mean loss of every epoch into a text file.',
  options,
  create: ({ file }): Observer => {
    let run: string | undefined;
    const lines: string[] = [];
    return {
      onStart: start => (run = start.run),
      onEpoch: ({ epoch, metrics }) => lines.push(`${epoch} ${metrics.loss.toFixed(6)}\n`),
      close: async () => {
        if (run !== undefined) await writeFile(join(run, file), lines.join(''));
      },
    };
  },
});
