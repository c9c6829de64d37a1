/** A page for each method, from its card, the reference of its options, its pipelines and the results of this repository. */
import { block, slug, table } from './markdown.mjs';

const RESULTS = '/benchmarks/learning/methods-fashion-mnist-mini.md';
/** The first line of a pipeline, which names the schema for editors. */
const EDITOR = /^# yaml-language-server: .*\n#\n/;
const MARK = '<!-- table of methods -->';

export function methodPages(methods) {
  return methods.map(method => ({ path: method.path, text: pageOf(method) }));
}

/** Puts the table of methods into a page that asks for it. */
export function withMethodTable(text, methods) {
  if (!text.includes(MARK)) return text;
  const rows = methods.map(({ name, path, use, alsoKnownAs, section }) => [
    `[${name}](/${path})`,
    `\`${use}\``,
    section.description + (alsoKnownAs.length > 0 ? ` Also: ${alsoKnownAs.join(', ')}.` : ''),
  ]);
  return text.replace(MARK, table(['method', 'objective', 'in a sentence'], rows));
}

function pageOf(method) {
  const parts = [
    '---\npageClass: method\n---',
    `# ${method.name}`,
    method.idea,
    facts(method),
    `## Loss\n\n${block('text', method.formula)}\n\n**Without learning:** ${linked(method.trivial)}`,
    pipelines(method),
    `## Options of ${method.use}\n\n${method.section.description}\n\n${method.section.options}`,
    `## Known failures\n\n${list(method.failures.map(linked))}\n\n[Why does it collapse?](/guide/why-does-it-collapse.md) explains how failures are found. Errors and warnings of the package: [${method.packageName}](/reference/component-codes.md#${slug(method.packageName)}).`,
    results(method),
  ];
  return `${parts.join('\n\n')}\n`;
}

function facts({ use, alsoKnownAs, packageName, source, views }) {
  return list([
    `**In a pipeline:** \`objective: ${use}\``,
    ...(alsoKnownAs.length > 0 ? [`**Also known as:** ${alsoKnownAs.join(', ')}`] : []),
    `**Needs:** ${linked(views)}`,
    `**Source:** ${linked(source)}`,
    `**Package:** [${packageName}](/packages/${packageName.split('/')[1]}.md)`,
  ]);
}

function pipelines({ pipelines, recipes }) {
  const small = pipelines.map(
    ({ path, text }) =>
      `[${path}](/${path}) trains in minutes on images of this repository:\n\n${block('bash', `carl train ${path}`)}\n\n${block('yaml', text.replace(EDITOR, ''))}`,
  );
  const large = recipes.map(({ path }) => `[${path}](/${path})`);
  const recipe =
    large.length > 0
      ? [
          `Recipe of the paper for ImageNet, with its source and every known difference in the first lines: ${large.join(', ')}.`,
        ]
      : [];
  const none = ['No pipeline here trains it alone: combine it with another objective by `weighted-sum`.'];
  return ['## Pipeline', ...(small.length > 0 ? small : none), ...recipe].join('\n\n');
}

function results({ results, figures }) {
  const here = results.map(({ method, knn, linear }) => [method, `${knn}% k-NN, ${linear}% linear`]);
  const measured =
    here.length > 0
      ? `Here, on 10,000 images of Fashion-MNIST with a small network ([all methods, with baselines](${RESULTS})):\n\n${table(['method', 'accuracy, mean ± standard deviation of three seeds'], here)}`
      : `It is not in the [table of methods](${RESULTS}) that were measured here.`;
  const rows = figures.map(({ value, setting, source }) => [value, setting, linked(source)]);
  const published =
    rows.length > 0 ? `Published, not measured here:\n\n${table(['result', 'setting', 'source'], rows)}` : '';
  return ['## Results', measured, published].filter(Boolean).join('\n\n');
}

const list = entries => entries.map(entry => `- ${entry}`).join('\n');

/** Links papers and repositories. */
function linked(text) {
  return text
    .replaceAll(/\b(\d{4}\.\d{5})\b/g, '[$1](https://arxiv.org/abs/$1)')
    .replaceAll(/\b((?:github\.com|proceedings\.mlr\.press)\/[\w./-]*\w)/g, '[$1](https://$1)');
}
