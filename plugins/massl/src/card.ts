import type { MethodCard } from '@carl-ssl/core';

/** MaSSL in short. */
export const masslCard: MethodCard = {
  name: 'MaSSL',
  idea: "By the authors of CARL and CARP. A view's similarities to a memory of earlier embeddings should be distributed as those of a momentum teacher for another view, within random blocks of the memory that are drawn anew at every step. The blocks take the place of a regulariser.",
  formula:
    'p = softmax(similarities to a block / studentTemperature)\nq = softmax(similarities of the teacher to the same block / teacherTemperature), a constant\nloss = mean over blocks and pairs of views of - sum over the block of q ln p',
  trivial: 'ln b for blocks of b memories if every image is as near to all memories.',
  views: 'Two or more views, a teacher, and the assigner `queue` with temperature 1.',
  failures: [
    'A teacherTemperature that is not below studentTemperature makes all similarities equal.',
    'A blockSize that does not divide the memory leaves some memories out at each step.',
  ],
  figures: [],
};
