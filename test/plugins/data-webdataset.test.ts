import dataImageFolder from '@carl-ssl/data-image-folder';
import dataWebdataset from '@carl-ssl/data-webdataset';
import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { dataRefusal } from '../refusal.js';
import { golden, readersOf, scratch } from './reader-support.js';

const reader = readersOf(dataWebdataset, dataImageFolder);
const png = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#204060' } })
  .png()
  .toBuffer();

/** Header fields of an entry that differ from those of a regular file. */
interface Entry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  readonly type?: string;
  readonly size?: number;
}

function block({ name, content = '', type = '0', size = Buffer.from(content).length }: Entry): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write(`        ${type}`, 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  const body = Buffer.from(content);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const tar = (...entries: readonly Entry[]): Buffer => Buffer.concat([...entries.map(block), Buffer.alloc(1024)]);
const sample = (key: string, label: number | string): Entry[] => [
  { name: `${key}.png`, content: png },
  { name: `${key}.cls`, content: String(label) },
];

describe('WebDataset shards', () => {
  const { at, write } = scratch();
  const read = (content: Buffer, options: object = {}) =>
    reader('webdataset', { shards: [write('a.tar', content)], label: 'cls', ...options }).read();

  it('are the same compressed, and read by a range of numbers', async () => {
    const plain = golden('webdataset/files/shard-000000.tar');
    const content = readFileSync(plain);
    const packed = write('p.tar', gzipSync(content));
    const sets = [];
    for (const shard of [plain, packed])
      sets.push(await reader('webdataset', { shards: [shard], label: 'cls' }).read());
    expect(await sets[1].read([3, 0])).to.deep.equal(await sets[0].read([3, 0]));
    for (const i of [8, 9, 10]) write(`s-${String(i).padStart(3, '0')}.tar`, tar(...sample(`k${i}`, i)));
    const set = await reader('webdataset', { shards: [at('s-{008..010}.tar')], label: 'cls' }).read();
    expect([...set.labels!]).to.deep.equal([8, 9, 10]);
  });

  it('are refused where an entry leads out, is a link or a device, or is twice there', async () => {
    for (const name of ['../x.png', 'a/../../x.png', '/etc/x.png', 'C:/x.png', 'a\\..\\..\\x.png'])
      expect(await dataRefusal(read(tar({ name, content: png })))).to.match(/a\.tar is refused at byte 0.*leads out/);
    for (const type of ['1', '2', '3', '4', '6', 'S'])
      expect(await dataRefusal(read(tar({ name: 'x.png', content: png, type })))).to.match(/refused at byte 0/);
    expect(await dataRefusal(read(tar(...sample('a', 1), { name: 'a.png', content: png })))).to.include('twice');
    const records = { name: 'PaxHeader', type: 'x', content: '22 GNU.sparse.major=1\n' };
    expect(await dataRefusal(read(tar(records, { name: 'GNUSparseFile.0/a.png', content: png })))).to.match(
      /sparse file/,
    );
  });

  it('are refused without their end, with something after it, and with a size beyond the file', async () => {
    const whole = tar(...sample('a', 1));
    expect(await dataRefusal(read(whole.subarray(0, -1024)))).to.include('ends without its last block');
    expect(await dataRefusal(read(Buffer.concat([whole, whole])))).to.include('joined');
    expect(await dataRefusal(read(tar({ name: 'a.png', content: png, size: 2 ** 32 })))).to.match(
      /a\.png" has 4294967296 bytes/,
    );
  });

  it('are refused if they expand beyond the limit', async () => {
    const bomb = gzipSync(
      Buffer.concat([block({ name: 'a.png', content: Buffer.alloc(4 * 2 ** 20) }), Buffer.alloc(1024)]),
    );
    expect(bomb.length).to.be.below(10_000);
    expect(await dataRefusal(read(bomb, { maxMegabytes: 2 }))).to.include('`maxMegabytes`');
  });

  it('skip and count files of operating systems, and damaged images if asked', async () => {
    const set = await read(
      tar(
        ...sample('a', 1),
        { name: '._a.png', content: 'x' },
        { name: '__MACOSX/b.png', content: png },
        ...sample('b', 2),
      ),
    );
    expect([...set.labels!]).to.deep.equal([1, 2]);
    expect(set.leftOut!.map(({ file }) => file)).to.deep.equal(['._a.png', '__MACOSX/b.png']);
    const broken = tar(
      ...sample('a', 1),
      { name: 'b.png', content: 'no image' },
      { name: 'b.cls', content: '3' },
      ...sample('c', 2),
    );
    const kept = await read(broken, { onCorrupt: 'skip', maxSkipped: 0.5 });
    expect([[...kept.labels!], kept.leftOut!.map(({ file }) => file)]).to.deep.equal([[1, 2], ['b']]);
    const message = await dataRefusal(read(broken).then(one => one.read([0, 1])));
    expect(message).to.match(/a\.tar, sample "b" at byte \d+ cannot be decoded/);
  });

  it('need no labels', async () => {
    const set = await read(tar({ name: 'a.png', content: png }), { label: undefined });
    expect([set.labels, set.length]).to.deep.equal([undefined, 1]);
    const wrong = { name: 'a.cls', content: 'n01440764' };
    expect(await dataRefusal(read(tar({ name: 'a.png', content: png }, wrong)))).to.include(
      'no class number: "n01440764"',
    );
  });

  it('with labels in JSON name the keys that there are', async () => {
    const written = tar({ name: 'a.png', content: png }, { name: 'a.json', content: '{"class": 4, "text": "x"}' });
    expect([...(await read(written, { label: 'json', labelKey: 'class' })).labels!]).to.deep.equal([4]);
    const wrong = read(written, { label: 'json', labelKey: 'cls' });
    expect(await dataRefusal(wrong)).to.include('has no key "cls". Its keys: class, text');
    const without = read(written, { label: 'json' });
    expect(await dataRefusal(without)).to.include('`labelKey` is one of its keys: class, text');
    const list = tar({ name: 'a.png', content: png }, { name: 'a.json', content: 'oh' });
    expect(await dataRefusal(read(list, { label: 'json', labelKey: 'class' }))).to.include('no JSON object');
  });
});
