import { catalogueOf, componentsOf, createRoot, runGolden } from '@carl-ssl/core/host';
import { builtin, cpu, useKernels } from '@carl-ssl/core/testing';
import * as tf from '@tensorflow/tfjs-core';
import wasm from '@carl-ssl/backend-wasm';
import { expect } from 'chai';
import { device } from '../device-plugins.js';
import { onTensorFlow } from '../plugins/backend-tensorflow-setup.js';
import { onSwiftShader } from '../plugins/backend-webgpu-setup.js';

const plugins = [builtin, ...device];
const catalogue = catalogueOf(plugins);
const components = componentsOf(createRoot(catalogue));
const cases = new URL('../golden/cases/', import.meta.url).pathname;

/** Cases of each kind. */
const COUNTS = { encoder: 6, head: 9, objective: 65, training: 5 } as const;

/** Errors relative to the tolerance that are allowed on a backend, by case. */
type Allowances = Readonly<Record<string, number>>;

/** WGSL promises sines and cosines to 2^-11 only, and their errors add up far from zero, where the Gaussian is small. */
const BY_WEBGPU: Allowances = { 'lejepa-wide-range': 10 };

describe('golden cases in float32', () => {
  function pass(kinds: readonly (keyof typeof COUNTS)[], allowed: Allowances = {}): void {
    for (const only of kinds)
      it(`pass: ${only}`, async () => {
        const [backend, tensors] = [tf.getBackend(), tf.memory().numTensors];
        let passed = 0;
        for await (const { name, status, worst, detail } of runGolden(cases, { catalogue, components, only })) {
          if (name in allowed) expect(worst, name).to.be.below(allowed[name]);
          else expect(status, `${name}, ${worst}: ${detail}`).to.equal('passed');
          passed++;
        }
        expect(passed).to.equal(COUNTS[only]);
        expect([tf.getBackend(), tf.memory().numTensors]).to.deep.equal([backend, tensors]);
      });
  }

  for (const { name, component } of [
    { name: 'plain JavaScript', component: cpu.create({}, {}) },
    { name: 'WebAssembly', component: wasm.components[0].create({ threads: null }, {}) },
  ])
    describe(`on ${name}`, () => {
      before(async () => useKernels(await component.activate()));
      after(async () => {
        useKernels({});
        await tf.setBackend('cpu');
      });
      // The verification runs the training cases on plain JavaScript, in float64.
      pass(['encoder', 'head', 'objective']);
    });

  describe('on TensorFlow', () =>
    onTensorFlow(fused => {
      before(() => useKernels(fused()));
      pass(['encoder', 'head', 'objective', 'training']);
    }));

  // Training takes minutes where the processor plays the GPU.
  describe('on WebGPU', () => onSwiftShader(() => pass(['encoder', 'head', 'objective'], BY_WEBGPU)));
});
