import dataCompose from '@carl-ssl/data-compose';
import dataIdx from '@carl-ssl/data-idx';
import dataImageFolder from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { mkdirSync } from 'node:fs';
import sharp from 'sharp';
import { dataRefusal, refusal } from '../refusal.js';
import { golden, readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataImageFolder, dataCompose, dataIdx);
const image = (level: number) =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: { r: level, g: level, b: level } } })
    .png()
    .toBuffer();

describe('tables of images', () => {
  const { at, write } = scratch();
  before(async () => {
    for (const folder of ['root', 'root/b']) mkdirSync(at(folder));
    for (const [i, name] of ['a.png', 'b/c, d.png', 'e.png'].entries()) write(`root/${name}`, await image(10 * i));
  });
  const read = (text: string, options: object = {}, names?: readonly string[]) =>
    reader('csv', { file: write('t.csv', text), root: at('root'), ...options }).read(names);

  it('name images and classes, quoted or not, in their order', async () => {
    const set = await read(
      '\uFEFFid,path,kind\r\n1,e.png,cat\r\n2,"b/c, d.png","the ""dog"""\r\n\r\n3,./a.png,cat\r\n',
      { label: 'kind' },
    );
    expect([set.classes, [...set.labels!]]).to.deep.equal([
      ['cat', 'the "dog"'],
      [0, 1, 0],
    ]);
    expect((await set.read([0, 1, 2])).map(({ data }) => data[0])).to.deep.equal([20, 10, 0]);
    expect([0, 1, 2].map(i => set.fileName!(i))).to.deep.equal(['e.png', 'b/c, d.png', 'a.png']);
  });

  it('have numbers as labels, or classes of the training images', async () => {
    const numbers = await read('a.png 3\ne.png 0', { header: false, separator: 'space', path: '1', label: '2' });
    expect([numbers.classes, [...numbers.labels!]]).to.deep.equal([undefined, [3, 0]]);
    const options = { header: false, separator: 'tab', path: '1', label: '2' };
    const named = await read('a.png\tn02\t0\ne.png\tn01\t0\n', options, ['n00', 'n01', 'n02']);
    expect([...named.labels!]).to.deep.equal([2, 1]);
    expect(await dataRefusal(read('a.png\tn09\n', options, ['n00']))).to.match(/t\.csv, line 1, has the class "n09"/);
    expect(await dataRefusal(read('path,label\na.png,7', { label: 'label', classes: 7 }))).to.include(
      'line 2, has label 7',
    );
  });

  it('are named with the line of an image that is missing', async () => {
    const set = await read('id,path\n1,"e.png"\n\n2,"b/c, d.png"\n3,none.png\n');
    const says = `${at('t.csv')}, line 5, lists "none.png". Cannot read ${at('root/none.png')}. There is nothing of that name`;
    for (const work of [set.read([0, 2]), set.fingerprint!(), set.quickFingerprint!()]) {
      const { code, message } = await refusal(work);
      expect(code).to.equal('INPUT_FILE');
      expect(message).to.include(says);
    }
    expect(await set.read([0, 1])).to.have.length(2);
  });

  it('leave out images that are missing, if damaged ones are left out', async () => {
    const set = await read('path\nnone.png\ne.png\n', { onCorrupt: 'skip', maxSkipped: 0.5 });
    expect(set.leftOut).to.deep.equal([
      { file: 'none.png', reason: 'cannot be decoded', detail: 'the file does not exist' },
    ]);
    expect([set.length, set.fileName!(0)]).to.deep.equal([1, 'e.png']);
  });

  it('need no labels and no header', async () => {
    const set = await read('a.png\ne.png\n', { header: false, path: '1' });
    expect([set.labels, set.length]).to.deep.equal([undefined, 2]);
  });

  it('are refused with file and line', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['path\n../secret.png', /line 2, has the path "\.\.\/secret\.png", which leads out/],
      ['path\n/etc/passwd', /line 2.*leads out/],
      ['path\nb\\..\\..\\x.png', /line 2.*leads out/],
      ['path\na.png\na.png', /line 3, lists "a\.png" a second time/],
      ['path,x\na.png', /line 2, has 1 column, and the first row has 2/],
      ['path\n"a.png', /line 2, has a quoted text that does not end/],
      ['file\na.png', /no column "path".*columns: file/],
      ['path', /lists no images/],
      ['', /has no rows/],
    ];
    for (const [text, message] of cases) expect(await dataRefusal(read(text))).to.match(message);
    for (const [bytes, line] of [
      [Buffer.from('\uFEFFpath\na.png', 'utf16le'), 1],
      [Buffer.from('path,label\na.png,\u00E4\nb.png,\u00FC', 'latin1'), 2],
    ] as const) {
      const file = write('other.csv', bytes);
      const message = await dataRefusal(reader('csv', { file, root: at('root') }).read());
      expect(message).to.include(`line ${line}, is not in UTF-8. Save`);
    }
  });

  it('leave damaged images out if asked', async () => {
    write('root/broken.png', 'no image');
    const text = 'path,label\na.png,1\nbroken.png,0\ne.png,2';
    const set = await read(text, { label: 'label', onCorrupt: 'skip', maxSkipped: 1 });
    expect([[...set.labels!], set.leftOut!.map(({ file }) => file)]).to.deep.equal([[1, 2], ['broken.png']]);
    const message = await dataRefusal(read(text).then(one => one.read([1])));
    expect(message).to.include(at('root/broken.png'));
  });
});

describe('readers composed of readers', () => {
  const { write } = scratch();
  const root = golden('image-folder-png/files');
  const folder = { use: 'image-folder', root };
  const digits = {
    use: 'idx',
    images: golden('idx/files/train-images-idx3-ubyte'),
    labels: golden('idx/files/train-labels-idx1-ubyte'),
  };
  const files = async (options: object) => {
    const set = await reader('subset', { of: folder, ...options }).read();
    return Array.from({ length: set.length }, (_, i) => set.fileName!(i));
  };

  it('take a list by path or by name, in the order of the set', async () => {
    const all = await files({ fraction: 1 });
    const [first, , third] = all;
    const list = write('list.txt', `${third}\r\n\n./${first}\n`);
    expect(await files({ list })).to.deep.equal([first, third]);
    expect(await dataRefusal(files({ list: write('x.txt', `${first}\nno.png`) }))).to.match(
      /x\.txt, line 2: "no\.png" is no image/,
    );
    expect(await dataRefusal(files({ list: write('x.txt', `${first}\n${first}`) }))).to.include('listed twice');
    const unnamed = reader('subset', { of: digits, list }).read();
    expect(await dataRefusal(unnamed)).to.include('no image files of its own');
  });

  it('draw by seed, and the same number of each class', async () => {
    const labels = async (options: object) => [...(await reader('subset', { of: folder, ...options }).read()).labels!];
    expect(await labels({ perClass: 1 })).to.deep.equal([0, 1, 2]);
    expect(await files({ count: 3, seed: 5 })).to.deep.equal(await files({ count: 3, seed: 5 }));
    const draws = await Promise.all([0, 1, 2, 3, 4, 5].map(seed => files({ count: 2, seed })));
    expect(new Set(draws.map(String)).size).to.be.above(1);
    expect(await dataRefusal(files({ perClass: 99 }))).to.match(/`perClass` is 99, and class \w+ has \d+ images/);
    expect(await dataRefusal(files({ count: 99 }))).to.include('`count` is 99');
  });

  it('join sets, and refuse other channels or classes', async () => {
    const one = await reader('idx', digits).read();
    const twice = await reader('concat', { readers: [digits, digits] }).read();
    expect([...twice.labels!]).to.deep.equal([...one.labels!, ...one.labels!]);
    expect(await twice.read([6, 0, 9])).to.deep.equal(await one.read([1, 0, 4]));
    expect(await dataRefusal(reader('concat', { readers: [digits, folder] }).read())).to.include('3 channels');
    const unlabelled = { use: 'idx', images: digits.images };
    expect((await reader('concat', { readers: [digits, unlabelled] }).read()).labels).to.equal(undefined);
  });

  it('merge, remove and drop labels', async () => {
    const labels = [...(await reader('idx', digits).read()).labels!];
    const map = Array.from({ length: 10 }, (_, i) => (i === labels[0] ? null : i % 2));
    const set = await reader('remap', { of: digits, labels: map, classNames: ['even', 'odd'] }).read();
    const kept = labels.filter(label => label !== labels[0]);
    expect([[...set.labels!], set.classes]).to.deep.equal([kept.map(label => label % 2), ['even', 'odd']]);
    expect((await reader('remap', { of: digits, labels: [] }).read()).labels).to.equal(undefined);
    expect(await dataRefusal(reader('remap', { of: digits, labels: [0] }).read())).to.include('1 entries in `labels`');
  });
});
