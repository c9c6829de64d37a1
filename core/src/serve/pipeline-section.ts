import { isDeepStrictEqual } from 'node:util';
import { loadFirstParty } from '../catalogue/load.js';
import { explainAll, type Explanation } from '../config/explain.js';
import type { Catalogue } from '../plugin/catalogue.js';
import { type Html, html, withCode } from '../report/html.js';
import type { JsonSchema } from '../plugin/json-schema.js';
import { composeSchema } from '../schema/compose.js';
import type { Pipeline } from '../schema/skeleton.js';
import { idOf } from './curves-section.js';
import { shown } from './layout.js';

/**
 * A pipeline with the description and the default of each key, one block for each key at the top. Only plugins of this project
 * are loaded: a run may be from others, and its plugins are programs.
 */
export async function pipelineSection(pipeline: Pipeline): Promise<Html> {
  const { catalogue, schema } = await knownComponents();
  const inner = explainAll(pipeline, catalogue, schema);
  const [parts, plain] = [inner.filter(isPart), inner.filter(one => !isPart(one) && one.value !== undefined)];
  return html`<section aria-labelledby="pipeline">
    <h2 id="pipeline">Pipeline</h2>
    <p class="hint">All values, with defaults. Values in bold differ from the default. Keys of plugins from others have no description here.</p>
    ${[...(plain.length > 0 ? [block('Run', html``, plain)] : []), ...parts.map(partBlock)]}
  </section>`; // prettier-ignore
}

interface Components {
  readonly catalogue: Catalogue;
  readonly schema: JsonSchema;
}

let components: Promise<Components> | undefined;

/** Components of this project with their schema. They take a second to load, so a server begins before the first page needs them. */
export function knownComponents(): Promise<Components> {
  return (components ??= loadFirstParty().then(catalogue => ({ catalogue, schema: composeSchema(catalogue) })));
}

function isPart({ value }: Explanation): boolean {
  return typeof value === 'object' && value !== null;
}

function partBlock(part: Explanation): Html {
  const use = useOf(part);
  const title = html`${use === undefined ? '' : html`<code>${shown(use)}</code>`} <span class="details">${meaning(part)}</span>`; // prettier-ignore
  return block(part.path, title, Array.isArray(part.value) && part.inner.length === 0 ? [part] : leaves(part));
}

function block(name: string, title: Html, keys: readonly Explanation[]): Html {
  return html`<details class="part" id="part-${idOf(name)}">
    <summary>
      <h3>${shown(name)}</h3>
      ${title}
    </summary>
    <dl class="keys">${keys.map(keyEntry)}</dl>
  </details>`;
}

/** The keys inside that hold no further keys, and components, in order. */
function leaves({ inner }: Explanation): readonly Explanation[] {
  return inner
    .filter(({ path, value }) => value !== undefined && !path.endsWith('.use'))
    .flatMap(one => (one.inner.length === 0 ? [one] : [...(useOf(one) === undefined ? [] : [one]), ...leaves(one)]));
}

function keyEntry(one: Explanation): Html {
  const use = useOf(one);
  const isDefault = 'default' in one && isDeepStrictEqual(one.default, one.value);
  const text = use ?? JSON.stringify(one.value);
  return html`<div>
    <dt>
      <code class="key">${shown(one.path)}</code>
      ${isDefault || !('default' in one) ? html`<code>${shown(text)}</code>` : html`<code><strong>${shown(text)}</strong></code>`}
    </dt>
    <dd>
      ${meaning(one)}
      ${one.takes === '' || use !== undefined ? '' : html`<span class="takes">Takes ${shown(one.takes)}.</span>`}
      ${'default' in one && !isDefault ? html`<span class="takes">Default ${shown(JSON.stringify(one.default))}.</span>` : ''}
    </dd>
  </div>`; // prettier-ignore
}

function meaning({ component, description }: Explanation): Html {
  const text = component?.description ?? description;
  return text === undefined ? html`` : html`<span class="meaning">${withCode(text)}</span>`;
}

function useOf({ value }: Explanation): string | undefined {
  const use = (value as { readonly use?: unknown } | null | undefined)?.use;
  return typeof use === 'string' ? use : undefined;
}
