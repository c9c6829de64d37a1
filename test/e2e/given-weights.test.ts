import { CarlError, decodeSafetensors, encodeSafetensors, type StoredTensor } from '@carl-ssl/core';
import { evaluateWeights, loadPipeline, type Results } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { carl } from './cli.js';
import { onCpu, temporaryFolder, trainTiny, writePipeline, smallResnet } from './tiny.js';

const sample = (name: string) => fileURLToPath(new URL(`../samples/given-weights/${name}`, import.meta.url));
const plugin = fileURLToPath(new URL('../../benchmarks/evaluation/save-features.mjs', import.meta.url));

/** The network of the sample weights on the sample images; see benchmarks/evaluation/weights.py. */
function pipeline(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const reader = (split: string) => ({ use: 'image-folder', root: sample(`images/${split}`) });
  return {
    plugins: [],
    data: { use: 'files', train: reader('train'), test: reader('test') },
    augmenter: {
      use: 'simclr-views',
      size: 16,
      blur: 0,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      evaluation: { resize: 20 },
    },
    encoder: { use: 'resnet', block: 'basic', layers: [1, 1, 1, 1], width: 2 },
    assigner: undefined,
    objective: 'dcl',
    trainer: { epochs: 1, batchSize: 256 },
    ...changes,
  };
}

interface Judged {
  readonly results: Results;
  readonly warnings: readonly string[];
  readonly kept: number;
}

describe('given weights', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const judge = async (
    changes: object = {},
    weights = sample('weights.safetensors'),
    out?: string,
  ): Promise<Judged> => {
    const file = writePipeline(folder.within('judge.yaml'), pipeline({ ...changes }));
    const seen = { warnings: [] as string[], kept: 0 };
    const session = await evaluateWeights(await loadPipeline(file, { weights }), out, {
      observers: [],
      onObserverFailure: message => expect.fail(message),
      onWarnings: warnings => seen.warnings.push(...warnings.map(({ code }) => code)),
      onDifferences: () => undefined,
      onEarlier: ({ kept }) => (seen.kept = kept),
      evaluate: work => work(new AbortController().signal),
    });
    return { ...session, ...seen };
  };
  const refusal = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => expect.fail('it was accepted'),
      (error: unknown) => {
        expect(CarlError.is(error) && error.exitCode).to.equal(2);
        return (error as CarlError).message;
      },
    );

  it('give the features of torchvision', async () => {
    const file = folder.within('features.safetensors');
    const { results, warnings } = await judge({
      plugins: [plugin],
      evaluate: [
        { use: 'save-features', file },
        { use: 'knn', k: 1 },
      ],
    });
    const expected = decodeSafetensors(readFileSync(sample('features.safetensors')), 'expected').tensors;
    const { tensors } = decodeSafetensors(readFileSync(file), 'features');
    for (const [split, { data, shape }] of Object.entries(expected)) {
      expect(tensors[split].shape).to.deep.equal(shape);
      const largest = Math.max(...data);
      data.forEach((value, i) => expect(tensors[split].data[i]).to.be.closeTo(value, 1e-5 * largest));
    }
    expect(results.weights).to.equal(sample('weights.safetensors'));
    expect(results.status.map(({ evaluator, subject }) => `${evaluator} ${subject}`)).to.deep.equal([
      'save-features trained',
      'knn trained',
      'knn untrained',
      'knn pixels',
    ]);
    expect(warnings).to.deep.equal(['SPLIT_SMALL']);
  });

  it('behind an augmenter that does not normalise get a warning', async () => {
    const augmenter = { use: 'simclr-views', size: 16, blur: 0 };
    const { warnings } = await judge({ augmenter, evaluate: ['rankme'], evaluation: { baselines: [] } });
    expect(warnings).to.deep.equal(['SPLIT_SMALL', 'INITIAL_WEIGHTS_RANGE']);
  });

  it('are evaluated again where a file of results is of the same weights, only as far as it is incomplete', async () => {
    const [weights, out] = [folder.within('copy.safetensors'), folder.within('out.json')];
    copyFileSync(sample('weights.safetensors'), weights);
    const changes = { evaluate: [{ use: 'knn', k: 1 }] };
    const first = await judge(changes, weights, out);
    expect(JSON.parse(readFileSync(out, 'utf8'))).to.deep.equal(first.results);
    expect((await judge(changes, weights, out)).kept).to.equal(3);
    const { tensors } = decodeSafetensors(readFileSync(weights), 'copy');
    writeFileSync(
      weights,
      encodeSafetensors({
        ...tensors,
        'bn1.bias': { ...tensors['bn1.bias'], data: Float32Array.of(1, 2) } as StoredTensor,
      }),
    );
    expect(await refusal(judge(changes, weights, out))).to.contain('results of another evaluation (other weights)');
    expect(JSON.parse(readFileSync(out, 'utf8'))).to.deep.equal(first.results);
  });

  it('do not replace results of other images or another choice of splits, which the error names', async () => {
    const [out, images] = [folder.within('data.json'), folder.within('images')];
    cpSync(sample('images'), images, { recursive: true });
    const of = (changes: object) =>
      judge({ data: { use: 'image-folder', root: images }, evaluate: ['rankme'], ...changes }, undefined, out);
    const { results } = await of({});
    const written = readFileSync(out, 'utf8');
    expect(await refusal(of({ evaluation: { splits: ['test'] } }))).to.contain('choice of splits');
    cpSync(join(images, 'train/a/0.png'), join(images, 'train/a/copy.png'));
    expect(await refusal(of({}))).to.match(
      /--out .*data\.json: this file has results of another evaluation \(data train: had \d+ images, has \d+.*\)\. Name another file, or delete this one\./,
    );
    expect(readFileSync(out, 'utf8')).to.equal(written);
    expect(results.trained.length).to.be.greaterThan(0);
  });

  it('may be those of a checkpoint', async () => {
    const run = folder.within('run');
    await trainTiny(run, { changes: { encoder: smallResnet, trainer: { epochs: 1, batchSize: 16 } } });
    const weights = `${run}/checkpoints/step-00000004/weights.safetensors`;
    const of = { data: 'stripes', encoder: smallResnet, augmenter: { use: 'simclr-views', size: 8, blur: 0 } };
    const { plugins } = JSON.parse(readFileSync(`${run}.yaml`, 'utf8')) as { plugins: string[] };
    const { results, warnings } = await judge({ ...of, plugins, evaluate: [{ use: 'knn', k: 1 }] }, weights);
    expect([results.trained.length, warnings.filter(code => code === 'INITIAL_WEIGHTS_RANGE')]).to.deep.equal([2, []]);
  });

  it('of a checkpoint include head and prototypes, whose options make another evaluation', async () => {
    const run = folder.within('assigned');
    const evaluate = ['assignments'];
    await trainTiny(run, { changes: { trainer: { epochs: 1, batchSize: 16 } } });
    const weights = `${run}/checkpoints/step-00000004/weights.safetensors`;
    const tiny = JSON.parse(readFileSync(`${run}.yaml`, 'utf8')) as { assigner: object };
    const [out, fresh] = [folder.within('assigned.json'), folder.within('fresh.json')];
    const first = await judge({ ...tiny, evaluate }, weights, out);
    expect(first.results.status.map(({ status }) => status)).to.deep.equal(['done', 'done']);
    expect(first.results.trained).to.not.deep.equal(first.results.untrained);
    const softer = { ...tiny, evaluate, assigner: { ...tiny.assigner, temperature: 5 } };
    expect(await refusal(judge(softer, weights, out))).to.contain('another seed, preparation of images, network');
    expect((await judge(softer, weights, fresh)).results.trained).to.not.deep.equal(first.results.trained);
  });

  it('that do not fit or cannot be read are refused, with the names of the tensors', async () => {
    const { tensors } = decodeSafetensors(readFileSync(sample('weights.safetensors')), 'weights');
    const bytes = readFileSync(sample('weights.safetensors'));
    const write = (content: Uint8Array) => {
      writeFileSync(folder.within('wrong.safetensors'), content);
      return refusal(judge({ evaluate: ['rankme'] }, folder.within('wrong.safetensors')));
    };
    const changed = (changes: Readonly<Record<string, StoredTensor | undefined>>) =>
      write(
        encodeSafetensors(
          Object.fromEntries(Object.entries({ ...tensors, ...changes }).filter(([, one]) => one)) as never,
        ),
      );
    const float = (shape: readonly number[], value = 0): StoredTensor => ({
      dtype: 'F32',
      shape,
      data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
    });
    expect(await changed({ 'bn1.bias': undefined })).to.contain('bn1.bias is missing');
    expect(await changed({ 'bn1.bias': float([3]) })).to.contain('bn1.bias has shape [3], the network needs [2]');
    expect(await write(Buffer.concat([Buffer.alloc(7, 0), Buffer.of(0x80), bytes.subarray(8)]))).to.contain(
      'its header claims 9223372036854775808 bytes',
    );
    expect(await write(Buffer.from('\x80\x02 torch', 'latin1'))).to.contain(
      'a PyTorch file from before version 1.6, or another pickle. Convert it with Python',
    );
    expect(await refusal(judge({}, folder.path))).to.contain('It is a folder');
    const missing = folder.within('wrong.tensors');
    expect(await refusal(judge({}, missing))).to.match(
      /^--weights INPUT_FILE Cannot read \S+wrong\.tensors\. There is nothing of that name; check the path\. Did you mean \S+wrong\.safetensors\? Relative paths on the command line start at the current folder/,
    );
    expect(await refusal(judge({}, folder.within('none', 'a')))).to.contain(
      `The folder ${folder.within('none')} does not`,
    );
  });

  it('of images with other channels are refused with the key that sets them', async () => {
    const { tensors } = decodeSafetensors(readFileSync(sample('weights.safetensors')), 'weights');
    const { shape } = tensors['conv1.weight'];
    const data = new Float32Array(shape[0] * 49);
    const grey = folder.within('grey.safetensors');
    writeFileSync(
      grey,
      encodeSafetensors({ ...tensors, 'conv1.weight': { dtype: 'F32', shape: [shape[0], 1, 7, 7], data } } as never),
    );
    expect(await refusal(judge({ evaluate: ['rankme'] }, grey))).to.match(
      /take images of 1 channel, and the encoder gets images of 3 channels\. Set `data\.train\.channels: 1`, `data\.test\.channels: 1`/,
    );
  });

  it('are a file beside a pipeline, not beside a run', async () => {
    const weights = ['--weights', sample('weights.safetensors')];
    const file = writePipeline(folder.within('cli.yaml'), pipeline({ evaluate: [{ use: 'knn', k: 1 }] }));
    const { code, stdout, stderr } = await carl([
      'evaluate',
      file,
      ...weights,
      '--quiet',
      '--set',
      'evaluation.baselines=[]',
    ]);
    expect([code, stderr]).to.deep.equal([0, stderr]);
    expect(stderr).to.match(/warning SPLIT_SMALL The split `test` has 4 images: one image is 25 points of accuracy/);
    expect(stdout).to.match(
      /^\S+weights\.safetensors; evaluators knn\nimages: train [\d,]+, .*test 4\n\n +knn1@t0\.1 test\ngiven weights +\d+\.\d%\nchance +50\.0%\n/,
    );
    const refused = async (...args: readonly string[]) => {
      const { code: status, stderr: text } = await carl(['evaluate', ...args]);
      expect([status, text]).to.deep.equal([2, text]);
      return text;
    };
    expect(await refused(file)).to.contain(
      'is a file, not a run directory. To evaluate given weights with a pipeline, add --weights',
    );
  });
});
