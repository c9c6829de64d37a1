import { DataError, SeveralErrors } from '../config/data-error.js';
import { MismatchError } from '../config/mismatch-error.js';

/** Errors of steps that do not need each other, so that users get all of them at once. */
export class CollectedErrors {
  readonly #errors: (DataError | MismatchError)[] = [];

  /** The result of a step; undefined if it has an error that has a key in the pipeline. @throws other errors at once */
  async of<T>(step: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof DataError) && !(error instanceof MismatchError)) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  /** @throws DataError or MismatchError; SeveralErrors if there is more than one */
  refuse(): void {
    const [first] = this.#errors;
    if (this.#errors.length > 1) throw new SeveralErrors(this.#errors);
    if (this.#errors.length > 0) throw first;
  }
}
