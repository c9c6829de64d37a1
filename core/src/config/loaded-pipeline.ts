import type { Catalogue } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { Diagnostic } from './diagnostic.js';
import type { MappingNode } from './node.js';
import type { Origin } from './origin.js';

/** A pipeline that passed validation, with all it was made from. */
export interface LoadedPipeline {
  /** Every default filled in, every component in its long form, paths absolute, deep-frozen. */
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
  /** The named file as it was written. */
  readonly source: string;
  /** All files read, the named one first. */
  readonly files: readonly string[];
  /** What was written, with places; holds no defaults. */
  readonly document: MappingNode;
  readonly warnings: readonly Diagnostic[];
  /** Where the value at `evaluate.0.k` comes from; undefined if there is none. */
  origin(path: string): Origin | undefined;
}

/** The part of a loaded pipeline that is checked. */
export type Checked = Pick<LoadedPipeline, 'pipeline' | 'catalogue' | 'document'>;
