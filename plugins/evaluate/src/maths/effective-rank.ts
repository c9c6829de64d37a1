import { rankMe, singularValues, type HostMatrix } from '@carl-ssl/core';

export interface RankTask {
  /** [N, D]. */
  readonly features: HostMatrix;
  /** Added to each share. */
  readonly epsilon: number;
  /** True for the shares of the D eigenvalues of the Gram matrix [D, D] instead of those of the singular values. */
  readonly eigenvalues?: boolean;
}

/** Effective rank: exp of the entropy of the shares of singular values, as `rankMe`, or of eigenvalues. Zeros have rank 0. */
export function effectiveRank({ features, epsilon, eigenvalues = false }: RankTask): number {
  if (!eigenvalues) return rankMe(features, epsilon);
  const squares = singularValues(features).map(value => value * value);
  const total = squares.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  const entropy = (share: number) => -share * Math.log(share);
  const zeros = (features.columns - squares.length) * entropy(epsilon);
  return Math.exp(squares.reduce((sum, value) => sum + entropy(value / total + epsilon), zeros));
}
