/** A vision transformer without the number of channels of its images. */
export interface Architecture {
  /** Side of the images the position embeddings are for, pixels. */
  readonly imageSize: number;
  /** Side of a patch, pixels. */
  readonly patchSize: number;
  /** Number of blocks. */
  readonly layers: number;
  readonly heads: number;
  /** D, the width of the tokens. */
  readonly dim: number;
  /** Width between the two linear layers of a block. */
  readonly mlpDim: number;
  /** Probability that the last block's branches are left out. */
  readonly stochasticDepth: number;
  /** Whether images of another size than `imageSize` get interpolated position embeddings. */
  readonly interpolatePositions: boolean;
  /** Whether there is a token that stands for hidden patches. */
  readonly maskToken: boolean;
  readonly gradientCheckpointing: boolean;
}

/** Patches along one side of an image of the size the position embeddings are for. */
export const gridSide = ({ imageSize, patchSize }: Architecture): number => imageSize / patchSize;

/** What keeps an architecture from being built, with the option it is about. */
export function contradiction(
  architecture: Architecture,
): { readonly path: string; readonly message: string } | undefined {
  const { imageSize, patchSize, dim, heads } = architecture;
  if (imageSize % patchSize !== 0) {
    const nearest = Math.max(1, Math.round(imageSize / patchSize)) * patchSize;
    return {
      path: 'imageSize',
      message: `\`imageSize: ${imageSize}\` is no multiple of \`patchSize: ${patchSize}\`; the nearest is ${nearest}.`,
    };
  }
  if (dim % heads !== 0) {
    const fitting = [1, 2, 3, 4, 6, 8, 12, 16].filter(count => dim % count === 0).join(', ');
    return { path: 'heads', message: `\`dim: ${dim}\` cannot be divided among \`heads: ${heads}\`; take ${fitting}.` };
  }
  return undefined;
}
