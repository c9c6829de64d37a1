import type { Services } from '../container/root.js';
import type { Catalogue, LoadedPlugin } from '../plugin/catalogue.js';
import type { Pipeline } from '../schema/skeleton.js';
import type { PlacedComponent } from './components.js';
import type { Diagnostic } from './diagnostic.js';
import type { MappingNode } from './node.js';
import type { Origin } from './origin.js';

/** A pipeline that passed validation: its components are listed, wired and created once. */
export interface LoadedPipeline {
  /** Every default filled in, every component in its long form, paths absolute, deep-frozen. */
  readonly pipeline: Pipeline;
  readonly catalogue: Catalogue;
  /** Every component of the pipeline, outer before inner, in the order of the keys. */
  readonly components: readonly PlacedComponent[];
  /** The components by contract. */
  readonly services: Services;
  /** Plugins that the pipeline lists or uses, the built-in one first. */
  readonly plugins: readonly LoadedPlugin[];
  /** The named file as it was written. */
  readonly source: string;
  /** All files read, the named one first. */
  readonly files: readonly string[];
  /** The pipeline as written, with positions and without defaults. */
  readonly document: MappingNode;
  readonly warnings: readonly Diagnostic[];
  /** Where the value at `evaluate.0.k` comes from; undefined if there is none. */
  origin(path: string): Origin | undefined;
}

/** The part of a loaded pipeline that checks need. */
export type Checked = Pick<LoadedPipeline, 'pipeline' | 'catalogue' | 'document' | 'components'>;
