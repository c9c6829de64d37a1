import { createHash } from 'node:crypto';
import { Type, type Static } from '#typebox';
import { Components } from '../contracts/components.js';
import type { ImageSet } from '../contracts/image-set.js';
import type { Reader } from '../contracts/reader.js';
import { slots } from '../contracts/slots.js';
import { classesIn, fault, marksOf, parseLabelTable, type LabelRow } from '../data/label-table.js';
import { withMultiLabels } from '../data/multi-labels.js';
import { subset } from '../data/subset.js';
import { CarlError } from '../errors/carl-error.js';
import { readUserFile } from '../files/data-file.js';
import { defineComponent } from '../plugin/define.js';
import { Nested, Path } from '../schema/option.js';
import { closest } from '../text/closest.js';

const options = Type.Object(
  {
    images: Nested('reader', { description: 'Reads the image files; labels that it finds are not used.' }),
    table: Path({
      description:
        'CSV file with the columns `image` (path below the folder of the images), `labels` (class names separated by ;) and, if wanted, `difficult` (class names that are undecided for the image). Only the images in it are used.',
    }),
  },
  { additionalProperties: false },
);

/** Images of a reader with any number of classes each, from a table. */
class LabelsTable implements Reader {
  constructor(
    private readonly path: string,
    private readonly images: Reader,
  ) {}

  async read(known?: readonly string[]): Promise<ImageSet> {
    const bytes = await readUserFile(this.path);
    const rows = parseLabelTable(this.path, bytes);
    const classes = known ?? classesIn(this.path, rows);
    const marks = marksOf(this.path, rows, classes);
    const listed = this.#places(await this.images.read(), rows);
    return withMultiLabels(listed, { classes, marks, sha256: createHash('sha256').update(bytes).digest('hex') });
  }

  /** The images of the rows, in the order of the table. */
  #places(images: ImageSet, rows: readonly LabelRow[]): ImageSet {
    if (!images.fileName)
      throw new CarlError(
        'INPUT_DATA',
        `${this.path}: the reader of the images has no file names that a table could list. Take a reader of image files, such as image-folder.`,
      );
    const names = Array.from({ length: images.length }, (_, i) => images.fileName!(i));
    const places = new Map(names.map((name, i) => [name, i]));
    const ambiguous = new Set(names.filter((name, i) => places.get(name) !== i));
    const placeOf = ({ image, line }: LabelRow): number => {
      const place = places.get(image);
      if (ambiguous.has(image))
        throw fault(
          { path: this.path, line },
          `${image} is the name of several images; give each reader a table of its own and join them with \`concat\``,
        );
      if (place !== undefined) return place;
      const near = closest(image, names);
      const advice = near === undefined ? `One of them is ${names[0] ?? 'none'}` : `Did you mean ${near}?`;
      throw fault({ path: this.path, line }, `${image} is not among the ${names.length} images. ${advice}`);
    };
    return subset(images, Int32Array.from(rows, placeOf), images.leftOut);
  }
}

export const labelsTable = defineComponent(slots.reader, {
  use: 'labels-table',
  description: 'Images with any number of classes each, which a CSV table lists.',
  options,
  inject: { components: Components },
  provides: () => ['multi-labels'],
  create: ({ images, table }: Readonly<Static<typeof options>>, { components }): Reader =>
    new LabelsTable(table, components.create(slots.reader, images)),
});
