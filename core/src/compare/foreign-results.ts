import { basename } from 'node:path';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import { isJsonObject } from '../files/json-object.js';
import { readText } from '../files/regular-file.js';
import { messageOf } from '../text/message-of.js';
import type { VariantRun, VariantRuns } from './variant-runs.js';

/** Results of others, on test. */
interface Foreign extends VariantRuns {
  readonly unpaired: true;
  readonly source: string;
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Reads results of others from a JSON file: `{ "format": 1, "pipelines": [{ "name": "SwAV", "source": "arXiv 2006.09882, table 1",
 * "runs": [{ "results": [{ "metric": "linear", "value": 0.753 }], "seconds": 360 }] }] }`. A value is an accuracy on test between
 * 0 and 1 unless its `kind` is `score`.
 * @throws CarlError INPUT_FILE naming file, key and remedy
 */
export async function readForeignResults(file: string): Promise<readonly Foreign[]> {
  const at = new Reader(file);
  const stored = await parsed(file);
  if (!isJsonObject(stored) || stored.format !== 1) throw at.error('format', 'must be 1');
  return at.list(stored, 'pipelines').map(({ value, key }) => {
    const runs = at.list(value, 'runs', key).map((run, i) => foreignRun(run, i, at));
    return { name: at.text(value, 'name', key), source: at.text(value, 'source', key), unpaired: true, runs };
  });
}

/** A stored object with the key that it stands at. */
interface Stored {
  readonly key: string;
  readonly value: Values;
}

/** Seeds of others mean other random numbers, so theirs are only numbered. */
function foreignRun({ value, key }: Stored, seed: number, at: Reader): VariantRun {
  const trained = at.list(value, 'results', key).map(result => {
    const { kind = 'accuracy' } = result.value;
    if (kind !== 'accuracy' && kind !== 'score') throw at.error(`${result.key}.kind`, 'must be accuracy or score');
    const figure = at.number(result.value, 'value', result.key);
    if (kind === 'accuracy' && (figure < 0 || figure > 1))
      throw at.error(`${result.key}.value`, `is ${figure}; an accuracy is between 0 and 1`);
    return { metric: at.text(result.value, 'metric', result.key), split: 'test', value: figure, kind } as const;
  });
  const results: Results = { format: 2, step: 0, status: [], trained, untrained: [], pixels: [], chance: {} };
  const seconds = value.seconds === undefined ? NaN : at.number(value, 'seconds', key);
  return { seed, results, seconds, warnings: [] };
}

async function parsed(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(file));
  } catch (error) {
    throw new CarlError('INPUT_FILE', `${file} cannot be read as JSON: ${messageOf(error)}.`);
  }
}

/** Reads values of a file and names its key in errors. */
class Reader {
  constructor(private readonly file: string) {}

  list(from: Values, key: string, above = ''): readonly Stored[] {
    const [list, place] = [from[key], joined(above, key)];
    if (!Array.isArray(list) || list.length === 0) throw this.error(place, 'must be a list that is not empty');
    return list.map((value: unknown, i) => {
      if (!isJsonObject(value)) throw this.error(`${place}.${i}`, 'must be an object');
      return { key: `${place}.${i}`, value };
    });
  }

  text(from: Values, key: string, above: string): string {
    const value = from[key];
    if (typeof value === 'string' && value !== '') return value;
    throw this.error(joined(above, key), 'must be a text');
  }

  number(from: Values, key: string, above: string): number {
    const value = from[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw this.error(joined(above, key), 'must be a number');
  }

  error(key: string, problem: string): CarlError {
    return new CarlError('INPUT_FILE', `${basename(this.file)}: \`${key}\` ${problem}. The form is in the guide, docs/guide/compare.md, under "Earlier runs and results of others".`); // prettier-ignore
  }
}

function joined(above: string, key: string): string {
  return above === '' ? key : `${above}.${key}`;
}
