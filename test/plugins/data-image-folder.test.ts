import { CarlError, type Dataset, type ImageSet, openShared, type Reader } from '@carl-ssl/core';
import plugin, { EXTENSIONS } from '@carl-ssl/data-image-folder';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

const component = (slot: string) => plugin.components.find(one => one.slot.name === slot)!;
const DEFAULTS = {
  labels: 'folders',
  validation: 0,
  test: 0,
  channels: 3,
  orient: true,
  extensions: [...EXTENSIONS],
  followLinks: false,
  cacheMegabytes: 0,
  onCorrupt: 'error',
  maxSkipped: 0.01,
};
const all = (set: ImageSet): number[] => Array.from({ length: set.length }, (_, i) => i);

/** An image of one colour. */
const plain = (levels: readonly number[], width = 4, height = 3): Sharp =>
  sharp(Buffer.from(Array.from({ length: width * height }, () => levels).flat()), {
    raw: { width, height, channels: levels.length as 1 | 2 | 3 | 4 },
  });

describe('image-folder', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'images-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const put = (path: string, content: Uint8Array): string => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
    return join(root, path);
  };
  /** A grey image whose level tells which one it is. */
  const putLevel = async (path: string, level: number): Promise<string> =>
    put(path, await plain([level]).png().toBuffer());
  const dataset = (options: object = {}, at = root): Dataset =>
    component('dataset').create({ ...DEFAULTS, root: at, ...options }, {}) as Dataset;
  const levels = async (set: ImageSet | undefined): Promise<number[] | undefined> =>
    set && (await set.read(all(set))).map(image => image.data[0]);
  const refusal = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => 'was accepted',
      (reason: unknown) => reason,
    );
    expect(CarlError.is(error), String(error)).to.equal(true);
    expect((error as CarlError).code).to.match(/^INPUT_(DATA|FILE)$/);
    return (error as CarlError).message;
  };

  describe('listing', () => {
    it('sorts classes, then folders below them, then names; skips hidden and other files; accepts upper-case suffixes', async () => {
      const names = [
        'b/z.png',
        'b/deep/a.png',
        'b-a/x.PNG',
        'b/a.png',
        'b/deep-er/a.png',
        'loose.png',
        '.git/a.png',
        'b/._a.png',
        'b/note.txt',
      ];
      for (const [i, name] of names.entries()) await putLevel(name, i);
      const set = (await dataset().split('train'))!;
      expect(await levels(set)).to.deep.equal([3, 0, 1, 4, 2]);
      expect([...set.labels!]).to.deep.equal([0, 0, 0, 0, 1]);
      expect(set.classes).to.deep.equal(['b', 'b-a']);
      expect([0, 4].map(index => set.fileName!(index))).to.deep.equal(['b/a.png', 'b-a/x.PNG']);
    });

    it('takes every image below, also loose ones, without labels', async () => {
      for (const [i, name] of ['x.png', 'a/y.png', 'a/b/z.png'].entries()) await putLevel(name, i);
      const data = dataset({ labels: 'none' });
      const set = (await data.split('train'))!;
      expect(await levels(set)).to.deep.equal([0, 1, 2]);
      expect([set.labels, set.classes, data.classCount]).to.deep.equal([undefined, undefined, undefined]);
      expect(component('dataset').provides!({ ...DEFAULTS, labels: 'none' }, () => [])).to.deep.equal([]);
      expect(component('dataset').provides!(DEFAULTS, () => [])).to.deep.equal(['labels']);
    });

    it('refuses links that leave the folder unless they are allowed, and follows those inside', async () => {
      await putLevel('data/cat/a.png', 1);
      await putLevel('elsewhere/b.png', 2);
      const [data, link] = [join(root, 'data'), join(root, 'data/dog')];
      symlinkSync(join(root, 'elsewhere'), link);
      expect(await refusal(dataset({}, data).split('train')))
        .to.include(link)
        .and.include('followLinks: true');
      expect(await levels(await dataset({ followLinks: true }, data).split('train'))).to.deep.equal([1, 2]);
      rmSync(link);
      symlinkSync('cat', link);
      symlinkSync(join(root, 'data/cat/a.png'), join(root, 'data/cat/b.png'));
      expect(await levels(await dataset({}, data).split('train'))).to.deep.equal([1, 1, 1, 1]);
    });

    it('refuses links in circles and links to nothing, and follows a root that is a link', async () => {
      await putLevel('data/cat/a.png', 1);
      symlinkSync(join(root, 'data'), join(root, 'name'));
      expect(await levels(await dataset({}, join(root, 'name')).split('train'))).to.deep.equal([1]);
      symlinkSync('..', join(root, 'data/cat/up'));
      expect(await refusal(dataset({}, join(root, 'data')).split('train'))).to.include('to a folder that contains it');
      rmSync(join(root, 'data/cat/up'));
      symlinkSync('gone.png', join(root, 'data/cat/lost.png'));
      symlinkSync('gone.txt', join(root, 'data/cat/lost.txt'));
      expect(await refusal(dataset({}, join(root, 'data')).split('train'))).to.include(
        'lost.png is a link to a file that does not exist. Remove it, restore the file, or set `onCorrupt: skip`.',
      );
    });

    it('refuses links that multiply the images, and names that are not UTF-8', async () => {
      await putLevel('data/d0/a.png', 1);
      for (let i = 1; i < 12; i++) {
        mkdirSync(join(root, `data/d${i}`));
        for (const name of ['x', 'y']) symlinkSync(`../d${i - 1}`, join(root, `data/d${i}/${name}`));
      }
      expect(await refusal(dataset({}, join(root, 'data')).split('train'))).to.match(/d\d+.* more than 100 ways/);
      // Other systems store names as Unicode.
      if (process.platform !== 'linux') return;
      const image = Buffer.concat([Buffer.from(join(root, 'bytes', 'cat/')), Buffer.from([0xff]), Buffer.from('.png')]);
      await putLevel('bytes/cat/a.png', 1);
      writeFileSync(image, 'any');
      expect(await refusal(dataset({}, join(root, 'bytes')).split('train'))).to.include('a name that is not UTF-8');
    });

    it('names at most five classes where a split has another one', async () => {
      for (let i = 0; i < 9; i++) await putLevel(`train/c${i}/a.png`, i);
      await putLevel('val/other/a.png', 1);
      expect(await refusal(dataset().split('validation')))
        .to.include('c0, c1, c2, c3, c4 and 4 more')
        .and.not.include('c5');
    });

    it('names what is missing or empty', async () => {
      expect(await refusal(dataset({}, join(root, 'none')).split('train'))).to.include(join(root, 'none'));
      expect(await refusal(dataset({ labels: 'none' }).split('train')))
        .to.include(`${root} has no image`)
        .and.include('.jpg');
      await putLevel('a.png', 0);
      expect(await refusal(dataset().split('train')))
        .to.include('has no folders')
        .and.include('labels: none');
      mkdirSync(join(root, 'cat'));
      expect(await refusal(dataset().split('train'))).to.include(`${join(root, 'cat')} has no image`);
    });
  });

  describe('splits', () => {
    const fill = async (count: number): Promise<void> => {
      const content = await plain([7]).png().toBuffer();
      for (let i = 0; i < count; i++) put(`${i % 2 ? 'odd' : 'even'}/${i}.png`, content);
    };
    const lengths = async (data: Dataset) =>
      Promise.all((['train', 'validation', 'test'] as const).map(async name => (await data.split(name))?.length));

    it('take about their shares, and all images together', async () => {
      await fill(600);
      const [train, validation, test] = await lengths(dataset({ validation: 0.25, test: 0.1 }));
      expect(train! + validation! + test!).to.equal(600);
      expect(validation).to.be.within(110, 190);
      expect(test).to.be.within(35, 85);
    });

    it('keep their images when others are added or the folder is moved', async () => {
      for (let i = 0; i < 40; i++) await putLevel(`c/${i}.png`, i);
      const split = async (at = root) =>
        levels(await dataset({ validation: 0.3, labels: 'none' }, at).split('validation'));
      const before = (await split())!;
      expect(before.length).to.be.within(3, 25);
      const moved = join(root, 'moved');
      cpSync(join(root, 'c'), join(moved, 'c'), { recursive: true });
      expect(await split(moved)).to.deep.equal(before);
      for (let i = 100; i < 140; i++) await putLevel(`moved/c/${i}.png`, i);
      expect((await split(moved))!.filter(level => level < 100)).to.deep.equal(before);
    });

    it('are undefined if they have no share, and refused if nothing is left for training', async () => {
      await fill(3);
      expect(await lengths(dataset())).to.deep.equal([3, undefined, undefined]);
      expect(await refusal(dataset({ validation: 0.9999999 }).split('train'))).to.include('None of the 3 images');
      const codes = (options: object) =>
        component('dataset').check!({ ...DEFAULTS, ...options }, {} as never).map(one => one.code);
      expect(codes({ validation: 0.5, test: 0.5 })).to.deep.equal(['IMAGE_FOLDER_NO_TRAINING']);
      expect(codes({ validation: 0.5, test: 0.4 })).to.deep.equal([]);
    });

    it('are the folders train, val and test if these and no others are there', async () => {
      for (const [i, name] of ['train/a/1.png', 'train/b/1.png', 'val/b/1.png', 'test/a/1.png'].entries())
        await putLevel(name, i);
      const data = dataset({ validation: 0.9, test: 0.05 });
      const [train, validation, test] = [
        await data.split('train'),
        await data.split('validation'),
        await data.split('test'),
      ];
      expect([await levels(train), await levels(validation), await levels(test)]).to.deep.equal([[0, 1], [2], [3]]);
      expect([...validation!.labels!]).to.deep.equal([1]);
      expect([data.classCount, validation!.classes]).to.deep.equal([2, ['a', 'b']]);
      renameSync(join(root, 'val/b'), join(root, 'val/c'));
      expect(await refusal(dataset().split('validation'))).to.include(
        '"c", which is not a class of the training images: a, b',
      );
    });

    it('are recognised by their usual names in any case', async () => {
      for (const [i, name] of ['Training/a/1.png', 'Valid/a/2.png', 'TESTING/a/3.png'].entries())
        await putLevel(name, i);
      put('README.txt', Buffer.from('an export'));
      const data = dataset({ validation: 0.5 });
      expect(await lengths(data)).to.deep.equal([1, 1, 1]);
      const train = (await data.split('train'))!;
      expect(train.classes).to.deep.equal(['a']);
      expect(train.leftOut).to.deep.equal([{ file: '../README.txt', reason: 'beside the folders of the splits' }]);
    });

    it('are not guessed: folders that do not fit are named', async () => {
      for (const [i, name] of ['train/a/1.png', 'plane/1.png', '.cache/x.png'].entries()) await putLevel(name, i);
      expect(await refusal(dataset().split('train')))
        .to.include('folder "train" for training and beside it "plane", which is not a split')
        .and.include('use: files');
      expect(await refusal(dataset({ labels: 'none' }).split('train'))).to.include('which is not a split');
      renameSync(join(root, 'plane'), join(root, 'valid'));
      mkdirSync(join(root, 'val'));
      expect(await refusal(dataset().split('train'))).to.include('2 folders for one split: val, valid');
      rmSync(join(root, 'train'), { recursive: true });
      rmSync(join(root, 'val'), { recursive: true });
      expect(await refusal(dataset().split('train'))).to.include('the folders valid and none for training');
      for (const name of ['test/1.png', 'plane/1.png']) await putLevel(name, 1);
      expect(await refusal(dataset().split('train'))).to.include('folders valid, test and none for training');
    });

    it('are recognised with a usual ending', async () => {
      for (const [i, name] of ['train2017/a/1.png', 'VAL_set/a/2.png', 'test-images/a/3.png'].entries())
        await putLevel(name, i);
      expect(await lengths(dataset({ validation: 0.5 }))).to.deep.equal([1, 1, 1]);
    });

    it('are refused where they lie deeper, with and without labels', async () => {
      for (const [i, name] of ['export/Train/a/1.png', 'export/b.png', 'export/test/b/1.png', 'x/1.png'].entries())
        await putLevel(name, i);
      for (const labels of ['folders', 'none'])
        expect(await refusal(dataset({ labels }).split('train')))
          .to.include(`${join(root, 'export')} has the folders Train, test, which are splits`)
          .and.include(`Set \`root\` to ${join(root, 'export')}`);
    });

    it('are classes without a folder for training', async () => {
      for (const [i, name] of ['test/1.png', 'plane/1.png'].entries()) await putLevel(name, i);
      expect((await dataset().split('train'))!.classes).to.deep.equal(['plane', 'test']);
    });

    it('are refused by the reader, which would take them for classes', async () => {
      for (const name of ['train/a/1.png', 'valid/a/1.png']) await putLevel(name, 0);
      const read = (options: object) =>
        (component('reader').create({ ...DEFAULTS, root, ...options }, {}) as Reader).read();
      for (const labels of ['folders', 'none'])
        expect(await refusal(read({ labels }))).to.include('train, valid, which are splits and not classes');
      await putLevel('plane/1.png', 0);
      expect(await refusal(read({}))).to.include('train, valid, which are splits and not classes');
      rmSync(join(root, 'valid'), { recursive: true });
      expect((await read({})).classes).to.deep.equal(['plane', 'train']);
    });
  });

  describe('files that are left out', () => {
    const warning = async (): Promise<Error & { code?: string }> =>
      new Promise(resolve => process.once('warning', resolve));

    it('are counted by reason in one warning and listed with the set', async () => {
      for (const name of ['c/0.png', 'c/1.bmp', 'c/2.bmp', 'c/3.bmp', 'c/4.bmp', 'c/scan', 'loose.png'])
        await putLevel(name, 1);
      const warned = warning();
      const { leftOut } = (await dataset().split('train'))!;
      const { message, code } = await warned;
      expect(code).to.equal('CARL_FILES_LEFT_OUT');
      expect(message).to.equal(
        `${root}: 6 of 7 files left out: suffix .bmp (4: c/1.bmp, c/2.bmp, c/3.bmp, …); no suffix (1: c/scan); in no class folder (1: loose.png).`,
      );
      expect(leftOut!.map(({ file, reason }) => `${file} ${reason}`)).to.deep.equal([
        ...[1, 2, 3, 4].map(i => `c/${i}.bmp suffix .bmp`),
        'c/scan no suffix',
        'loose.png in no class folder',
      ]);
    });

    it('are named pipes and links to nothing; under the name of an image they are refused', async () => {
      await putLevel('c/0.png', 1);
      execFileSync('mkfifo', [join(root, 'c/queue')]);
      symlinkSync('gone.txt', join(root, 'c/lost.txt'));
      expect((await dataset().split('train'))!.leftOut!.map(({ file, reason }) => `${file} ${reason}`)).to.have.members(
        ['c/queue not a regular file', 'c/lost.txt not a regular file'],
      );
      renameSync(join(root, 'c/queue'), join(root, 'c/queue.png'));
      expect(await refusal(dataset().split('train'))).to.include('c/queue.png is not a regular file');
    });

    it('are none where every file is an image', async () => {
      await putLevel('c/0.png', 1);
      expect((await dataset().split('train'))!.leftOut).to.deep.equal([]);
    });

    it('can be asked for by suffix; a suffix that cannot be read is named before and when it is read', async () => {
      const findings = (slot: string) =>
        component(slot).check!({ ...DEFAULTS, extensions: ['png', 'bmp', 'jfif', 'heic'] }, {} as never);
      for (const slot of ['dataset', 'reader']) {
        expect(findings(slot).map(({ code, path }) => `${code} ${path}`)).to.deep.equal([
          'IMAGE_FOLDER_SUFFIX extensions.1',
          'IMAGE_FOLDER_SUFFIX extensions.3',
        ]);
        expect(findings(slot)[0].message).to.include('Files with the suffix .bmp are usually not readable');
      }
      put('c/0.bmp', Buffer.from('BM, which sharp does not read'));
      put('c/1.jfif', await plain([9, 9, 9]).jpeg().toBuffer());
      const set = (await dataset({ extensions: ['bmp', 'jfif'] }).split('train'))!;
      expect(await refusal(set.read([0])))
        .to.include('Files with the suffix .bmp are usually not readable')
        .and.include('remove `bmp` from `extensions`');
      expect(Math.round((await set.read([1]))[0].data[0])).to.be.closeTo(9, 1);
    });
  });

  describe('reading', () => {
    it('names the damaged file, or leaves it out and lists it', async () => {
      for (let i = 0; i < 3; i++) await putLevel(`c/${i}.png`, i);
      const broken = put('b/x.png', Buffer.from('no image'));
      await putLevel('b/y.png', 9);
      const set = (await dataset().split('train'))!;
      expect(await refusal(set.read([0])))
        .to.include(broken)
        .and.include('onCorrupt: skip');
      expect(await levels({ ...set, length: 1, read: () => set.read([4]) })).to.deep.equal([2]);

      const warned = new Promise<Error & { code?: string }>(resolve => process.once('warning', resolve));
      expect(await refusal(dataset({ onCorrupt: 'skip' }).split('train')))
        .to.include('1 of 5 images cannot be decoded')
        .and.include('set `maxSkipped` to 0.2')
        .and.include('b/x.png');
      const kept = (await dataset({ onCorrupt: 'skip', maxSkipped: 0.2 }).split('train'))!;
      expect(await levels(kept)).to.deep.equal([9, 0, 1, 2]);
      expect([...kept.labels!]).to.deep.equal([0, 1, 1, 1]);
      expect((await warned).message)
        .to.include('1 of 5 files left out: cannot be decoded (1: b/x.png; the first: ')
        .and.include('unsupported image format');
      expect(kept.leftOut!.map(({ file, reason }) => [file, reason])).to.deep.equal([['b/x.png', 'cannot be decoded']]);
    });

    it('refuses a folder in which every image is damaged', async () => {
      put('b/x.png', Buffer.from('no image'));
      expect(await refusal(dataset({ onCorrupt: 'skip' }).split('train'))).to.include('The only image in');
    });

    it('refuses a named pipe in place of a listed image at once', async () => {
      const file = await putLevel('c/0.png', 1);
      const set = (await dataset().split('train'))!;
      rmSync(file);
      execFileSync('mkfifo', [file]);
      expect(await refusal(set.read([0]))).to.include(`Cannot read ${file}. It is a named pipe, not a regular file.`);
      expect(await refusal(set.fingerprint())).to.include(file);
    });

    it('keeps decoded images up to the memory limit', async () => {
      const pixels = await plain([5], 512, 512).png().toBuffer();
      for (const name of ['c/0.png', 'c/1.png']) put(name, pixels);
      const set = (await dataset({ cacheMegabytes: 1 }).split('train'))!;
      for (const index of [0, 1]) await set.read([index]);
      rmSync(join(root, 'c/0.png'));
      rmSync(join(root, 'c/1.png'));
      expect((await set.read([0]))[0].data[0]).to.equal(5);
      expect(await refusal(set.read([1]))).to.include('c/1.png');
    });

    it('keeps decoded images of all splits and threads within one limit', async () => {
      const pixels = await plain([5], 512, 512).png().toBuffer();
      for (const name of ['train/c/0.png', 'train/c/1.png', 'train/c/2.png', 'train/c/3.png', 'test/c/0.png'])
        put(name, pixels);
      const data = dataset({ cacheMegabytes: 3 });
      const [train, test] = [(await data.split('train'))!, (await data.split('test'))!];
      await train.read([0]);
      const shared = await openShared(structuredClone(train.share!(2)));
      await shared.read([1]);
      await test.read([0]);
      await train.read([2]);
      await shared.read([3]);
      expect((await train.read([1]))[0].data.fill(0)).to.have.length(512 * 512 * 3);
      rmSync(join(root, 'train'), { recursive: true });
      rmSync(join(root, 'test'), { recursive: true });
      const kept = async (set: ImageSet, count: number) => {
        const reads = await Promise.allSettled(Array.from({ length: count }, (_, i) => set.read([i])));
        return reads.flatMap(read => (read.status === 'fulfilled' ? read.value : [])).map(({ data }) => data[0]);
      };
      // Four images fit. A fifth, of the set of a thread, does not.
      expect([await kept(train, 4), await kept(test, 1), await kept(shared, 4)]).to.deep.equal([[5, 5, 5], [5], [5, 5, 5]]); // prettier-ignore
    });

    it('gives images in the order asked for, also twice', async () => {
      for (let i = 0; i < 20; i++) await putLevel(`c/${String(i).padStart(2, '0')}.png`, i);
      const set = (await dataset({ cacheMegabytes: 1 }).split('train'))!;
      const order = [19, 3, 3, 0, 11, 19, 7];
      expect((await set.read(order)).map(image => image.data[0])).to.deep.equal(order);
    });

    it('has a fingerprint of contents, names, labels and decoding, not of the place', async () => {
      const print = async (options: object = {}, at = root) =>
        (await dataset(options, at).split('train'))!.fingerprint();
      await putLevel('d/a/1.png', 1);
      const at = join(root, 'd');
      const first = await print({}, at);
      cpSync(at, join(root, 'copy'), { recursive: true });
      expect(await print({}, join(root, 'copy'))).to.equal(first);
      const prints = [
        first,
        await print({ channels: 1 }, at),
        await print({ maxSide: 8 }, at),
        await print({ labels: 'none' }, at),
      ];
      renameSync(join(at, 'a/1.png'), join(at, 'a/2.png'));
      prints.push(await print({}, at));
      await putLevel('d/a/2.png', 2);
      prints.push(await print({}, at));
      expect(new Set(prints).size).to.equal(prints.length);
    });

    it('is what the reader of the same name gives', async () => {
      for (const [i, name] of ['a/1.png', 'b/1.png'].entries()) await putLevel(name, i);
      const set = await (component('reader').create({ ...DEFAULTS, root }, {}) as Reader).read();
      expect([await levels(set), [...set.labels!]]).to.deep.equal([
        [0, 1],
        [0, 1],
      ]);
    });
  });
});
