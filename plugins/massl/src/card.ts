import type { MethodCard } from '@carl-ssl/core';

/** MaSSL in short. */
export const masslCard: MethodCard = {
  name: 'MaSSL',
  idea: 'By the authors of CARL and CARP: the similarities of a view to a memory of earlier embeddings should be distributed as those of a momentum teacher for another view, within random blocks of the memory.',
  formula:
    'p, q = softmax over each block of similarities / temperature, of student and teacher\nloss = mean over pairs of views i != j and blocks of - sum over the block of q_j log p_i',
  trivial: 'ln blockSize, the entropy of equal similarities to all memories of a block.',
  views: 'Two global views, the assigner `queue` and a momentum teacher.',
  failures: [
    'The loss stays at ln blockSize while teacherTemperature is too high.',
    'A memory with fewer images than blockSize times a few has blocks that repeat.',
    'With a low momentum the teacher is the student of a few steps ago, and both collapse together.',
  ],
  figures: [],
};
