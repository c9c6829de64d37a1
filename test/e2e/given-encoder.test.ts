// cspell:ignore layr resnt rankm imags
import { CarlError, decodeSafetensors } from '@carl-ssl/core';
import { evaluateWeights, loadGivenEncoder, loadPipeline, type GivenEncoder, type Results } from '@carl-ssl/core/host';
import type { LoadedPipeline } from '@carl-ssl/core/host';
import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onCpu, temporaryFolder } from './tiny.js';

const cwd = fileURLToPath(new URL('../samples/given-weights', import.meta.url));
const saveFeatures = fileURLToPath(new URL('../../benchmarks/evaluation/save-features.mjs', import.meta.url));
const weights = 'weights.safetensors';

/** The network of the sample weights on the sample images; see benchmarks/evaluation/weights.py. */
const given: GivenEncoder = {
  encoder: '{ use: resnet, block: basic, layers: [1, 1, 1, 1], width: 2 }',
  data: 'images',
  evaluate: '{ use: knn, k: 1 }, rankme',
  mean: '0.485,0.456,0.406',
  std: '[0.229, 0.224, 0.225]',
};

describe('an encoder without a pipeline', () => {
  const folder = temporaryFolder();
  before(onCpu);

  const load = (changes: Partial<GivenEncoder> = {}) =>
    loadGivenEncoder({ ...given, ...changes }, { cwd, weights, backend: 'cpu', set: ['evaluation.baselines=[]'] });
  const judge = async (loaded: LoadedPipeline): Promise<{ results: Results; warnings: string }> => {
    let warnings = '';
    const { results } = await evaluateWeights(loaded, undefined, {
      observers: [],
      onObserverFailure: message => expect.fail(message),
      onWarnings: found => (warnings += found.map(one => `${one.file} ${one.code} ${one.remedy}`).join('\n')),
      onDifferences: () => undefined,
      evaluate: work => work(new AbortController().signal),
    });
    return { results, warnings };
  };

  it('has the results of the same pipeline', async () => {
    const file = folder.within('pipeline.yaml');
    writeFileSync(
      file,
      `name: same
data: { use: image-folder, root: ${JSON.stringify(`${cwd}/images`)} }
augmenter:
  use: views
  views: [{ size: 16, steps: [{ use: random-resized-crop, size: 16 }, random-horizontal-flip] }]
  mean: [0.485, 0.456, 0.406]
  std: [0.229, 0.224, 0.225]
  evaluation: { resize: 20 }
encoder: ${given.encoder}
evaluate: [{ use: knn, k: 1 }, rankme]
evaluation: { baselines: [] }
objective: dcl
optimizer: { use: sgd, learningRate: 0.1 }
trainer: { epochs: 1 }
`,
    );
    const ofPipeline = await judge(await loadPipeline(file, { cwd, weights, backend: 'cpu' }));
    const { results, warnings } = await judge(await load({ resize: 20, crop: 16 }));
    expect(results).to.deep.equal(ofPipeline.results);
    expect(results.trained.length).to.equal(4);
    expect(warnings.includes('INITIAL_WEIGHTS_RANGE')).to.equal(false);
  });

  it('gets images in the ratio of the papers; small ones of one size as they are', async () => {
    const sidesOf = async (changes: Partial<GivenEncoder>) => {
      const { pipeline } = await load(changes);
      const { views, evaluation } = pipeline.augmenter as unknown as {
        readonly views: readonly { readonly size: number }[];
        readonly evaluation: { readonly resize: number; readonly interpolation: string };
      };
      expect(evaluation.interpolation).to.equal('bicubic');
      return [evaluation.resize, views[0].size];
    };
    expect(await sidesOf({ crop: 224 })).to.deep.equal([256, 224]);
    expect(await sidesOf({ resize: 256 })).to.deep.equal([256, 224]);
    expect(await sidesOf({ resize: 224, crop: 224 })).to.deep.equal([224, 224]);
    expect(await sidesOf({ data: 'fashion-mnist-mini', mean: '0', std: '1' })).to.deep.equal([28, 28]);
    const { pipeline } = await load({ evaluate: undefined });
    expect(pipeline.evaluate.map(({ use }) => use)).to.deep.equal(['knn', 'linear']);
  });

  it('gets a warning for images that are not normalised, with the options that do it', async () => {
    const { warnings } = await judge(await load({ crop: 16, mean: undefined, std: undefined, evaluate: 'rankme' }));
    expect(warnings).to.match(
      /^(?:--data SPLIT_SMALL [^\n]+\n)+--weights INITIAL_WEIGHTS_RANGE Give `--mean 0\.485,0\.456,0\.406` and `--std 0/,
    );
  });

  it('has the features of torch at each layer', async () => {
    const expected = decodeSafetensors(readFileSync(`${cwd}/layers.safetensors`), 'layers').tensors;
    const names = Object.keys(expected);
    const saved = names.map(
      layer => `{ use: save-features, layer: ${layer}, file: ${JSON.stringify(folder.within(layer))} }`,
    );
    const set = [`plugins=[${JSON.stringify(saveFeatures)}]`, 'evaluation.baselines=[]'];
    const data =
      '{ use: files, train: { use: image-folder, root: images/train }, test: { use: image-folder, root: images/test } }';
    await judge(
      await loadGivenEncoder(
        { ...given, data, resize: 20, crop: 16, evaluate: saved.join(', ') },
        { cwd, weights, backend: 'cpu', set },
      ),
    );
    expect(names.sort()).to.deep.equal(['layer1', 'layer2', 'layer3', 'layer4', 'stem']);
    for (const layer of names) {
      const { test } = decodeSafetensors(readFileSync(folder.within(layer)), layer).tensors;
      const { data: values, shape } = expected[layer];
      expect(test.shape).to.deep.equal(shape);
      const largest = Math.max(...values);
      values.forEach((value, i) => expect(test.data[i], layer).to.be.closeTo(value, 1e-5 * largest));
    }
  });

  it('is judged at a layer, whose name is part of the names of its figures', async () => {
    const evaluate = '{ use: rankme, output: layer4 }, rankme, { use: knn, k: 1, output: layer2 }';
    const loaded = await loadGivenEncoder(
      { ...given, crop: 32, evaluate },
      { cwd, weights, backend: 'cpu', set: ['evaluation.baselines=[pixels]'] },
    );
    const { trained, pixels, status } = (await judge(loaded)).results;
    const value = (metric: string) => trained.find(one => one.metric === metric && one.split === 'test')!.value;
    expect(value('rankme-layer4@n4')).to.equal(value('rankme@n4'));
    expect(value('knn1-layer2@t0.1')).to.be.within(0, 1);
    expect(pixels.map(({ metric }) => metric)).to.deep.equal(['rankme@n1', 'rankme@n4']);
    expect(status.every(one => one.status === 'done')).to.equal(true);
  });

  const refused: Readonly<Record<string, readonly [Partial<GivenEncoder>, RegExp]>> = {
    'a misspelt encoder': [
      { encoder: 'resnt' },
      /^--encoder COMPONENT_UNKNOWN .*\n> \| resnt\n.*\n {2}Did you mean `resnet`\?/,
    ],
    'a misspelt option': [{ encoder: '{ use: resnet, dept: 18 }' }, /^--encoder KEY_UNKNOWN[^]*Did you mean `depth`\?/],
    'an open bracket': [{ encoder: '{ use: resnet' }, /^--encoder YAML_SYNTAX/],
    'a misspelt evaluator': [{ evaluate: 'rankm' }, /^--evaluate COMPONENT_UNKNOWN[^]*Did you mean `rankme`\?/],
    'a misspelt layer': [
      { evaluate: '{ use: rankme, output: layr3 }' },
      /^--evaluate PARTS_MISFIT .* no layer `layr3`\.[^]*Did you mean `layer3`\?[^]*`stem`, `layer1`/,
    ],
    'an evaluator without labels': [
      { data: '{ use: image-folder, root: images, labels: none }' },
      /^--evaluate REQUIREMENT_MISSING/,
    ],
    'a mean of other images': [{ mean: '0.5, 0.5' }, /^--mean PARTS_MISFIT[^]*`mean` has length 2/],
    'a word as deviation': [{ std: 'one' }, /^--std TYPE_WRONG/],
    'a value of the dataset': [{ data: '{ use: image-folder, root: images, test: 2 }' }, /^--data NUMBER_RANGE/],
    'a misspelt folder': [
      { data: './imags' },
      /--data \.\/imags: there is neither such a folder .* Did you mean `images`\?/,
    ],
    'a misspelt dataset': [{ data: 'fashion-mnst' }, /--data fashion-mnst: .* Did you mean `fashion-mnist`\?/],
    'a file as folder': [{ data: weights }, /--data weights\.safetensors: this is a file, not a folder/],
    'a crop larger than the image': [{ resize: 20, crop: 24 }, /--resize 20 is smaller than --crop 24/],
  };
  for (const [name, [changes, message]] of Object.entries(refused))
    it(`with ${name} is refused with the name of the option`, async () => {
      const error: unknown = await load(changes)
        .then(judge)
        .then(
          () => expect.fail('it was accepted'),
          (thrown: unknown) => thrown,
        );
      expect(CarlError.is(error) && error.exitCode).to.equal(2);
      expect((error as CarlError).message).to.match(message);
    });
});
