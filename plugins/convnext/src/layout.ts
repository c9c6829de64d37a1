/** Blocks and channels of each of the four stages. */
export interface Layout {
  readonly depths: readonly number[];
  readonly dims: readonly number[];
}

export type Size = 'atto' | 'femto' | 'pico' | 'nano' | 'tiny' | 'small' | 'base' | 'large';

/** Tiny to large are the paper's; the smaller ones are those of timm and ConvNeXt V2. @see arXiv 2201.03545, 2301.00808 */
const LAYOUTS: Readonly<Record<Size, Layout>> = {
  atto: { depths: [2, 2, 6, 2], dims: [40, 80, 160, 320] },
  femto: { depths: [2, 2, 6, 2], dims: [48, 96, 192, 384] },
  pico: { depths: [2, 2, 6, 2], dims: [64, 128, 256, 512] },
  nano: { depths: [2, 2, 8, 2], dims: [80, 160, 320, 640] },
  tiny: { depths: [3, 3, 9, 3], dims: [96, 192, 384, 768] },
  small: { depths: [3, 3, 27, 3], dims: [96, 192, 384, 768] },
  base: { depths: [3, 3, 27, 3], dims: [128, 256, 512, 1024] },
  large: { depths: [3, 3, 27, 3], dims: [192, 384, 768, 1536] },
};

/** The layout that options ask for, or in one sentence why they ask for none. */
export function layoutOf(options: Partial<Layout> & { readonly size?: Size }): Layout | string {
  const { size, depths, dims } = options;
  const given = [depths && '`depths`', dims && '`dims`'].filter(Boolean).join(' and ');
  if (size !== undefined) {
    return given ? `\`size: ${size}\` already says the stages; take out \`size\`, or ${given}.` : LAYOUTS[size];
  }
  if (depths && dims) return { depths, dims };
  if (given) return `Only ${given} is given; give \`depths\` and \`dims\`, or \`size\` instead of both.`;
  return 'Nothing says how large the network is; give `size: atto` (femto, pico, nano, tiny, small, base, large), or `depths` and `dims`.';
}
