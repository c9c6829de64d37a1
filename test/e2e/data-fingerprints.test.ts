import type { Dataset } from '@carl-ssl/core';
import { assemble, loadPipeline, openData, RunDirectory } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { onCpu, remains, temporaryFolder, tinyPipeline, trainTiny, writePipeline } from './tiny.js';

interface LockData {
  readonly train: { readonly images: number; readonly sha256?: string; readonly quick?: string };
}

describe('fingerprints of large data', () => {
  const folder = temporaryFolder();
  const cache = process.env.CARL_CACHE;
  const images = () => folder.within('images');
  /** A PNG followed by a hole, so that the folder counts as large. */
  const large = () => join(images(), 'a', '0.png');
  const pipeline = () => ({
    plugins: [...(tinyPipeline().plugins as string[]), '@carl-ssl/data-image-folder'],
    data: { use: 'image-folder', root: images(), validation: 0, channels: 1 },
    trainer: { epochs: 3, batchSize: 16 },
  });
  const lockOf = (run: string): { data: LockData } =>
    JSON.parse(readFileSync(folder.within(run, 'lock.json'), 'utf8')) as { data: LockData };
  const changeLock = (run: string, change: (data: LockData) => LockData): void => {
    const lock = lockOf(run);
    writeFileSync(folder.within(run, 'lock.json'), JSON.stringify({ ...lock, data: change(lock.data) }));
  };
  /** Trains until a step, or to the end; returns the data of the lock at the start. */
  const trainUntil = async (run: string, last = Infinity): Promise<LockData> => {
    let atStart: LockData | undefined;
    await trainTiny(folder.within(run), {
      changes: pipeline(),
      viewThreads: 0,
      observer: abort => ({
        onStart: () => void (atStart = lockOf(run).data),
        onStep: ({ step }) => {
          if (step >= last) abort();
        },
      }),
    });
    return atStart!;
  };
  const refusal = async (run: string): Promise<string> =>
    trainUntil(run).then(
      () => 'was accepted',
      (error: unknown) => (error as Error).message,
    );
  const open = async (): Promise<Dataset> => {
    const loaded = await loadPipeline(writePipeline(folder.within('open.yaml'), pipeline()));
    return (await openData(assemble(loaded))).dataset;
  };
  const fingerprint = async (): Promise<string> => (await (await open()).split('train'))!.fingerprint();
  /** Changes one byte of the hole; with the old modification time if `kept`. */
  const changeContent = (value: number, kept: boolean): void => {
    const { atime, mtime } = statSync(large());
    const content = readFileSync(large());
    content[content.length - 1] = value;
    writeFileSync(large(), content);
    if (kept) utimesSync(large(), atime, mtime);
  };
  const touch = (seconds: number): void => utimesSync(large(), seconds, seconds);

  before(async () => {
    await onCpu();
    process.env.CARL_CACHE = folder.within('cache');
    for (const label of ['a', 'b']) {
      await mkdir(join(images(), label), { recursive: true });
      for (let i = 0; i < 24; i++) {
        const pixels = Buffer.from(
          Array.from({ length: 64 }, (_, at) => (at * (i + 3) * (label === 'a' ? 1 : 5)) % 256),
        );
        const png = await sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
          .png()
          .toBuffer();
        writeFileSync(join(images(), label, `${i}.png`), png);
      }
    }
    truncateSync(large(), 65 * 2 ** 20);
    touch(1_000_000_000);
  });
  after(() => {
    if (cache === undefined) delete process.env.CARL_CACHE;
    else process.env.CARL_CACHE = cache;
  });

  it('are quick when a run starts, and complete in its lock when it ends', async () => {
    const { train } = await trainUntil('whole');
    expect([train.images, train.sha256]).to.deep.equal([48, undefined]);
    expect(train.quick).to.match(/^[0-9a-f]{64}$/);
    expect(lockOf('whole').data.train).to.deep.equal({ ...train, sha256: await fingerprint() });
  });

  it('are kept in the cache folder; a damaged entry is ignored', async () => {
    const entries = folder.within('cache', 'fingerprints');
    const [name, ...others] = readdirSync(entries);
    expect(others).to.deep.equal([]);
    const file = join(entries, name);
    const content = readFileSync(file, 'utf8');
    const sha256 = await fingerprint();
    writeFileSync(file, content.replace(sha256, 'f'.repeat(64)));
    expect(await fingerprint()).to.equal('f'.repeat(64));
    writeFileSync(file, content.slice(0, 30));
    expect(await fingerprint()).to.equal(sha256);
    expect(readFileSync(file, 'utf8')).to.equal(content);
  });

  it('compare content if modification times changed, and the quick fingerprint otherwise', async () => {
    await trainUntil('stopped', 2);
    changeLock('stopped', () => lockOf('whole').data);
    const { quick } = lockOf('stopped').data.train;
    touch(1_000_000_100);
    await trainUntil('stopped', 4);
    expect(lockOf('stopped').data.train.quick).not.to.equal(quick);
    changeContent(1, true);
    await trainUntil('stopped');
    expect(remains(folder.within('stopped'))).to.deep.equal(remains(folder.within('whole')));
    expect(await (await RunDirectory.open(folder.within('stopped'))).checkpoints()).to.deep.equal([6, 9]);
  });

  it('refuse to resume over other content, or over touched files without a full one', async () => {
    changeContent(2, false);
    expect(await refusal('stopped')).to.include('data train: the content changed, its SHA-256 was');
    changeLock('stopped', ({ train: { images: count, quick } }) => ({ train: { images: count, quick } }));
    expect(await refusal('stopped')).to.include('modification times of files changed, and the lock has no SHA-256');
    rmSync(join(images(), 'b', '3.png'));
    expect(await refusal('stopped')).to.include('data train: had 48 images, has 47');
  });

  it('resume from locks of earlier versions, which have the full one only', async () => {
    const { sha256 } = await (async () => ({ sha256: await fingerprint() }))();
    await trainUntil('earlier', 2);
    changeLock('earlier', ({ train: { images: count } }) => ({ train: { images: count, sha256 } }));
    const { train } = await trainUntil('earlier');
    expect(train.sha256).to.equal(sha256);
    expect(train.quick).to.match(/^[0-9a-f]{64}$/);
  });
});
