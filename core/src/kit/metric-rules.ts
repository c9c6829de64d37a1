import type { HostArray, Metric } from '../contracts/metric.js';
import { allFinite, permuteRows, relativeDifference, sizeOf, streams } from './probe.js';
import { unless, type Rule, type Subject } from './rule.js';

/** Rules for metrics. Each needs an example with `inputs`. */
export const metricRules: readonly Rule<Metric>[] = [
  { name: 'is finite', check: subject => onInputs(subject, finite) },
  {
    name: 'gives the same results twice and leaves its inputs untouched',
    check: subject => onInputs(subject, repeatable),
  },
  { name: 'does not depend on the order of the rows', check: subject => onInputs(subject, orderOfRows) },
];

type Inputs = Readonly<Record<string, HostArray>>;

function onInputs(
  { make, example, component }: Subject<Metric>,
  check: (metric: Metric, inputs: Inputs) => string[],
): string[] {
  if (!example.inputs)
    return [`it cannot be tried without inputs: give examples['metric ${component.use}'] = [{ inputs: { ... } }]`];
  return check(make(), example.inputs);
}

function figuresOf(metric: Metric, inputs: Inputs): [string, ArrayLike<number>][] {
  return Object.entries(metric.compute(inputs)).map(([name, value]) => [
    name,
    typeof value === 'number' ? [value] : value.data,
  ]);
}

function finite(metric: Metric, inputs: Inputs): string[] {
  const figures = figuresOf(metric, inputs);
  return [
    ...unless([figures.length > 0, 'it gives no result']),
    ...figures.flatMap(([name, values]) => unless([allFinite(values), `${name} is not finite`])),
  ];
}

function repeatable(metric: Metric, inputs: Inputs): string[] {
  const before = Object.values(inputs).map(({ data }) => data.slice());
  const [first, again] = [figuresOf(metric, inputs), figuresOf(metric, inputs)];
  const touched = Object.values(inputs).some(({ data }, i) => relativeDifference(data, before[i]) > 0);
  return [
    ...first.flatMap(([name, values], i) =>
      unless([relativeDifference(again[i][1], values) === 0, `${name} is different the second time`]),
    ),
    ...unless([!touched, 'it changes its inputs']),
  ];
}

/** Compares only scalars, because arrays have values by row. */
function orderOfRows(metric: Metric, inputs: Inputs): string[] {
  const other = scalarsOf(metric, reordered(inputs));
  return Object.entries(scalarsOf(metric, inputs)).flatMap(([name, value]) => {
    const close = Math.abs(value - other[name]) <= 1e-4 * Math.max(1, Math.abs(value));
    return unless([close, `with the rows in another order ${name} is ${other[name]}, not ${value}`]);
  });
}

function scalarsOf(metric: Metric, inputs: Inputs): Record<string, number> {
  const figures = Object.entries(metric.compute(inputs));
  return Object.fromEntries(figures.flatMap(([name, value]) => (typeof value === 'number' ? [[name, value]] : [])));
}

function reordered(inputs: Inputs): Inputs {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => {
      const order = streams.at('rows', shape[0]).permutation(shape[0]);
      return [name, { shape, data: permuteRows(data, sizeOf(shape.slice(1)), order) }];
    }),
  );
}
