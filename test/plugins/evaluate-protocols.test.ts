import { CarlError, floatImage, type ImageSet, seededStreams, singularValues, slots } from '@carl-ssl/core';
import { singleProcess, WeightStore } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SIDE,
  CLASSES,
  DIM,
  componentOf,
  evaluator,
  images,
  encoder,
  type Change,
  run,
  recorded,
  valueOf,
  failure,
  tenPerClass,
} from './protocols-support.js';

describe('evaluation protocols', () => {
  let tensors = 0;
  beforeEach(async () => {
    await tf.setBackend('cpu');
    tensors = tf.memory().numTensors;
  });
  afterEach(() => expect(tf.memory().numTensors, 'tensors left behind').to.equal(tensors));

  for (const use of ['fine-tune', 'linear-sgd'])
    it(`${use}: the numbers that stand for the classes do not matter`, async () => {
      const options = use === 'fine-tune' ? { ...tenPerClass, draws: 1, epochs: 1 } : { epochs: 1, batchSize: 10 };
      const renamed = (set: ImageSet) => ({ ...set, labels: set.labels!.map(label => 1_000_000_000 * label) });
      const plain = await run(use, options, { withoutValidation: true });
      const change = { train: renamed, test: renamed, classCount: 2_000_000_001, withoutValidation: true };
      expect(await run(use, options, change)).to.deep.equal(plain);
    });

  describe('fine-tune', () => {
    it('learns what the frozen features do not show', async () => {
      const tuned = await run('fine-tune', tenPerClass);
      const probed = await run('linear-sgd', { epochs: 15, batchSize: 10 });
      expect(valueOf(tuned, 'test', /^fine-tune10\/class@n30e15lr0.3\/0.3x2:last$/)).to.be.above(0.95);
      expect(valueOf(probed, 'test', /^linear-sgd@e15b10lr0.3:last$/)).to.be.below(0.6);
    });

    it('reads only the labelled images of each draw, draws by the seed, and balances the classes', async () => {
      const draw = async (seed: number) => {
        const places: number[] = [];
        const options = { ...tenPerClass, subsets: [{ share: 0.1 }], draws: 1, epochs: 2 };
        const results = await run('fine-tune', options, { seed, train: set => recorded(set, places) });
        return { results, places: [...new Set(places)].sort((a, b) => a - b) };
      };
      const [once, again, other] = [await draw(2), await draw(2), await draw(3)];
      expect(again).to.deep.equal(once);
      expect(other.places).not.to.deep.equal(once.places);
      for (const label of [0, 1, 2]) expect(once.places.filter(place => place % CLASSES === label)).to.have.length(4);
    });

    it('states its work by images, epochs and draws, and names one draw as one', async () => {
      const sizes = { images: { train: 1000, validation: 100, test: 50 }, dim: DIM, classes: CLASSES };
      const options = { subsets: [{ share: 0.1 }, { perClass: 20 }], draws: 2, epochs: 5 };
      expect(await evaluator('fine-tune', options).work!(sizes)).to.deep.equal({
        ...{ plain: 2 * 2 * (5 * 100 + 2 * 50), views: 0, trained: 5 * 2 * (100 + 20 * CLASSES), batch: 100 },
      });
      expect(await evaluator('linear-sgd', { epochs: 7 }).work!(sizes)).to.deep.equal({
        ...{ plain: 150, views: 7000, trained: 0, batch: 0 },
      });
      const results = await run('fine-tune', { ...tenPerClass, draws: 1, epochs: 1 });
      expect(results[0].description).to.match(/last of 1 epoch, one draw$/);
    });

    it('reports the mean of the draws and their deviation, the last epoch and the best on validation', async () => {
      const results = await run('fine-tune', { ...tenPerClass, epochs: 4, validateEvery: 2 });
      expect(results.map(({ metric, split }) => `${metric.split('x2:')[1]} ${split}`)).to.deep.equal([
        'last validation',
        'last:deviation validation',
        'last test',
        'last:deviation test',
        'best validation',
        'best:deviation validation',
        'best test',
        'best:deviation test',
        'best:epoch validation',
        'best:epoch:deviation validation',
      ]);
      const best = valueOf(results, 'validation', /:best$/);
      expect(best).to.be.at.least(valueOf(results, 'validation', /:last$/));
      expect(valueOf(results, 'validation', /:best:epoch$/)).to.be.within(2, 4);
    });

    it('has no best epoch without a validation split', async () => {
      const results = await run('fine-tune', { ...tenPerClass, draws: 1, epochs: 1 }, { withoutValidation: true });
      expect(results.map(({ metric, split }) => `${metric} ${split}`)).to.deep.equal([
        'fine-tune10/class@n30e1lr0.3/0.3x1:last test',
      ]);
    });

    it('measures on the test images at most twice for each draw, after the training', async () => {
      const [train, test]: [number[], number[]] = [[], []];
      let atEnd = 0;
      await run(
        'fine-tune',
        { ...tenPerClass, draws: 1, epochs: 5 },
        {
          train: set => recorded(set, train),
          test: set => ({
            ...recorded(set, test),
            read: indices => {
              atEnd = train.length;
              test.push(...indices);
              return set.read(indices);
            },
          }),
        },
      );
      expect([60, 120]).to.include(test.length);
      expect(atEnd).to.equal(5 * 30);
      expect(train).to.have.length(5 * 30);
    });

    it('stops between batches when progress throws, and frees everything', async () => {
      const interruption = new Error('interrupted');
      let calls = 0;
      const progress = () => (++calls === 20 ? Promise.reject(interruption) : Promise.resolve());
      expect(await failure(run('fine-tune', tenPerClass, { progress }))).to.equal(interruption);
      expect(calls).to.equal(20);
    });

    it('reports progress up to the total', async () => {
      const seen: [number, number][] = [];
      const progress = (done: number, total: number) => Promise.resolve(void seen.push([done, total]));
      await run('fine-tune', { ...tenPerClass, draws: 1, epochs: 2 }, { progress });
      expect(seen[0]).to.deep.equal([0, 2 * 30 + 2 * 30 + 2 * 60]);
      expect(seen.every(([done, total], i) => done <= total && (i === 0 || done >= seen[i - 1][0]))).to.equal(true);
    });

    it('names the learning rates to lower when training diverges', async () => {
      const subsets = [{ perClass: 5, encoderRate: 1e30, classifierRate: 1e30 }];
      const error = await failure(run('fine-tune', { ...tenPerClass, subsets }));
      expect(error).to.be.instanceOf(CarlError).with.property('code', 'TRAIN_NOT_FINITE');
      expect(error.message).to.match(/epoch \d+.*`encoderRate` \(1e\+30\)/);
    });

    it('takes views from its own augmenter, if it has one, for training alone', async () => {
      const flipped = {
        use: 'views',
        views: [{ size: SIDE, steps: [{ use: 'resized-crop', top: 0, left: 0, height: 1, width: 1, size: SIDE }] }],
      };
      const results = await run('fine-tune', { ...tenPerClass, draws: 1, augmenter: flipped });
      expect(valueOf(results, 'test', /:last$/), 'crops show the first class alone').to.be.below(0.9);
      const grey = { use: 'simclr-views', size: SIDE, mean: [0, 0, 0], std: [1, 1, 1] };
      const error = await failure(run('fine-tune', { ...tenPerClass, augmenter: grey }));
      expect(error.message).to.match(/encoder takes images of 1 channel,.*`mean`/);
    });
  });

  describe('fine-tune on listed images', () => {
    let folder = '';
    before(async () => void (folder = await mkdtemp(join(tmpdir(), 'carl-subset-'))));
    after(() => rm(folder, { recursive: true }));

    const listed = async (lines: readonly string[], change: Change = {}) => {
      const file = join(folder, 'few.txt');
      await writeFile(file, lines.join('\n'));
      const places: number[] = [];
      const train = (set: ImageSet) => recorded((change.train ?? ((one: ImageSet) => one))(set), places);
      const options = { ...tenPerClass, subsets: [{ file }], draws: 1, epochs: 1 };
      const [{ metric }] = await run('fine-tune', options, { ...change, train });
      return { metric, places: [...new Set(places)].sort((a, b) => a - b) };
    };
    const named = (set: ImageSet): ImageSet => ({ ...set, fileName: index => `class${index % 3}/image${index}.png` });

    it('finds images by number in sets without files', async () => {
      expect(await listed(['7', '3', '', '11', '3'])).to.deep.equal({
        metric: 'fine-tune-few@n3e1lr0.02/5x1:last',
        places: [3, 7, 11],
      });
    });

    it('finds images by file name, with or without folders', async () => {
      const { places } = await listed(['class1/image4.png', 'image9.png\r'], { train: named });
      expect(places).to.deep.equal([4, 9]);
    });

    it('refuses names that are missing or ambiguous, and an empty list', async () => {
      const twins = (set: ImageSet): ImageSet => ({ ...set, fileName: index => `class${index}/image.png` });
      const missing = await failure(listed(['image4.png', 'other.png', 'more.png'], { train: named }));
      expect(missing.message).to.match(/^2 of the 3 images listed in .*few\.txt are not in .*: other\.png, \.\.\./);
      expect((await failure(listed(['image.png'], { train: twins }))).message).to.match(/image\.png\. Check the names/);
      expect((await failure(listed(['1.5']))).message).to.match(/1 of the 1 .* is not in the training images: 1\.5\./);
      expect((await failure(listed(['']))).message).to.match(/lists no images/);
    });

    it('warns of a list that is missing before anything runs', async () => {
      const [there, missing] = [join(folder, 'there.txt'), join(folder, 'missing.txt')];
      await writeFile(there, '0');
      const { check } = componentOf(slots.evaluator, 'fine-tune');
      const found = check!({ subsets: [{ file: there }, { share: 1 }, { file: missing }] } as never, {} as never);
      expect(found.map(({ severity, path }) => [severity, path])).to.deep.equal([['warning', 'subsets.2.file']]);
      expect(found[0].message).to.include(missing);
    });

    it('refuses subsets that are named in two ways or in none', () => {
      const { refuse } = componentOf(slots.evaluator, 'fine-tune');
      const refused = (subsets: readonly object[]) =>
        refuse!({ subsets } as never).map(({ path, message }) => [path, message]);
      expect(refused([{ share: 1 }, { share: 1, perClass: 2 }, {}])).to.deep.equal([
        ['subsets.1', 'A subset needs exactly one of share, perClass and file; share and perClass are set.'],
        ['subsets.2', 'A subset needs exactly one of share, perClass and file; none of them is set.'],
      ]);
    });
  });

  describe('linear-sgd', () => {
    /** Images that the encoder shows: noise and one bright pixel of those it sees. */
    const visible = (set: ImageSet): ImageSet => ({
      ...set,
      read: async indices =>
        (await set.read(indices)).map((image, i) => {
          const data = new Uint8Array(image.data);
          data.fill(0, CLASSES).fill(255, 4 + 4 * set.labels![indices[i]], 7 + 4 * set.labels![indices[i]]);
          return { ...image, data };
        }),
    });
    const seen: Change = { train: visible, test: visible, withoutValidation: true };

    it('separates classes that the features separate', async () => {
      const results = await run('linear-sgd', { epochs: 30, batchSize: 30 }, seen);
      expect(results.map(({ metric, split }) => `${metric} ${split}`)).to.deep.equal([
        'linear-sgd@e30b30lr0.3:last test',
      ]);
      expect(results[0].value).to.equal(1);
    });

    it('chooses the learning rate on validation, and reports last and best epoch', async () => {
      const results = await run('linear-sgd', { epochs: 4, learningRates: [0.01, 0.3, 1e30], batchSize: 30 });
      expect(results.map(({ metric, split }) => `${metric} ${split}`)).to.deep.equal([
        'linear-sgd@e4b30lr-validation:last validation',
        'linear-sgd@e4b30lr-validation:last test',
        'linear-sgd@e4b30lr-validation:last:learningRate validation',
        'linear-sgd@e4b30lr-validation:best validation',
        'linear-sgd@e4b30lr-validation:best test',
        'linear-sgd@e4b30lr-validation:best:learningRate validation',
        'linear-sgd@e4b30lr-validation:best:epoch validation',
      ]);
      expect(valueOf(results, 'validation', /best:learningRate/)).to.be.below(1);
      expect(valueOf(results, 'validation', /:best$/)).to.be.at.least(valueOf(results, 'validation', /:last$/));
    });

    it('trains each classifier as if it were the only one', async () => {
      const options = { epochs: 3, batchSize: 30, optimizer: { use: 'lars', weightDecay: 0 } };
      const change = { ...seen, test: undefined };
      const alone = await run('linear-sgd', { ...options, learningRates: [5] }, change);
      const beside = await run('linear-sgd', { ...options, learningRates: [5, 100] }, change);
      expect(beside[0]).to.deep.equal(alone[0]);
      expect(beside[1].metric).to.equal('linear-lars@e3b30lr100:last');
    });

    it('reads each validation and test image once, and stops when progress throws', async () => {
      const test: number[] = [];
      await run('linear-sgd', { epochs: 3 }, { test: set => recorded(set, test) });
      expect(test).to.have.length(60);
      const interruption = new Error('interrupted');
      let calls = 0;
      const progress = () => (++calls === 5 ? Promise.reject(interruption) : Promise.resolve());
      expect(await failure(run('linear-sgd', { epochs: 9, batchSize: 30 }, { progress }))).to.equal(interruption);
    });

    it('refuses learning rates that all diverge', async () => {
      const error = await failure(run('linear-sgd', { epochs: 3, learningRates: [1e38] }));
      expect(error).to.be.instanceOf(CarlError).with.property('code', 'TRAIN_NOT_FINITE');
      expect(error.message).to.match(/Lower `learningRates`/);
    });
  });

  describe('lidar', () => {
    const small = { images: 30, views: 4, delta: 1e-4 };
    const crops = { size: SIDE, steps: [{ use: 'random-resized-crop', size: SIDE, scale: [0.3, 1] }] };
    const cropped = { augmenter: { use: 'views', views: [crops, crops] } };

    it('of views without randomness is the effective rank of the images, by eigenvalues', async () => {
      const places: number[] = [];
      const [{ metric, value }] = await run('lidar', small, { train: set => recorded(set, places) });
      expect([metric, places.length]).to.deep.equal(['lidar@n30q4d0.0001', 30]);
      const features = await featuresOf(places);
      const mean = features[0].map((_, d) => features.reduce((sum, row) => sum + row[d] / 30, 0));
      const data = features.flatMap(row => row.map((x, d) => x - mean[d]));
      const squares = singularValues({ data, rows: 30, columns: DIM }).map(x => x * x);
      const shares = squares.map(x => x / squares.reduce((sum, y) => sum + y, 0));
      expect(value).to.be.closeTo(Math.exp(shares.reduce((sum, x) => sum - x * Math.log(x), 0)), 1e-3);
    });

    it('draws views by the seed, takes all that fit, and measures features or embeddings', async () => {
      const first = await run('lidar', { ...small, ...cropped });
      expect(await run('lidar', { ...small, ...cropped })).to.deep.equal(first);
      expect(await run('lidar', { ...small, ...cropped }, { seed: 5 })).not.to.deep.equal(first);
      expect(first[0].value).to.be.within(1, DIM);
      expect(first[0].value).not.to.equal((await run('lidar', small))[0].value);
      expect((await run('lidar', { ...small, output: 'features' }))[0].metric).to.equal('lidar-features@n30q4d0.0001');
    });

    it('takes as many images as there are, refuses one, and stops when progress throws', async () => {
      expect((await run('lidar', { ...small, images: 1000 }))[0].metric).to.equal('lidar@n120q4d0.0001');
      const one = await failure(run('lidar', small, { train: set => ({ ...set, length: 1 }) }));
      expect(one.message).to.contain('at least 2 training images; there is 1');
      const data = new Float32Array(SIDE * SIDE).fill(NaN);
      const read = () => Promise.resolve([{ height: SIDE, width: SIDE, channels: 1, data }]);
      const nan = await failure(run('lidar', small, { train: set => ({ ...set, read }) }));
      expect(nan.message).to.match(/views of image \d+ .* 'train' hold NaN/);
      const progress = (done: number) => (done < 5 ? Promise.resolve() : Promise.reject(new Error('interrupted')));
      expect((await failure(run('lidar', small, { progress }))).message).to.equal('interrupted');
    });
  });
});

/** Features of training images by the encoder before training. */
async function featuresOf(places: readonly number[]): Promise<number[][]> {
  const store = new WeightStore();
  store.add('encoder', encoder.weights([SIDE, SIDE, 1]), seededStreams(1));
  const read = await images(seededStreams(1), 'train', 40).read(places);
  const pixels = read.flatMap(image => Array.from(floatImage(image).data));
  const batch = tf.tensor4d(pixels, [places.length, SIDE, SIDE, 1]);
  const features = tf.tidy(() => encoder.forward(batch, store.pass('encoder', false, singleProcess)).arraySync());
  batch.dispose();
  store.dispose();
  return features;
}
