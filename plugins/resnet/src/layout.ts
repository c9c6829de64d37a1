/** The two kinds of residual block. */
export type BlockName = 'basic' | 'bottleneck';

/** Channels of a block's output for each of its stage's. */
export const EXPANSION: Readonly<Record<BlockName, number>> = { basic: 1, bottleneck: 4 };

/** What a network is built of: one kind of block, and how many of them in each of the four stages. */
export interface Layout {
  readonly block: BlockName;
  readonly layers: readonly number[];
}

export type Depth = 18 | 34 | 50 | 101 | 152;

/** The networks of the paper by their number of weighted layers. @see arXiv 1512.03385, table 1 */
const LAYOUTS: Readonly<Record<Depth, Layout>> = {
  18: { block: 'basic', layers: [2, 2, 2, 2] },
  34: { block: 'basic', layers: [3, 4, 6, 3] },
  50: { block: 'bottleneck', layers: [3, 4, 6, 3] },
  101: { block: 'bottleneck', layers: [3, 4, 23, 3] },
  152: { block: 'bottleneck', layers: [3, 8, 36, 3] },
};

/** The layout that options ask for, or in one sentence why they ask for none. */
export function layoutOf(options: Partial<Layout> & { readonly depth?: Depth }): Layout | string {
  const { depth, block, layers } = options;
  const given = [block && '`block`', layers && '`layers`'].filter(Boolean).join(' and ');
  if (depth !== undefined) {
    return given ? `\`depth: ${depth}\` already says the blocks; take out \`depth\`, or ${given}.` : LAYOUTS[depth];
  }
  if (block && layers) return { block, layers };
  if (given) return `Only ${given} is given; give \`block\` and \`layers\`, or \`depth\` instead of both.`;
  return 'Nothing says how many layers the network has; give `depth: 18` (34, 50, 101, 152), or `block` and `layers`.';
}
