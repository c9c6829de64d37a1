import type { Objective } from '@carl-ssl/core';
import { expect } from 'chai';
import carl from '@carl-ssl/carl';
import contrastive from '@carl-ssl/contrastive';
import embedding from '@carl-ssl/embedding';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { onCpuInScope } from '../cpu-scope.js';
import { contextAt, freshState, inputsOf, lossAndGradients, noise, number, workbench } from './objective-support.js';

const bench = workbench(carl, contrastive, embedding);
interface Options {
  readonly use: string;
  readonly [option: string]: unknown;
}
const objective = (options: Options): Objective => bench.make('objective', options);
const sumOf = (...terms: (readonly [weight: unknown, objective: Options])[]): Options => ({
  use: 'weighted-sum',
  terms: terms.map(([weight, chosen]) => ({ weight, objective: chosen })),
});
const some = (name: string, columns = 5): Tensor2D[] => [0, 1].map(i => noise(`${name} ${i}`, 6, columns));
const size = { batchSize: 6, views: 2, width: 5 };

describe('a weighted sum of objectives', () => {
  onCpuInScope();

  it('has the loss and the gradient of its terms, each times its weight', () => {
    const views = some('view');
    const terms: [number, Options][] = [
      [1, { use: 'nt-xent', temperature: 0.5 }],
      [0.1, { use: 'koleo' }],
      [0.02, { use: 'vicreg' }],
    ];
    const alone = terms.map(([, options]) =>
      lossAndGradients(views, () => objective(options).compute(inputsOf(views), contextAt()).loss),
    );
    const whole = lossAndGradients(views, () => objective(sumOf(...terms)).compute(inputsOf(views), contextAt()).loss);
    const weighted = (values: readonly number[]) => values.reduce((sum, value, i) => sum + terms[i][0] * value, 0);
    expect(whole.loss).to.be.closeTo(weighted(alone.map(({ loss }) => loss)), 1e-5);
    whole.gradients.forEach((gradient, v) =>
      gradient.forEach((value, j) =>
        expect(value).to.be.closeTo(weighted(alone.map(({ gradients }) => gradients[v][j])), 1e-6),
      ),
    );
  });

  it('reports every term and its parts under its name, with a number where a name comes again', () => {
    const chosen = sumOf([1, { use: 'koleo' }], [1, { use: 'vicreg' }], [0.5, { use: 'koleo', epsilon: 0.01 }]);
    const { parts } = objective(chosen).compute(inputsOf(some('view')), contextAt());
    expect(Object.keys(parts)).to.have.members([
      'koleo',
      'vicreg',
      'koleo-2',
      'vicreg.invariance',
      'vicreg.variance',
      'vicreg.covariance',
    ]);
    expect(number(parts.koleo)).to.not.equal(number(parts['koleo-2']));
  });

  it('keeps the buffers of its terms apart', () => {
    const queue = (queueSize: number): Options => ({ use: 'info-nce', queueSize });
    const made = objective(sumOf([1, queue(12)], [1, queue(18)]));
    const [views, teachers] = [some('view'), some('teacher')];
    const tensors = freshState(made, size);
    expect(Object.entries(tensors).map(([name, { shape }]) => [name, shape])).to.deep.equal([
      ['info-nce.queue', [12, 5]],
      ['info-nce.pointer', []],
      ['info-nce-2.queue', [18, 5]],
      ['info-nce-2.pointer', []],
    ]);
    const { loss, nextState } = made.compute(inputsOf(views, { targets: teachers, tensors }), contextAt());
    const alone = ['info-nce', 'info-nce-2'].map((name, i) => {
      const own = { queue: tensors[`${name}.queue`], pointer: tensors[`${name}.pointer`] };
      return objective(queue([12, 18][i])).compute(inputsOf(views, { targets: teachers, tensors: own }), contextAt());
    });
    expect(number(loss)).to.be.closeTo(number(alone[0].loss) + number(alone[1].loss), 1e-5);
    expect([...nextState!['info-nce-2.queue'].dataSync()]).to.deep.equal([...alone[1].nextState!.queue.dataSync()]);
    expect(number(nextState!['info-nce.pointer'])).to.equal(6);
  });

  it('gives logits to terms that require assignments and embeddings to the others', () => {
    const [logits, embeddings] = [some('logits', 7), some('embeddings')];
    const made = objective(sumOf([1, { use: 'carl' }], [0.1, { use: 'koleo' }]));
    const inputs = inputsOf(logits, { embedded: { outputs: embeddings, targets: [] } });
    const { parts, loss } = made.compute(inputs, contextAt());
    const alone = [
      objective({ use: 'carl' }).compute(inputsOf(logits), contextAt()),
      objective({ use: 'koleo' }).compute(inputsOf(embeddings), contextAt()),
    ].map(result => number(result.loss));
    expect(number(parts.carl)).to.be.closeTo(alone[0], 1e-6);
    expect(number(parts.koleo)).to.be.closeTo(alone[1], 1e-6);
    expect(number(loss)).to.be.closeTo(alone[0] + 0.1 * alone[1], 1e-5);
  });

  it('sizes the buffers of terms on embeddings by the embeddings, whatever the number of prototypes', () => {
    const made = objective(sumOf([1, { use: 'carl' }], [1, { use: 'tico' }]));
    const [covariance] = made.state({ ...size, width: 7, embeddingDim: 5 });
    expect(covariance).to.deep.include({ name: 'tico.covariance', shape: [5, 5] });
  });

  it('follows weights that change over training', () => {
    const made = objective(sumOf([{ from: 1, to: 0, over: 1 }, { use: 'koleo' }]));
    const loss = (step: number) => number(made.compute(inputsOf(some('view')), contextAt(step)).loss);
    expect(loss(5)).to.be.closeTo(loss(0) / 2, 1e-5);
  });

  it('knows the loss of a collapse where all its terms do', () => {
    const both = objective(sumOf([1, { use: 'nt-xent' }], [2, { use: 'vicreg' }])).trivial(size, contextAt());
    expect(both).to.have.length(1);
    expect(both[0].loss).to.be.closeTo(Math.log(11) + 2 * 25 * 0.99, 1e-6);
    expect(both[0].advice).to.contain('objective.varianceWeight');
    const mixed = objective(sumOf([1, { use: 'nt-xent' }], [1, { use: 'carl' }])).trivial(size, contextAt());
    expect(mixed).to.deep.equal([]);
  });

  it('refuses sums within sums and names terms that count for nothing', () => {
    const inner = sumOf([1, { use: 'koleo' }]);
    const findings = bench.advice('objective', sumOf([1, inner], [0, { use: 'koleo' }]), {});
    expect(findings.map(({ severity, code, path }) => [severity, code, path])).to.deep.equal([
      ['error', 'WEIGHTED_SUM_NESTED', 'terms.0.objective'],
      ['warning', 'WEIGHTED_SUM_ZERO', 'terms.1.weight'],
    ]);
  });
});
