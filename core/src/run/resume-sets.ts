import { CarlError } from '../errors/carl-error.js';

const EPOCHS = /^\s*trainer\.epochs\s*=(.*)$/s;
/** As in the schema of pipelines. */
const MOST_EPOCHS = 1_000_000;

/** Divides `--set` of a resumed run into places of data and the number of epochs. @throws CarlError INPUT_ARGUMENT */
export function resumeSets(sets: readonly string[]): { readonly places: readonly string[]; readonly epochs?: number } {
  const places = sets.filter(text => !EPOCHS.test(text));
  const [given, other] = sets.filter(text => EPOCHS.test(text));
  if (other !== undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      `--set ${other}: --set ${given} gives the same key. Leave out one of the two.`,
    );
  return given === undefined ? { places } : { places, epochs: epochsIn(given) };
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
