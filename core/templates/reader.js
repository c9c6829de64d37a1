import { CarlError, defineComponent, Path, pixelImages, readUserFile, slots } from '@carl-ssl/core';
import { Type } from 'typebox';

const options = Type.Object(
  {
    file: Path({ description: 'Text file with one image in each line: its class, then its pixels from 0 to 255.' }),
    size: Type.Integer({ minimum: 1, default: 8, description: 'Height and width of the images.' }),
  },
  { additionalProperties: false },
);

/** Grey images in a text file. */
export const templateName = defineComponent(slots.reader, {
  use: 'template-name',
  description: 'Grey images in a text file, one in each line.',
  options,
  provides: () => ['labels'],
  create: ({ file, size }) => ({
    read: async () => {
      const text = Buffer.from(await readUserFile(file)).toString();
      const rows = text
        .trim()
        .split('\n')
        .map((line, index) => numbersOf(line, { file, line: index + 1, length: 1 + size * size }));
      return pixelImages({
        bytes: Uint8Array.from(rows.flatMap(([, ...pixels]) => pixels)),
        size: [size, size],
        channels: 1,
        labels: Int32Array.from(rows, ([label]) => label),
      });
    },
  }),
});

/** @throws CarlError INPUT_DATA for a line that is no image */
function numbersOf(text, place) {
  const numbers = text.trim().split(/\s+/).map(Number);
  if (numbers.length === place.length && numbers.every(value => Number.isInteger(value) && value >= 0 && value < 256))
    return numbers;
  const form = `a class and ${place.length - 1} pixels, all whole numbers from 0 to 255`;
  throw new CarlError('INPUT_DATA', `${place.file}: line ${place.line} must be ${form}. Correct the file or \`size\`.`);
}
