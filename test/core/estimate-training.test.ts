import { type Backend, defineComponent, slots, type StepEstimate } from '@carl-ssl/core';
import { assemble, catalogueOf, estimateTraining, loadPipeline, openData, planOf, type TrainingEstimate } from '@carl-ssl/core/host'; // prettier-ignore
import { estimateText } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import { Type } from 'typebox';
import { onCpu, temporaryFolder, writePipeline } from '../e2e/tiny.js';

/** A backend that records whether it was activated; tensors stay on the current one. */
function backendWith(estimate: StepEstimate | undefined, record: { activated: boolean }): Backend {
  return {
    name: 'other',
    rank: 1,
    probe: () => Promise.resolve({ available: true, reason: 'found' }),
    activate: () => {
      record.activated = true;
      return Promise.resolve({});
    },
    fingerprint: () => ({ name: 'other', versions: {}, threads: 1, flags: {} }),
    ...(estimate && { estimate: ({ flops }) => ({ ...estimate, seconds: estimate.seconds * (flops > 0 ? 1 : 0) }) }),
  };
}

describe('the estimate of a training', () => {
  const folder = temporaryFolder();
  before(onCpu);

  /** The estimate of a tiny training of 12 steps on a backend that estimates a step as given. */
  async function estimated(step?: StepEstimate): Promise<TrainingEstimate & { activated: boolean }> {
    const record = { activated: false };
    const other = {
      name: 'third-party',
      components: [
        defineComponent(slots.backend, {
          use: 'other',
          description: 'A backend.',
          options: Type.Object({}, { additionalProperties: false }),
          create: () => backendWith(step, record),
        }),
      ],
    };
    const loaded = await loadPipeline(writePipeline(folder.within('tiny.yaml')));
    const catalogue = catalogueOf([...loaded.catalogue.plugins.map(({ plugin }) => plugin), other]);
    const pipeline = { ...loaded.pipeline, backend: { use: 'other' } };
    const experiment = await openData(assemble({ ...loaded, pipeline, catalogue }));
    const plan = await planOf(experiment);
    expect(plan.steps).to.equal(12);
    return { ...(await estimateTraining(experiment, plan)), ...record };
  }

  it('is the sum of all steps, with the peak memory of trial steps', async () => {
    const { peakBytes, ...estimate } = await estimated({ seconds: 0.5, threads: 3, inProcess: true });
    expect(estimate).to.deep.equal({ backend: 'other', threads: 3, seconds: 6, activated: true });
    expect(peakBytes).to.be.above(process.memoryUsage.rss() / 2);
    expect(estimateText({ ...estimate, peakBytes: 2 ** 30 })).to.equal(
      [
        'peak memory   about 1024 MiB',
        'backend       other, 3 threads',
        'time          about 6s on this machine, within a factor of two',
      ].join('\n'),
    );
  });

  it('has no peak memory where tensors are outside of the process, or where the trial would take long', async () => {
    for (const [step, seconds] of [
      [{ seconds: 0.5, threads: 1, inProcess: false }, 6],
      [{ seconds: 50, threads: 1, inProcess: true }, 600],
    ] as const)
      expect(await estimated(step)).to.deep.equal({ backend: 'other', threads: 1, seconds, activated: false });
  });

  it('says which products are computed in bf16, and that the time is that of float32', () => {
    const estimate = { backend: 'other', threads: 3, seconds: 6 };
    for (const [bf16, says] of [
      ['multiplied', 'multiplies in convolutions and linear layers with channels in multiples of 16'],
      ['partly', '3x3 convolutions of stride 1 multiply in float32'],
      ['rounded', 'float32 takes less time here'],
    ] as const) {
      const text = estimateText({ ...estimate, bf16 });
      expect(text).to.contain(says);
      expect(text).to.match(/^time {10}about 6s on this machine, within a factor of two, estimated for float32$/m);
    }
  });

  it('is only the name of a backend that estimates nothing', async () => {
    const { activated, ...estimate } = await estimated();
    expect([activated, estimate]).to.deep.equal([false, { backend: 'other' }]);
    expect(estimateText(estimate)).to.match(/^backend {7}other$/m);
    expect(estimateText(estimate)).to.match(/^time {10}no estimate of time on this backend$/m);
  });
});
