import { Type, type Static } from '@carl-ssl/core';

/** Keys of the probabilities that can differ between the views of `multi-crop`. */
export const PER_VIEW = ['jitter', 'grayscale', 'blur', 'solarize'] as const;

const probability = Type.Number({ minimum: 0, maximum: 1 });

const perView = (effect: string) =>
  Type.Optional(
    Type.Union([probability, Type.Array(probability, { minItems: 1, maxItems: 64 })], {
      description: `Probability of ${effect} for these views, one number or one per view; by default that of all views.`,
    }),
  );

/** Probabilities of the views of one kind, which override those of all views. */
export const perViewOptions = {
  jitter: perView('colour jitter'),
  grayscale: perView('grayscale'),
  blur: perView('blur'),
  solarize: perView('solarization'),
};

type PerView = { readonly [K in (typeof PER_VIEW)[number]]?: Static<(typeof perViewOptions)[K]> };

/** The probabilities of the view at a place among those of its kind, as far as they are given. */
export function ownProbabilities(given: PerView, view: number): Partial<Record<(typeof PER_VIEW)[number], number>> {
  return Object.fromEntries(
    PER_VIEW.flatMap(key => {
      const value = given[key];
      return value === undefined ? [] : [[key, typeof value === 'number' ? value : value[view]]];
    }),
  );
}
