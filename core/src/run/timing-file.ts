import { JsonLineError, readJsonLines } from '../files/json-lines.js';
import { damaged } from './damaged.js';

/** Sum of the seconds in a `timing.jsonl`. @throws CarlError INPUT_RUN naming a damaged line */
export async function secondsIn(file: string): Promise<number> {
  let [sum, number] = [0, 0];
  try {
    for await (const line of readJsonLines(file)) {
      number += 1;
      const seconds = (line as { readonly seconds?: unknown } | null)?.seconds;
      if (typeof seconds !== 'number') throw new JsonLineError(number, new Error('it has no number of seconds'));
      sum += seconds;
    }
  } catch (error) {
    throw damaged(file, error);
  }
  return sum;
}
