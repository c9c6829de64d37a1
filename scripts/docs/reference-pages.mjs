/** The reference of options, a page for each slot, from docs/reference/components.md; and the reference of commands. */
import { createProgram } from '@carl-ssl/core/host';
import { block, slug, table } from './markdown.mjs';
import { readText } from './repository.mjs';

const SOURCE = 'docs/reference/components.md';

/** Slots of the reference: name, introduction and components with their sections. The first is the pipeline itself. */
export function referenceSlots() {
  const [, ...sections] = readText(SOURCE).split(/^## /m);
  return sections.map(section => {
    const [head, ...components] = section.split(/^### /m);
    const [name, ...intro] = head.split('\n');
    return {
      name,
      path: `reference/${slug(name)}.md`,
      intro: intro.join('\n').trim(),
      components: components.map(componentOf),
    };
  });
}

/** Heading `slot \`use\``, the lines above the options, and the options. */
function componentOf(section) {
  const [heading, ...lines] = section.split('\n');
  const text = lines.join('\n').trim();
  const start = Math.max(
    text.indexOf('| Option |'),
    text.endsWith('No options.') ? text.lastIndexOf('No options.') : -1,
  );
  return {
    heading,
    use: /`(.+)`/.exec(heading)[1],
    description: text.split('\n\n')[0],
    origin: text.split('\n\n')[1],
    options: text.slice(start),
  };
}

/** Where an anchor of components.md is in the site. */
export function referenceTarget(anchor) {
  if (!anchor) return '/reference/components.md';
  const slot = referenceSlots().find(
    ({ name, components }) => slug(name) === anchor || components.some(({ heading }) => slug(heading) === anchor),
  );
  return slot && `/${slot.path}#${anchor}`;
}

export function referencePages(methods) {
  const slots = referenceSlots();
  return [
    { path: 'reference/components.md', text: overview(slots) },
    ...slots.map(slot => ({ path: slot.path, text: slotText(slot, methods) })),
  ];
}

function overview(slots) {
  const rows = slots
    .filter(({ components }) => components.length > 0)
    .map(({ name, path, components }) => [
      `[${name}](/${path})`,
      components.map(({ use, heading }) => `[\`${use}\`](/${path}#${slug(heading)})`).join(', '),
    ]);
  return `# Components and options

Every option of every component: its value, default and meaning. The pages are generated from the option schemas of the plugins.
The keys of a pipeline itself, such as \`trainer\` and \`evaluate\`, are on the page [pipeline](/reference/pipeline.md). A component
without required options can be written as its name alone: \`schedule: cosine\`.

${table(['slot', 'components'], rows)}

\`carl explain FILE KEY\` shows the same for a key of your pipeline, and \`carl schema FILE\` gives it to your editor.
`;
}

function slotText({ name, intro, components }, methods) {
  const sections = components.map(({ heading, use, description, origin, options }) => {
    const method = name === 'objective' && methods.find(one => one.use === use);
    const link = method ? `The method: [${method.name}](/${method.path}).\n\n` : '';
    return `## ${heading}\n\n${description}\n\n${origin}\n\n${link}${options}\n`;
  });
  return `# ${name}\n\n${intro}\n\n${sections.join('\n')}`;
}

/** Help of every command. */
export async function commandsPage() {
  const program = await createProgram();
  const commands = program.commands.flatMap(command => (command.commands.length > 0 ? command.commands : [command]));
  const nameOf = command =>
    command.parent === program ? command.name() : `${command.parent.name()} ${command.name()}`;
  const sections = commands
    .map(command => `## carl ${nameOf(command)}\n\n${block('text', command.helpInformation())}\n`)
    .join('\n');
  const text = `# Commands\n\nWhat \`carl COMMAND --help\` prints. The [README](/project/readme.md#commands) has a table of the purposes.\n\n${sections}`;
  return { path: 'reference/commands.md', text };
}
