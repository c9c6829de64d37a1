import { createRoot, createRun } from '../container/root.js';
import { Components } from '../contracts/components.js';
import { CarlError } from '../errors/carl-error.js';
import { listComponents, type PlacedComponent } from './components.js';
import { diagnose, type DiagnosticContent, type Diagnostic } from './diagnostic.js';
import { locate } from './locate.js';
import type { Path } from './node.js';
import { slots, type Slot } from '../contracts/slots.js';
import type { Checked } from './loaded-pipeline.js';

/** Makes every component once: options that are right one by one may still be refused together. */
export function checkCreation({ pipeline, catalogue, document }: Checked): readonly Diagnostic[] {
  const components = createRun(createRoot(catalogue.plugins.map(({ plugin }) => plugin)), pipeline).get(Components);
  const refused: Path[] = [];
  const innerFirst = listComponents(pipeline, catalogue).toReversed();
  return innerFirst.flatMap(placed => {
    // A component that cannot be made fails the ones around it, too.
    if (placed.slot === 'backend' || refused.some(path => isInside(path, placed.path))) return [];
    const refusal = refusalOf(placed, components);
    if (refusal === undefined) return [];
    refused.push(placed.path);
    return [diagnose(locate(document, [...placed.path, 'use']), { ...refusal, path: placed.path })];
  });
}

function isInside(path: Path, outer: Path): boolean {
  return path.length > outer.length && outer.every((key, depth) => path[depth] === key);
}

function refusalOf({ slot, use, options }: PlacedComponent, components: Components): DiagnosticContent | undefined {
  try {
    const made = components.create(slots[slot] as Slot<unknown>, { ...options, use });
    return made instanceof Object
      ? undefined
      : broken(`The ${slot} \`${use}\` makes nothing: its create returns ${String(made)}`);
  } catch (error) {
    if (CarlError.is(error)) return { code: 'COMPONENT_REFUSED', message: `${slot} \`${use}\`: ${error.message}` };
    const reason = error instanceof Error ? error.message : String(error);
    return broken(`The ${slot} \`${use}\` cannot be made: ${reason}`);
  }
}

function broken(message: string): DiagnosticContent {
  return { code: 'PLUGIN_BROKEN', message, remedy: 'The author of the plugin must mend this.' };
}
