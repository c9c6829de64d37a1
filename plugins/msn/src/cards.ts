import type { MethodCard } from '@carl-ssl/core';

const views =
  'A target view and one or more anchor views, of which patches may be masked; an assigner with prototypes and a teacher.';

/** MSN in short. */
export const msnCard: MethodCard = {
  name: 'MSN',
  idea: 'Anchor views, with masked patches in the paper, predict the sharpened assignment that a momentum teacher gives to the target view. A regulariser pulls the mean assignment towards uniform.',
  formula:
    'q = sharpened teacher assignment, p = softmax(scores / temperature)\nloss = mean over anchors of - sum over k of q log p + regularisationWeight (ln K - H(mean p))',
  trivial: 'ln K if all assignments are uniform; regularisationWeight ln K if all images have the same prototype.',
  views,
  failures: [
    'Targets that are not sharper than predictions make the uniform assignment a solution.',
    'Without regulariser and without balanced targets, all images gather on one prototype.',
    'The mean assignment of few anchors cannot be uniform over many prototypes.',
  ],
  figures: [],
};

/** PMSN in short. */
export const pmsnCard: MethodCard = {
  name: 'PMSN',
  idea: 'MSN for images whose classes are of unequal size: the prior of the mean assignment is a power law in place of the uniform distribution.',
  formula:
    'prior of prototype k is proportional to k^-powerLawExponent\nloss = mean over anchors of - sum over k of q log p + regularisationWeight KL(mean p, prior)',
  trivial:
    'ln K plus regularisationWeight times the divergence of the power law from uniform, if all assignments are uniform.',
  views,
  failures: [
    'On classes of equal size the prior brings nothing; use `msn`.',
    'Balanced targets (iterations above 0) pull towards a uniform prior, against the power law.',
  ],
  figures: [],
};
