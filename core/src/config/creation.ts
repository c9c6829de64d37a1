import type { ServiceIdentifier } from '#inversify';
import { CreationError } from '../container/creation-error.js';
import type { Services } from '../container/root.js';
import { Components } from '../contracts/components.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';
import type { PlacedComponent } from './components.js';
import { diagnose, type Diagnostic } from './diagnostic.js';
import { locate, locateKey } from './locate.js';
import type { MappingNode, Path } from './node.js';
import { pathOf } from './origin.js';
import { pluginFault, PluginError } from '../plugin/plugin-error.js';
import { messageOf } from '../text/message-of.js';
import { inPlace } from './plugin-failure.js';

/** A pipeline whose components are listed and wired. */
export interface Wired {
  readonly components: readonly PlacedComponent[];
  readonly services: Services;
  readonly catalogue: Catalogue;
  readonly document: MappingNode;
}

/** Combinations of options that components refuse, each at its key. */
export function checkRefusals({ components, document }: Pick<Wired, 'components' | 'document'>): Diagnostic[] {
  return components.flatMap(placed => {
    const { component, options, path, slot, use } = placed;
    const refusals = inPlace(placed, document, () => component?.refuse?.(options) ?? []);
    return refusals.map(({ code, message, path: option }) => {
      const about = [...path, ...pathOf(option)];
      const place = option === '' ? locate(document, [...path, 'use']) : locateKey(document, about);
      return diagnose(place, { code, message: `${slot} \`${use}\`: ${message}`, path: about });
    });
  });
}

/**
 * Creates every component of the pipeline; reports those whose `create` fails or returns no object. Components in the
 * options of others come first: one that fails, or was refused,
 * hides the failure of those around it.
 */
export function checkCreation(wired: Wired, refused: readonly Path[]): readonly Diagnostic[] {
  const failed = [...refused];
  return wired.components.toReversed().flatMap(placed => {
    if (placed.slot === 'backend' || failed.some(path => startsWith(path, placed.path))) return [];
    const problem = problemOf(placed, wired);
    if (problem) failed.push(placed.path);
    return problem ? [problem] : [];
  });
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, depth) => path[depth] === key);
}

function problemOf(placed: PlacedComponent, wired: Wired): Diagnostic | undefined {
  const { path, slot, use } = placed;
  try {
    const made = create(placed, wired);
    if (made instanceof Object) return undefined;
    return broken(placed, `The ${slot} \`${use}\` cannot be used: its \`create\` returns ${String(made)}.`, wired);
  } catch (error) {
    const cause = error instanceof CreationError ? error.cause : error;
    if (cause instanceof PluginError) return broken(placed, cause.text, wired);
    const reason = messageOf(cause);
    if (!CarlError.is(cause)) return broken(placed, `The ${slot} \`${use}\` cannot be created: ${reason}`, wired);
    const message = `${slot} \`${use}\`: ${reason}`;
    return diagnose(locate(wired.document, [...path, 'use']), { code: 'COMPONENT_REFUSED', message, path });
  }
}

/** A component at a key of the pipeline is created in the run's container, which keeps it. */
function create({ path, slot: name, value }: PlacedComponent, { services, catalogue }: Wired): unknown {
  const slot = catalogue.slots.find(one => one.name === name)!;
  const key = path.length === 1 ? slot.keys?.find(one => one.key === path[0]) : undefined;
  const token = (key?.token ?? slot.token) as ServiceIdentifier;
  return key && !key.many ? services.get(token) : services.get(Components).create(slot, value);
}

function broken({ path, component }: PlacedComponent, message: string, { document, catalogue }: Wired): Diagnostic {
  const owner = component && catalogue.owner(component);
  const remedy = pluginFault(owner?.name ?? '');
  return diagnose(locate(document, [...path, 'use']), { code: 'PLUGIN_BROKEN', message, remedy, path });
}
