/** Puts the component that `carl plugin new` writes into a page, for each mark `<!-- template: SLOT -->`. */
import { block } from './markdown.mjs';
import { readText } from './repository.mjs';

export function withTemplates(text) {
  return text.replaceAll(/<!-- template: (\w+) -->/g, (_, slot) => block('ts', templateOf(slot)));
}

/** The template with the names that `carl plugin new my-SLOT` puts in. */
function templateOf(slot) {
  const name = slot[0].toUpperCase() + slot.slice(1);
  return readText(`core/templates/${slot}.ts`)
    .replaceAll('template-name', `my-${slot}`)
    .replaceAll('templateName', `my${name}`);
}
