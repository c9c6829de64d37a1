import { RunDirectory } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { onCpu, temporaryFolder, trainTiny } from './tiny.js';

/** More images than a batch takes, so that an epoch leaves some out. */
const COUNT = 24;

describe('a damaged image', () => {
  const folder = temporaryFolder();
  const image = (index: number) => folder.within('images', index % 2 ? 'odd' : 'even', `${index}.png`);
  let sound: Buffer;

  before(async () => {
    await onCpu();
    sound = await sharp(Buffer.from(Array.from({ length: 64 }, (_, at) => at * 3)), {
      raw: { width: 8, height: 8, channels: 1 },
    })
      .png()
      .toBuffer();
    for (const name of ['odd', 'even']) mkdirSync(folder.within('images', name), { recursive: true });
  });
  beforeEach(() => {
    for (let i = 0; i < COUNT; i++) writeFileSync(image(i), sound);
  });

  const train = (run: string, last = Infinity): Promise<unknown> =>
    trainTiny(folder.within(run), {
      changes: {
        data: { use: 'image-folder', root: folder.within('images'), validation: 0, channels: 1, cacheMegabytes: 0 },
        trainer: { epochs: 8, batchSize: 16 },
      },
      viewThreads: 0,
      observer: abort => ({
        onStep: ({ step }) => {
          if (step >= last) abort();
        },
      }),
    });
  const failure = (run: string): Promise<string> =>
    train(run).then(
      () => 'it went on',
      (error: unknown) => (error as Error).message,
    );
  /** Trains a step, and then until a damaged image ends the run; returns the image. */
  const stoppedAt = async (run: string): Promise<string> => {
    await train(run, 1);
    // With the old times, so that the damage is not seen before the image is read.
    for (const index of [3, 8, 13]) damage(image(index));
    const message = await failure(run);
    const name = /(\S+\.png) cannot be decoded/.exec(message)?.[1];
    expect(message).to.include('continue the run with --resume');
    expect(existsSync(folder.within(run, 'damaged-files.json'))).to.equal(true);
    for (const index of [3, 8, 13]) if (image(index) !== name) restore(image(index));
    return name!;
  };
  const times = new Date(1_500_000_000_000);
  const damage = (path: string): void => {
    writeFileSync(path, 'x'.repeat(sound.length));
    utimesSync(path, times, times);
  };
  const restore = (path: string): void => {
    writeFileSync(path, sound);
    utimesSync(path, times, times);
  };
  /** Number of steps in the metrics of a run. */
  const steps = async (run: string): Promise<number> => {
    let count = 0;
    for await (const { step } of (await RunDirectory.open(folder.within(run))).metrics.of('step'))
      expect(step).to.equal(++count);
    return count;
  };

  beforeEach(() => {
    for (let i = 0; i < COUNT; i++) utimesSync(image(i), times, times);
  });

  it('ends a run that continues after its repair', async () => {
    const name = await stoppedAt('repaired');
    writeFileSync(name, sound);
    await train('repaired');
    expect(await steps('repaired')).to.equal(8);
    expect(existsSync(folder.within('repaired', 'damaged-files.json'))).to.equal(false);
    expect(readFileSync(folder.within('repaired', 'log.txt'), 'utf8')).to.match(/\d\.png was repaired or removed/);
  });

  it('ends a run that continues after its removal', async () => {
    rmSync(await stoppedAt('removed'));
    await train('removed');
    expect(await steps('removed')).to.equal(8);
    const lock = JSON.parse(readFileSync(folder.within('removed', 'lock.json'), 'utf8')) as {
      data: { train: { images: number } };
    };
    expect(lock.data.train.images).to.equal(COUNT - 1);
  });

  it('does not excuse other changes', async () => {
    writeFileSync(await stoppedAt('other'), sound);
    const other = await sharp(sound).negate().png().toBuffer();
    writeFileSync(image(1), other);
    expect(await failure('other')).to.include('data train: the content changed');
  });
});
