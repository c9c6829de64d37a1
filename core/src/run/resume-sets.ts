import { CarlError } from '../errors/carl-error.js';

const EPOCHS = /^\s*trainer\.epochs\s*=(.*)$/s;
/** As in the schema of pipelines. */
const MOST_EPOCHS = 1_000_000;

/** Divides `--set` of a resumed run into places of data and the number of epochs, of which the last one counts. @throws CarlError INPUT_ARGUMENT */
export function resumeSets(sets: readonly string[]): { readonly places: readonly string[]; readonly epochs?: number } {
  const places = sets.filter(text => !EPOCHS.test(text));
  const [last] = sets.filter(text => EPOCHS.test(text)).slice(-1);
  return last === undefined ? { places } : { places, epochs: epochsIn(last) };
}

function epochsIn(text: string): number {
  const value = EPOCHS.exec(text)![1].trim();
  const epochs = value === '' ? NaN : Number(value);
  if (Number.isInteger(epochs) && epochs >= 1 && epochs <= MOST_EPOCHS) return epochs;
  throw new CarlError(
    'INPUT_ARGUMENT',
    `--set ${text}: the number of epochs is an integer from 1 to 1,000,000, for example --set trainer.epochs=200.`,
  );
}
