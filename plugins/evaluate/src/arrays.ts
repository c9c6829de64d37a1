import { CarlError, type HostArray, type HostMatrix } from '@carl-ssl/core';

/** Named arrays given to a metric, checked. */
type Arrays = Readonly<Record<string, HostArray>>;

/** The array of that name as a matrix [rows, columns] of finite numbers. @throws SHAPE, INPUT_DATA */
export function matrix(inputs: Arrays, name: string): HostMatrix {
  const { shape, data } = named(inputs, name);
  if (shape.length !== 2) throw wrongShape(name, shape, '[rows, columns]');
  const [rows, columns] = shape;
  if (data.length !== rows * columns) throw wrongShape(name, shape, `a shape that holds its ${data.length} values`);
  if (data.length === 0) throw wrongShape(name, shape, 'at least one row and one column');
  const bad = firstNotFinite({ data, rows, columns });
  if (bad >= 0)
    throw new CarlError('INPUT_DATA', `Row ${bad} of '${name}' has NaN or infinity. All values must be finite.`);
  return { data, rows, columns };
}

/** The array of that name as whole numbers, one for each of `length` rows if that is given. @throws SHAPE */
export function integers(inputs: Arrays, name: string, length?: number): Int32Array {
  const { shape, data } = named(inputs, name);
  const expected = length ?? data.length;
  if (shape.length !== 1 || data.length !== expected)
    throw wrongShape(name, shape, length === undefined ? '[rows]' : `[${length}]`);
  const values = Int32Array.from(data);
  const bad = data.findIndex((value, i) => value !== values[i]);
  if (bad >= 0)
    throw new CarlError('INPUT_DATA', `Entry ${bad} of '${name}' is ${data[bad]}. Labels must be whole numbers.`);
  return values;
}

/** As {@link integers}, each from 0 to `classes` - 1. @throws SHAPE, INPUT_DATA */
export function labels(
  inputs: Arrays,
  name: string,
  size: { readonly length: number; readonly classes: number },
): Int32Array {
  const values = integers(inputs, name, size.length);
  const bad = values.findIndex(value => value < 0 || value >= size.classes);
  if (bad >= 0) {
    const allowed = `With ${size.classes} classes, labels go from 0 to ${size.classes - 1}.`;
    throw new CarlError('INPUT_DATA', `Entry ${bad} of '${name}' is ${values[bad]}. ${allowed}`);
  }
  return values;
}

/** @throws SHAPE when two matrices that are compared row by row have different widths */
export function sameWidth(a: HostMatrix, b: HostMatrix, names: string): void {
  if (a.columns === b.columns) return;
  throw new CarlError('SHAPE', `${names} have ${a.columns} and ${b.columns} columns. They must have the same number.`);
}

/** Index of the first row with a value that is not finite, or -1. */
export function firstNotFinite({ data, columns }: HostMatrix): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return Math.floor(i / columns);
  return -1;
}

/** Fraction of entries that are equal. */
export function agreement(predictions: Int32Array, truth: Int32Array): number {
  let same = 0;
  predictions.forEach((prediction, i) => (same += prediction === truth[i] ? 1 : 0));
  return same / predictions.length;
}

function named(inputs: Arrays, name: string): HostArray {
  if (Object.hasOwn(inputs, name)) return inputs[name];
  const given = Object.keys(inputs).join(', ') || 'none';
  throw new CarlError('SHAPE', `The array '${name}' is missing. Given: ${given}.`);
}

function wrongShape(name: string, shape: readonly number[], allowed: string): CarlError {
  return new CarlError('SHAPE', `'${name}' has shape [${shape.join(', ')}], but must have ${allowed}.`);
}
