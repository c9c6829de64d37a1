import type { MethodCard } from '@carl-ssl/core';

const TWO_VIEWS = 'Two or more views and large batches, whose other images are the negatives.';

/** SimCLR in short. */
export const simclrCard: MethodCard = {
  name: 'SimCLR',
  idea: 'Each view has to find the other view of its image among all views of the batch. The other images are negatives, so that embeddings cannot all be the same.',
  formula:
    'loss = mean over views i with partner j of - log( exp(cos(z_i, z_j) / T) / sum over k != i of exp(cos(z_i, z_k) / T) )',
  trivial: 'ln(2N - 1) for N images if every image has the same embedding.',
  views: TWO_VIEWS,
  failures: [
    'Accuracy falls with batches below a few hundred: use `dcl`, or `info-nce` with its queue.',
    'Temperatures outside 0.05 to 0.5 count all candidates alike, or only the nearest.',
    'Without colour jitter, colour histograms alone tell images apart.',
  ],
  figures: [
    { value: '69.3% linear', setting: 'ImageNet, ResNet-50, 1000 epochs at batch 4096', source: 'arXiv 2002.05709' },
    {
      value: '69.1% linear',
      setting: 'the published weights of this training',
      source: 'github.com/google-research/simclr',
    },
  ],
};

/** DCL in short. */
export const dclCard: MethodCard = {
  name: 'DCL',
  idea: 'SimCLR without the positive pair in the denominator. The gradient then does not vanish for pairs that are close already, so that small batches are enough. DCLW gives pairs that are far apart more weight.',
  formula:
    'loss = mean over views i with partner j of - w cos(z_i, z_j) / T + log( sum over all k but i and j of exp(cos(z_i, z_k) / T) )\nw = 1, or the weights of DCLW with mean 1',
  trivial: 'ln(2N - 2) for N images if every image has the same embedding.',
  views: 'Two or more views; a batch of 256 is enough.',
  failures: ['Temperatures outside 0.05 to 0.5 count all candidates alike, or only the nearest.'],
  figures: [
    {
      value: '68.2% linear',
      setting: 'ImageNet, ResNet-50, 200 epochs at batch 256, with tuned rate and temperature',
      source: 'arXiv 2110.06848',
    },
  ],
};

/** MACL in short. */
export const maclCard: MethodCard = {
  name: 'MACL',
  idea: 'SimCLR with a temperature that rises as positive pairs align, so that similar images are repelled less late in the training, and with terms that weigh more where few negatives make the gradient small.',
  formula:
    'T = temperature (1 + alpha (A - initialAlignment)), A: mean cosine of positive pairs\nloss = mean of (1 / (1 - P)) NT-Xent(T), P: probability of the partner, a constant',
  trivial: 'ln(m) / (1 - 1/m) with m = 2N - 1 if every image has the same embedding.',
  views: TWO_VIEWS,
  failures: ['A large alpha lets the temperature rise until all candidates count alike.'],
  figures: [
    {
      value: '64.3% linear',
      setting: 'ImageNet, ResNet-50, 200 epochs at batch 256, where their SimCLR has 61.9%',
      source: 'arXiv 2207.07874',
    },
  ],
};

/** MoCo in short. */
export const mocoCard: MethodCard = {
  name: 'MoCo',
  idea: 'Each view has to find the embedding that a momentum teacher gives to the other view, among the embeddings of earlier batches in a queue (v1, v2) or of the other images of the batch (v3). The queue makes the number of negatives independent of the batch.',
  formula:
    'loss = - log( exp(q.k / T) / (exp(q.k / T) + sum over negatives n of exp(q.n / T)) )\nq: embedding or prediction of a view, k: teacher embedding of the other view, all of unit length',
  trivial: 'ln(M + 1) with a queue of M, ln N with negatives from a batch of N, if every image has the same embedding.',
  views: 'Two views and a teacher; MoCo v3 also has a predictor.',
  failures: [
    'A queue that holds most of the training images has earlier embeddings of the same image as negatives.',
    'A queue whose size is not a multiple of the embeddings of a step keeps outdated ones.',
    'A teacher that changes fast makes the keys of the queue inconsistent: keep the momentum at 0.99 or above.',
  ],
  figures: [
    {
      value: '67.5% linear',
      setting: 'MoCo v2: ImageNet, ResNet-50, 200 epochs at batch 256, mean of five runs',
      source: 'github.com/facebookresearch/moco; arXiv 2003.04297',
    },
    {
      value: '74.6% linear',
      setting: 'MoCo v3: ImageNet, ResNet-50, 1000 epochs at batch 4096',
      source: 'github.com/facebookresearch/moco-v3; arXiv 2104.02057',
    },
  ],
};

/** NNCLR in short. */
export const nnclrCard: MethodCard = {
  name: 'NNCLR',
  idea: 'The positive is the nearest neighbour of a view in a queue of earlier embeddings, so that positives are other images of the same kind and not only views of the same image.',
  formula:
    'n = nearest row of the queue to z_i\nloss = mean over pairs of views of - log( exp(n.p_j / T) / sum over images of the batch of exp(n.p / T) ), p: predictions',
  trivial: 'ln N for N images if every image has the same embedding.',
  views: 'Two views and a predictor.',
  failures: [
    'A small queue has no near neighbours; at the start of the training neighbours are random.',
    'A queue that holds most of the training images returns the same image.',
  ],
  figures: [
    { value: '75.4% linear', setting: 'ImageNet, ResNet-50, 1000 epochs at batch 4096', source: 'arXiv 2104.14548' },
  ],
};

/** ReSSL in short. */
export const resslCard: MethodCard = {
  name: 'ReSSL',
  idea: 'The similarities of a strongly changed view to a queue of earlier images should be distributed as those that a sharper momentum teacher finds for a weakly changed view.',
  formula:
    'q = softmax(teacher z . queue / teacherTemperature), p = softmax(z . queue / studentTemperature)\nloss = mean of - sum over the queue of q log p',
  trivial: 'ln M with a queue of M if every image is as near to all others.',
  views: 'One strongly and one weakly changed view, written with `views`; a teacher.',
  failures: [
    'A teacher temperature that is not below that of the student leaves nothing to learn.',
    'Strong changes in the view of the teacher make its similarities unreliable.',
  ],
  figures: [
    { value: '69.9% linear', setting: 'ImageNet, ResNet-50, 200 epochs at batch 256', source: 'arXiv 2107.09282' },
    { value: '74.7% linear', setting: 'the same with five crops of falling size', source: 'arXiv 2107.09282' },
  ],
};
