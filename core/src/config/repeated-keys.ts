import { diagnose, type Diagnostic } from './diagnostic.js';
import type { IsComponentKey } from './merge.js';
import type { GivenChange } from './override.js';

/** Errors for keys that an option gives more than once: the last value would replace the others unnoticed. */
export function repeatedKeys(changes: readonly GivenChange[], isComponent: IsComponentKey): readonly Diagnostic[] {
  return changes.flatMap((change, i) => {
    const key = keyOf(change.text, isComponent);
    const isSame = (other: GivenChange) => other.option === change.option && keyOf(other.text, isComponent) === key;
    const first = key === undefined ? undefined : changes.slice(0, i).find(isSame);
    return first ? [repeated(change, first)] : [];
  });
}

/** `assigner.use` is the component that `assigner` names. */
function keyOf(text: string, isComponent: IsComponentKey): string | undefined {
  const equals = text.indexOf('=');
  if (equals < 1) return undefined;
  const [first, ...rest] = text
    .slice(0, equals)
    .split('.')
    .map(name => name.trim());
  return rest.length === 1 && rest[0] === 'use' && isComponent(first) ? first : [first, ...rest].join('.');
}

function repeated({ option, text }: GivenChange, first: GivenChange): Diagnostic {
  const end = text.indexOf('=');
  return diagnose(
    { source: { name: option, folder: '', text, kind: 'argument' }, start: 0, end },
    {
      code: 'SET_REPEATED',
      message: `\`${text.slice(0, end).trim()}\` is given more than once: also by \`${option} ${first.text}\`.`,
      remedy: 'Leave out one of the two.',
    },
  );
}
