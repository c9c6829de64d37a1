import type { Plugin } from '@carl-ssl/core';
import { backendCandidates, loadPlugins } from '@carl-ssl/core/host';
import { describePlugin, useKernels } from '@carl-ssl/core/testing';
import augment from '@carl-ssl/augment';
import backendTensorflow from '@carl-ssl/backend-tensorflow';
import backendWasm from '@carl-ssl/backend-wasm';
import backendWebgpu from '@carl-ssl/backend-webgpu';
import dataCifar from '@carl-ssl/data-cifar';
import dataCompose from '@carl-ssl/data-compose';
import dataFashionMnist from '@carl-ssl/data-fashion-mnist';
import dataIdx from '@carl-ssl/data-idx';
import dataImageFolder from '@carl-ssl/data-image-folder';
import dataNpz from '@carl-ssl/data-npz';
import dataParquet from '@carl-ssl/data-parquet';
import dataStl10 from '@carl-ssl/data-stl10';
import dataWebdataset from '@carl-ssl/data-webdataset';
import evaluate from '@carl-ssl/evaluate';
import exporters from '@carl-ssl/export';
import optim from '@carl-ssl/optim';
import * as tf from '@tensorflow/tfjs-core';
import { device } from '../device-plugins.js';
import { skipped } from '../skipped.js';
import { elsewhere, examples } from './examples.js';

const host: readonly Plugin[] = [
  augment,
  backendTensorflow,
  backendWasm,
  backendWebgpu,
  dataCifar,
  dataCompose,
  dataFashionMnist,
  dataIdx,
  dataImageFolder,
  dataNpz,
  dataParquet,
  dataStl10,
  dataWebdataset,
  evaluate,
  exporters,
];
/** Everything a plugin has but for what needs files that are not here. */
function here(plugin: Plugin): Plugin {
  return {
    ...plugin,
    components: plugin.components.filter(({ slot, use }) => !elsewhere.includes(`${slot.name} ${use}`)),
  };
}

describe('plugins of this project', () => {
  before(() => tf.setBackend('cpu'));
  for (const plugin of [...host, ...device]) {
    const beside = plugin === evaluate ? [optim] : plugin === dataCompose ? [dataIdx, dataImageFolder] : [];
    describePlugin(here(plugin), { describe, it, examples, beside });
  }
});

/** Rules that compute nothing, so that one backend is enough. */
const WITHOUT_BACKEND = [
  'has a schema whose objects are all closed',
  'describes itself and every option',
  'has defaults that its own schema accepts',
  'refuses values of another type for every option',
  'can be created twice from the same frozen options',
];
/** What a component does with the messages of workers is the same on every backend; two-workers.test.ts trains on each. */
const WORKERS = 'computes the same on two workers with different halves of a batch as on one';
/** WebAssembly has the gradients of plain JavaScript, of the same kernels; golden cases have their values. */
const GRADIENT = 'has a gradient that agrees with finite differences';
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  wasm: [...WITHOUT_BACKEND, WORKERS, GRADIENT],
  tensorflow: [...WITHOUT_BACKEND, WORKERS],
};

for (const [name, leftOut] of Object.entries(LEFT_OUT)) {
  const ifHere = (rule: string, body: () => Promise<void>): void => {
    if (!leftOut.includes(rule)) it(rule, body);
  };
  describe(`plugins of this project on ${name}`, () => {
    before(async function () {
      const catalogue = await loadPlugins(['@carl-ssl/backend-wasm', '@carl-ssl/backend-tensorflow'], process.cwd());
      const backend = backendCandidates(catalogue).find(one => one.name === name)!;
      const { available, reason } = await backend.probe();
      const required = name === 'tensorflow' && process.env.CI_TENSORFLOW === 'required';
      // Where it is required, activating it tells what is missing.
      if (!available && !required) skipped(this, `${name} cannot be used, ${reason}`);
      useKernels(await backend.activate());
    });
    after(async () => {
      useKernels({});
      await tf.setBackend('cpu');
    });
    for (const plugin of device) describePlugin(plugin, { describe, it: ifHere, examples });
  });
}
