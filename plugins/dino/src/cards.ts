import type { MethodCard } from '@carl-ssl/core';

/** DINO in short. */
export const dinoCard: MethodCard = {
  name: 'DINO',
  idea: 'Self-distillation: every view predicts the assignment that a momentum teacher gives to another view. Centring the scores of the teacher and sharpening them balance each other, so that assignments become neither uniform nor all the same.',
  formula:
    'q = softmax((teacher scores - centre) / teacherTemperature), p = softmax(student scores / studentTemperature)\nloss = mean over pairs of a view and another global view of - sum over k of q log p\ncentre: moving average of the teacher scores',
  trivial: 'ln K if all assignments of the teacher are uniform; 0 if all images have the same prototype.',
  views:
    'Two global views, with multi-crop further local ones that only the student sees; a teacher and wide assignments, as of `dino-head` with the assigner `softmax`.',
  failures: [
    'A teacher temperature that is not below that of the student lets all assignments become uniform.',
    'A teacher temperature above 0.07, or a centre that moves too fast or too slowly, makes the training unstable.',
    'Prototypes that are trained from the first step: freeze them for the first epoch.',
  ],
  figures: [
    {
      value: '76.0% linear, 73.3% k-NN',
      setting: 'ImageNet, ViT-S/16, 300 epochs at batch 1024, 2x224 + 8x96 crops',
      source: 'github.com/facebookresearch/dino, README',
    },
  ],
};

/** iBOT in short. */
export const ibotCard: MethodCard = {
  name: 'iBOT',
  idea: "DINO's loss for masked patches: the student predicts from the other patches the assignment that the teacher gives to a patch that it sees. It is added to DINO's loss on the class token.",
  formula:
    'loss = mean over masked patches of - sum over k of q log p\nq: centred and sharpened assignment of the patch by the teacher, p: assignment of the masked patch by the student',
  trivial: 'maskedImages ln K if all assignments of the teacher are uniform; 0 if all patches have the same prototype.',
  views:
    'Two global views, with multi-crop further local ones; a teacher, and an encoder with mask tokens such as `vit`. Use it in a `weighted-sum` with `dino`.',
  failures: [
    'Alone, without the loss on the class token, features of whole images are poor.',
    'Encoders without patch tokens, and assigners that assign images only, cannot be used.',
  ],
  figures: [
    {
      value: '77.9% linear, 75.2% k-NN',
      setting: 'ImageNet, ViT-S/16, 800 epochs at batch 1024, 2x224 + 10x96 crops',
      source: 'arXiv 2111.07832; github.com/bytedance/ibot, README',
    },
  ],
};
