import type { NestedOptions } from '../contracts/components.js';
import { CarlError } from '../errors/carl-error.js';
import { messageOf } from '../text/message-of.js';

/** A component could not be created. Names the innermost one, identified by its options object in the pipeline. */
export class CreationError extends CarlError {
  constructor(
    readonly options: NestedOptions,
    override readonly cause: unknown,
  ) {
    const known = CarlError.is(cause) ? cause : undefined;
    super(known?.code ?? 'PLUGIN_CONTRACT', messageOf(cause), { cause });
    this.name = 'CreationError';
  }
}
