import { PluginError } from '../plugin/plugin-error.js';
import type { PlacedComponent } from './components.js';
import { diagnose } from './diagnostic.js';
import { locate } from './locate.js';
import type { MappingNode } from './node.js';
import { PipelineError } from './pipeline-error.js';

/** Asks a component; if its plugin fails, the error says where the component is used. @throws PipelineError */
export function inPlace<T>({ path }: PlacedComponent, document: MappingNode, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof PluginError)) throw error;
    const { problem: code, text: message, remedy } = error;
    throw new PipelineError([
      diagnose(locate(document, [...path, 'use']), { code, message, ...(remedy && { remedy }), path }),
    ]);
  }
}
