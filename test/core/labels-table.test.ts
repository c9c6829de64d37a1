import { CarlError } from '@carl-ssl/core';
import dataImageFolder from '@carl-ssl/data-image-folder';
import { assemble, loadPipeline, openData, openPipeline, planOf } from '@carl-ssl/core/host';
import { builtin, describePlugin, planText } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { evaluated, evaluateTiny } from '../e2e/evaluating.js';
import { onCpu, tinyPipeline, writePipeline } from '../e2e/tiny.js';

const folder = mkdtempSync(join(tmpdir(), 'carl-labels-table-'));
const within = (...names: string[]) => join(folder, ...names);
const NAMES = ['cat', 'dog', 'person'];
const row = (i: number) => `img/${i}.png,${NAMES[i % 3]}${i % 2 === 0 ? ';person'.repeat(Number(i % 3 !== 2)) : ''},`;
const table = (from: number, to: number) =>
  ['image,labels,difficult', ...Array.from({ length: to - from }, (_, i) => row(from + i))].join('\n');

describe('images with several labels from a table', () => {
  const reader = (name: string) => ({ use: 'labels-table', images: { use: 'image-folder', root: within('images'), labels: 'none', channels: 1 }, table: within(name) }); // prettier-ignore
  const data = () => ({ use: 'files', train: reader('train.csv'), test: reader('test.csv') });
  const plugins = [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'];
  const load = async (changes: object) =>
    loadPipeline(writePipeline(within('p.yaml'), evaluated({ plugins, data: data(), evaluate: [], ...changes })));

  before(async () => {
    await onCpu();
    mkdirSync(within('images', 'img'), { recursive: true });
    for (let i = 0; i < 48; i++) {
      const pixels = Buffer.from(Array.from({ length: 64 }, (_, at) => (at * (1 + (i % 3) * 7) * (i + 3)) % 256));
      writeFileSync(within('images', 'img', `${i}.png`), await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } }).png().toBuffer()); // prettier-ignore
    }
    writeFileSync(within('train.csv'), table(0, 32));
    writeFileSync(within('test.csv'), table(32, 48));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are evaluated by mean average precision', async () => {
    const { results } = await evaluateTiny(within('run'), { plugins, data: data(), evaluate: ['multi-label-linear'] });
    expect(results.status.every(({ status }) => status === 'done')).to.equal(true);
    expect(results.trained.map(({ metric, split }) => `${metric} ${split}`)).to.include('multi-label-svm@C0.5:map-area test'); // prettier-ignore
    expect(results.chance).to.deep.equal({});
  });

  it('are in the order of the table, keep their labels when some are held out, and are in the plan', async () => {
    const { experiment } = await openPipeline(await load({ data: { ...data(), holdout: 4 } }));
    const { train, held } = experiment;
    expect([train.length, held.validation!.length, held.test!.length]).to.deep.equal([28, 4, 16]);
    for (const set of [train, held.validation!, held.test!])
      for (let i = 0; i < set.length; i++) {
        const number = Number(/\d+/.exec(set.fileName!(i))![0]);
        const labels = NAMES.filter((_, k) => set.multiLabels![i * 3 + k] === 1);
        expect(labels).to.deep.equal(row(number).split(',')[1].split(';').sort());
      }
    expect(planText(await planOf(experiment))).to.contain('classes       3, any number of them for each image');
  });

  it('are refused before training by everything that needs one label for each image', async () => {
    const refused = async (changes: object): Promise<string> =>
      load(changes)
        .then(loaded => openData(assemble(loaded)))
        .then(() => '', String);
    for (const use of ['knn', 'linear', 'linear-svm', 'linear-sgd', 'fine-tune', 'low-shot-linear'])
      expect(await refused({ evaluate: [use] }), use).to.contain(
        `The evaluator \`${use}\` requires \`labels\`, which nothing in this pipeline provides.\nThe images have several labels each. Take an evaluator for such images, \`multi-label-linear\`.`.split('\n')[0], // prettier-ignore
      );
    expect(await refused({ evaluate: ['knn'] })).to.contain('The images have several labels each.');
    expect(await refused({ probe: { optimizer: 'sgd' } })).to.contain('the training images have several');
    expect(await refused({ data: 'stripes', evaluate: ['multi-label-linear'] })).to.contain('requires `multi-labels`');
    const mixed = { ...data(), test: reader('test.csv').images };
    expect(await refused({ data: mixed, evaluate: ['multi-label-linear'] })).to.contain('`data.test` lacks');
  });

  it('stay in parts of them and in several joined, which provide what the readers in them do', async () => {
    const plugin = { plugins: [...plugins, '@carl-ssl/data-compose'] };
    const parts = [reader('train.csv'), reader('test.csv')].map(of => ({ use: 'subset', of, fraction: 0.5 }));
    const composed = { use: 'files', train: { use: 'concat', readers: parts }, test: reader('test.csv') };
    const loaded = await load({ ...plugin, data: composed, evaluate: ['multi-label-linear'] });
    const { train } = (await openPipeline(loaded)).experiment;
    expect([train.length, train.multiLabels!.length, train.classes]).to.deep.equal([24, 72, NAMES]);
    for (let i = 0; i < train.length; i++) {
      const number = Number(/\d+/.exec(train.fileName!(i))![0]);
      const labels = NAMES.filter((_, k) => train.multiLabels![i * 3 + k] === 1);
      expect(labels).to.deep.equal(row(number).split(',')[1].split(';').sort());
    }
    const refused = (train: object, evaluate: readonly string[] = []) =>
      load({ ...plugin, data: { use: 'files', train, test: reader('test.csv') }, evaluate })
        .then(openPipeline)
        .then(() => '', String);
    const { images } = reader('train.csv');
    expect(await refused({ use: 'subset', of: images, fraction: 0.5 }, ['knn'])).to.contain('requires `labels`');
    const several = { use: 'concat', readers: [reader('train.csv'), images] };
    expect(await refused(several, ['multi-label-linear'])).to.contain('`data.train` lacks');
    expect(await refused({ use: 'subset', of: reader('train.csv'), perClass: 1 })).to.contain(
      'the images have several',
    );
    expect(await refused({ use: 'remap', of: reader('train.csv'), labels: [0] })).to.contain('the images have several');
    const twice = { ...reader('train.csv'), images: { use: 'concat', readers: [images, images] } };
    expect(await refused(twice)).to.contain('train.csv, line 2: img/0.png is the name of several images');
  });

  it('have the classes of the dataset, if it names them', async () => {
    const named = (given: object) => load({ data: { ...data(), ...given } }).then(openPipeline).then(() => '', String); // prettier-ignore
    expect(await named({ classNames: ['a', 'b', 'c'] })).to.contain('name the classes cat, dog, person');
    expect(await named({ classes: 4 })).to.contain('name 3 classes, and `classes` is 4');
    expect(await named({ classes: 3, classNames: NAMES })).to.equal('');
  });

  it('need a table without faults; each is named with its line', async () => {
    const read = async (text: string | Buffer): Promise<string> => {
      writeFileSync(within('faulty.csv'), text);
      const { experiment } = await load({
        data: { use: 'files', train: reader('train.csv'), test: reader('faulty.csv') },
      })
        .then(openPipeline)
        .catch((error: unknown) => {
          if (!CarlError.is(error)) throw error;
          return { experiment: error.message };
        });
      return typeof experiment === 'string' ? experiment : 'read';
    };
    const head = 'image,labels\n';
    const faults: readonly (readonly [string | Buffer, string])[] = [
      ['', 'line 1'],
      [head, 'lists no images'],
      ['image,label\nimg/1.png,cat', 'line 1: the column `label` is unknown'],
      ['image\nimg/1.png', 'line 1: the column `labels` is missing'],
      ['image,labels,labels\nimg/1.png,cat,dog', 'line 1: the column `labels` is there twice'],
      [`${head}img/1.png,cat,dog`, 'line 2: there are 3 cells for 2 columns'],
      [`${head}img/1.png`, 'line 2: there are 1 cells for 2 columns'],
      [`${head}img/1.png,cat\nimg/1.png,dog`, 'line 3: the image img/1.png is listed twice, first in line 2'],
      [`${head}img/1.png,cat;cat`, 'line 2: the label cat is given twice'],
      ['image,labels,difficult\nimg/1.png,cat,cat', 'line 2: the label cat is given twice'],
      [`${head}img/1.png,cats`, 'line 2: no training image has the class cats. Did you mean cat?'],
      [`${head}img/100.png,cat`, 'line 2: img/100.png is not among the 48 images. Did you mean img/10.png?'],
      [`${head}${within('images')}/img/1.png,cat`, 'is not among the 48 images'],
      [`${head}../images/img/1.png,cat`, 'is not among the 48 images'],
      [`${head},cat`, 'line 2: the image has no name'],
      [`${head}"img/1.png,cat`, 'line 2: a quote is not closed'],
      [`${head}img/1.png,${' '.repeat(20_000)}x"`, 'line 2: a quote is not closed'],
      [`${head}img/1.png,c"at`, 'line 2: a quote is not closed, or stands within a cell'],
      [Buffer.from([0x69, 0xff, 0xfe, 0x0a]), 'is not a text in UTF-8'],
    ];
    for (const [text, problem] of faults)
      expect(await read(text), String(text))
        .to.contain('faulty.csv')
        .and.contain(problem);
    for (const text of [
      `\uFEFF${head}img/1.png,cat`,
      'labels, image\r\n"cat; dog", "./img/1.png"\r\n\r\n',
      `${head}img/1.png,`,
    ])
      expect(await read(text), text).to.equal('read');
  });

  describePlugin(
    { ...builtin, components: builtin.components.filter(({ use }) => use === 'labels-table') },
    {
      describe,
      it,
      beside: [dataImageFolder],
      examples: { 'reader labels-table': [{ options: { images: reader('').images, table: within('train.csv') } }] },
    },
  );
});
