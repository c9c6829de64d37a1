/**
 * Writes the index of this project's components, by which a pipeline finds them without listing packages:
 * core/src/catalogue/first-party-index.ts, from the plugins that are built. Run it after adding or renaming a component.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import prettier from 'prettier';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = join(root, 'core', 'src', 'catalogue', 'first-party-index.ts');

/** Order of the packages in lists that people read: methods, networks, everything else. */
const ORDER = ['carl', 'carp', 'massl', 'swav', 'deepcluster', 'dino', 'msn', 'contrastive', 'byol', 'embedding', 'lejepa', 'wmse', 'simmim', 'vicregl', 'resnet', 'vit', 'convnext', 'heads', 'augment', 'optim', 'evaluate']; // prettier-ignore

async function indexOf(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { default: plugin } = await import(pathToFileURL(join(folder, manifest.carl.plugin)).href);
  const slots = {};
  for (const { slot, use, formerly, knownAs } of plugin.components)
    (slots[slot.name] ??= {})[use] = { formerly: formerly?.uses, knownAs };
  return [manifest.name, slots];
}

const names = readdirSync(join(root, 'plugins'));
const sorted = [...ORDER, ...names.filter(name => !ORDER.includes(name)).sort()];
const entries = [];
for (const name of sorted) entries.push(await indexOf(join(root, 'plugins', name)));
const text = `/** Names of a component beside its own: of earlier versions, and of methods that people write for it. */
interface OtherNames {
  readonly formerly?: readonly string[];
  readonly knownAs?: readonly string[];
}

/** Written by \`npm run index\`: components of this project's packages, by slot and name, with other names. */
export const FIRST_PARTY_INDEX: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, OtherNames>>>>>> =
  ${JSON.stringify(Object.fromEntries(entries))};
`;
const options = await prettier.resolveConfig(target);
writeFileSync(target, await prettier.format(text, { ...options, parser: 'typescript' }));
