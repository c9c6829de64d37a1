import {
  datasetOf,
  floatImage,
  type ImageSet,
  openShared,
  pixelImages,
  slots,
  splitFindings,
  subset,
} from '@carl-ssl/core';
import { componentsOf, catalogueOf, createRoot } from '@carl-ssl/core/host';
import { builtin, contractOf, keep } from '@carl-ssl/core/testing';
import dataIdx from '@carl-ssl/data-idx';
import dataImageFolder from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { fileURLToPath } from 'node:url';
import { dataRefusal } from '../refusal.js';

/** One image of one pixel for each label; pixel i has level i. */
function labelled(labels: readonly number[], classes?: readonly string[], channels = 1): ImageSet {
  const bytes = Uint8Array.from({ length: labels.length * channels }, (_, i) => i);
  return pixelImages({ bytes, size: [1, 1], channels, labels: Int32Array.from(labels), classes });
}
const unlabelled = (length: number): ImageSet =>
  pixelImages({ bytes: new Uint8Array(length), size: [1, 1], channels: 1 });
const source = (set: ImageSet) => async () => set;

describe('a dataset composed of splits', () => {
  const names = ['cat', 'dog'];

  it('gives readers the classes of the training images, and reads these first', async () => {
    const asked: unknown[] = [];
    const reading = (set: ImageSet) => async (classes?: readonly string[]) => {
      asked.push(classes);
      return set;
    };
    const sets = { train: labelled([0, 1], names), test: labelled([1], names) };
    const dataset = datasetOf({ train: reading(sets.train), test: reading(sets.test) });
    expect(await dataset.split('test')).to.equal(sets.test);
    expect(await dataset.split('train')).to.equal(sets.train);
    expect(asked).to.deep.equal([undefined, names]);
  });

  it('refuses splits with other classes, in another order, or with fewer', async () => {
    const test = (classes: readonly string[]) =>
      dataRefusal(
        datasetOf({ train: source(labelled([0, 1], names)), test: source(labelled([0], classes)) }).split('test'),
      );
    expect(await test(['cat', 'cow'])).to.equal(
      'The test split has classes that the training images do not have: cow. The classes of the training images are cat, dog; labels mean the same only if all splits have this list.',
    );
    expect(await test(['cat'])).to.include('The test split lacks the classes dog.');
    expect(await test(['dog', 'cat'])).to.include('has its classes in the order dog, cat');
  });

  it('refuses other channels, labels out of range, and names that contradict the files', async () => {
    const train = source(labelled([0, 1]));
    const other = (test: ImageSet) => datasetOf({ train, test: source(test) }).split('test');
    expect(await dataRefusal(other(labelled([0], undefined, 3)))).to.include('3 channels, and training images have 1');
    const training = (set: ImageSet, rules: object) => datasetOf({ train: source(set) }, rules).split('train');
    expect(await dataRefusal(training(labelled([0, 2]), { classes: 2 }))).to.include(
      'Image 1 of the train split has label 2; with 2 classes, labels are 0 to 1',
    );
    expect(await dataRefusal(training(labelled([0, -1]), { classNames: names }))).to.include('has label -1');
    expect(await dataRefusal(training(labelled([0], names), { classNames: ['a', 'b'] }))).to.include(
      'Remove `classNames`',
    );
    expect(await dataRefusal(training(labelled([0], names), { classes: 3 }))).to.include('name 2 classes');
  });

  it('counts classes by its rules, the names in the files, or the largest label of the splits that were read', async () => {
    const sources = { train: source(labelled([0, 1])), test: source(labelled([4])) };
    const dataset = datasetOf(sources);
    expect(dataset.classCount).to.equal(undefined);
    await dataset.split('train');
    expect(dataset.classCount).to.equal(2);
    await dataset.split('test');
    expect(dataset.classCount).to.equal(5);
    const named = datasetOf({ train: source(labelled([0], names)) });
    await named.split('train');
    expect([named.classCount, datasetOf(sources, { classes: 7 }).classCount]).to.deep.equal([2, 7]);
    const none = datasetOf({ train: source(unlabelled(2)), test: source(labelled([3])) }, { classes: 4 });
    await none.split('test');
    expect(none.classCount).to.equal(undefined);
  });

  it('gives class names to sets without, also in threads', async () => {
    const dataset = datasetOf({ train: source(labelled([0, 1, 1])) }, { classNames: names });
    const train = (await dataset.split('train'))!;
    const rebuilt = await openShared(structuredClone(train.share!(2)));
    expect([train.classes, rebuilt.classes, dataset.classCount]).to.deep.equal([names, names, 2]);
    expect(await rebuilt.read([2])).to.deep.equal(await train.read([2]));
    expect(await rebuilt.fingerprint()).to.equal(await train.fingerprint());
  });

  it('holds out nothing where there is a validation split', async () => {
    const holdout = () => Int32Array.of(0);
    const train = labelled([0, 1]);
    const both = datasetOf({ train: source(train), validation: source(labelled([1])) }, { holdout });
    expect(await both.split('train')).to.equal(train);
    expect((await datasetOf({ train: source(train) }, { holdout }).split('validation'))!.length).to.equal(1);
  });

  it('finds contradicting options', () => {
    const codes = (options: object) => splitFindings('MINE', options).map(({ code }) => code);
    expect(codes({ validation: {}, holdout: 2, classes: 3, classNames: ['a'] })).to.deep.equal([
      'MINE_TWO_VALIDATIONS',
      'MINE_CLASSES_DIFFER',
    ]);
    expect(codes({ holdout: 2, classes: 1, classNames: ['a'] })).to.deep.equal([]);
  });
});

describe('image sets in memory', () => {
  it('hold bytes, which become level / 255', async () => {
    const [image] = await pixelImages({ bytes: Uint8Array.of(0, 51, 255), size: [1, 3], channels: 1 }).read([0]);
    expect(image.data).to.deep.equal(Uint8Array.of(0, 51, 255));
    expect(floatImage(image).data).to.deep.equal(Float32Array.of(0, 51 / 255, 1));
    const floats = floatImage(image);
    expect(floatImage(floats)).to.equal(floats);
  });

  it('use one memory in all threads', async () => {
    const bytes = Uint8Array.from({ length: 6 }, (_, i) => i);
    const part = subset(pixelImages({ bytes, size: [1, 1], channels: 1 }), Int32Array.of(5, 1));
    // Sent to a thread, a SharedArrayBuffer stays the same memory; a copy would not see the change.
    const shared = part.share!(2);
    const rebuilt = await openShared(structuredClone(shared));
    const { images } = shared.content as { images: { content: { bytes: Uint8Array } } };
    images.content.bytes[5] = 200;
    expect((await rebuilt.read([0]))[0].data).to.deep.equal(Uint8Array.of(200));
    expect((await part.read([0]))[0].data).to.deep.equal(Uint8Array.of(200));
  });

  it('keep the names of their files', () => {
    const images = pixelImages({ bytes: new Uint8Array(6), size: [1, 1], channels: 1 });
    const named = { ...images, fileName: (index: number) => `${index}.png` };
    expect(subset(subset(named, Int32Array.of(5, 1)), Int32Array.of(1)).fileName!(0)).to.equal('1.png');
    expect(subset(images, Int32Array.of(5))).not.to.have.property('fileName');
  });

  it('are not shared by a copy with other images', () => {
    const set = pixelImages({ bytes: new Uint8Array(4), size: [1, 1], channels: 1 });
    expect(set.share).to.be.a('function');
    expect({ ...set, read: async () => [] }).not.to.have.property('share');
  });
});

describe('the dataset `files`', () => {
  const golden = (path: string) => fileURLToPath(new URL(`../golden/cases/reader/${path}`, import.meta.url));
  const idx = {
    use: 'idx',
    images: golden('idx/files/train-images-idx3-ubyte'),
    labels: golden('idx/files/train-labels-idx1-ubyte'),
  };
  const folder = { use: 'image-folder', root: golden('image-folder-png/files') };
  const beside = [dataIdx, dataImageFolder];

  it('keeps the contract of datasets, whatever reads its splits', async () => {
    const options = [
      { train: idx, holdout: 0.4 },
      { train: folder, test: folder },
    ];
    const plugin = { name: 'files', components: builtin.components.filter(({ use }) => use === 'files') };
    const examples = { 'dataset files': options.map(one => ({ options: one })) };
    for (const clause of contractOf(plugin, { examples, beside })) await keep(clause);
  });

  it('gives the same images, order and fingerprint as the dataset of the format', async () => {
    const components = componentsOf(createRoot(catalogueOf([builtin, ...beside])));
    const { use: _use, ...files } = idx;
    const [composed, preset] = [
      components.create(slots.dataset, { use: 'files', train: idx, holdout: 0.4 }),
      components.create(slots.dataset, { use: 'idx', train: files, holdout: 0.4 }),
    ];
    for (const split of ['train', 'validation'] as const) {
      const [a, b] = [(await composed.split(split))!, (await preset.split(split))!];
      expect(await a.fingerprint()).to.equal(await b.fingerprint());
      expect([a.length, [...a.labels!]]).to.deep.equal([b.length, [...b.labels!]]);
    }
  });

  it('gives class folders the same labels in all splits', async () => {
    const components = componentsOf(createRoot(catalogueOf([builtin, ...beside])));
    const other = { use: 'image-folder', root: golden('image-folder-jpeg/files') };
    const settings = {
      labels: 'folders',
      channels: 3,
      orient: false,
      extensions: ['png', 'jpg', 'jpeg'],
      followLinks: false,
      cacheMegabytes: 0,
      onCorrupt: 'error',
    };
    const dataset = components.create(slots.dataset, {
      use: 'files',
      train: { ...folder, ...settings },
      test: { ...other, ...settings },
    });
    expect(await dataRefusal(dataset.split('test'))).to.include(
      'has a folder "one", which is not a class of the training images: ant, cat, dog',
    );
  });
});
