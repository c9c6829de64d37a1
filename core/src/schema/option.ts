import { Type, type Static, type TUnsafe } from '#typebox';
import type { BuiltinSlotName, Slot } from '../contracts/slots.js';
import type { NestedOptions } from '../contracts/components.js';
import type { StepPosition } from '../contracts/step-context.js';

/** Schema builders that TypeBox does not have. Plugins use them together with TypeBox's own. */

/** A file or folder. Relative paths are relative to the YAML file they are written in; the component gets an absolute one. */
export function Path(options: { description: string }): ReturnType<typeof Type.String> {
  return Type.String({ ...options, 'x-path': true, minLength: 1 });
}

/** The option of encoders that {@link checkpointed} their blocks. */
export const gradientCheckpointing = Type.Boolean({
  default: false,
  description:
    'Store only the input of each block and recompute the rest in the backward pass: less memory, about a third more time, identical results.',
});

/** A component of a slot as an option; `create` makes it through the injected `Components`. */
export function Nested(
  slot: BuiltinSlotName | Pick<Slot<never>, 'name'>,
  options: { description: string; default?: unknown },
): TUnsafe<NestedOptions> {
  return Type.Unsafe<NestedOptions>({ ...options, 'x-slot': typeof slot === 'string' ? slot : slot.name });
}

/**
 * A number that may change over training: 5, or { from: 5, to: 1, over: 0.2 } for linear change over the first fifth, or
 * { from: 0.04, to: 0.4, curve: cosine } for change along half a cosine wave.
 */
export function Scheduled(options: {
  description: string;
  default?: number | { from: number; to: number; over: number; curve?: 'linear' | 'cosine' };
  minimum?: number;
  exclusiveMinimum?: number;
  maximum?: number;
}) {
  const { minimum, exclusiveMinimum, maximum } = options;
  const limits = { minimum, exclusiveMinimum, maximum };
  const number = Type.Number(limits);
  const change = Type.Object(
    {
      from: Type.Number({ ...limits, description: 'Value at the first step.' }),
      to: Type.Number({ ...limits, description: 'Final value.' }),
      over: Type.Number({
        exclusiveMinimum: 0,
        maximum: 2,
        default: 1,
        description:
          'Fraction of the training over which the value changes; above 1, the training ends before the final value is reached.',
      }),
      curve: Type.Optional(
        Type.Union([Type.Literal('linear'), Type.Literal('cosine')], {
          description: 'Course of the change: linear (without this option), or half a cosine wave.',
        }),
      ),
    },
    { additionalProperties: false },
  );
  return Type.Union([number, change], options);
}

export type ScheduledNumber = Static<ReturnType<typeof Scheduled>>;

/** Value of a scheduled number at a step. A step beyond the change has the final value. */
export function scheduledAt(value: ScheduledNumber, at: StepPosition): number {
  if (typeof value === 'number') return value;
  const { from, to, over, curve } = value;
  const share = Math.min(1, at.step / Math.max(1, over * at.steps));
  return curve === 'cosine' ? to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2 : from + (to - from) * share;
}

/** The largest value of a scheduled number. */
export function largestOf(value: ScheduledNumber): number {
  return typeof value === 'number' ? value : Math.max(value.from, value.to);
}
