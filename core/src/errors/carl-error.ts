import { types } from 'node:util';

/** The one error class of the framework; its codes are catalogued in `docs/reference/errors.md`. */

const BRAND = Symbol.for('carl-ssl.CarlError');

/** Codes of {@link CarlError}: `INPUT_*` are the user's to mend (exit 2), the others end a command with exit 1. */
export const ERROR_CODES = {
  INPUT_PIPELINE: 'The pipeline has errors; they are listed one by one with file, line and column.',
  INPUT_FILE: 'A file or folder named by the user cannot be read or has the wrong content.',
  INPUT_ARGUMENT: 'A command line argument or option is wrong.',
  INPUT_DATA: 'A dataset file is damaged, incomplete or contradicts itself.',
  INPUT_PLUGIN: 'A plugin cannot be found, cannot be loaded, or needs another version of this framework.',
  INPUT_RUN: 'A run directory is missing a part, is damaged, or was made by another pipeline or dataset.',
  INPUT_WEIGHTS: 'Weights do not fit the module they are loaded into.',
  BACKEND_UNAVAILABLE: 'The requested compute backend cannot be used on this machine.',
  BACKEND_INSTALL: 'Installing a backend failed.',
  COLLECTIVE:
    'Several processes cannot train together: a library is missing, the processes do not match, or one of them has ended.',
  PLUGIN_CONTRACT:
    "A plugin breaks a contract: an invalid schema, a wrong shape, a missing result. The plugin's author must fix this.",
  SHAPE: 'A tensor has a different shape from the one that the code expects.',
  TRAIN_NOT_FINITE: 'The loss or a gradient became infinite or NaN.',
  TRAIN_COLLAPSE: 'Training collapsed and `trainer.onCollapse` is `stop`.',
  DISK: 'Writing failed: the disk is full or the folder cannot be written.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error whose message is written for the user: what is wrong, the value, what is allowed, what to do. */
export class CarlError extends Error {
  readonly [BRAND] = true;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CarlError';
  }

  /** Process exit status that fits: 2 for wrong input, 1 for everything else. */
  get exitCode(): 1 | 2 {
    return this.code.startsWith('INPUT_') ? 2 : 1;
  }

  /** True for an error of this class, also one of another installed copy of this package. */
  static is(value: unknown): value is CarlError {
    return !types.isProxy(value) && typeof value === 'object' && value !== null && BRAND in value;
  }
}
