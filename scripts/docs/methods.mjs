/** The methods of this project: their cards, sections of the reference, pipelines and results. */
import { loadFirstParty } from '@carl-ssl/core/host';
import { slug } from './markdown.mjs';
import { filesIn, readText } from './repository.mjs';
import { referenceSlots } from './reference-pages.mjs';

const RESULTS = 'benchmarks/learning/methods-fashion-mnist-mini.md';

/** Objectives with a card, by the name of the method. */
export async function methods() {
  const catalogue = await loadFirstParty();
  const { components } = referenceSlots().find(({ name }) => name === 'objective');
  const small = pipelinesIn('pipelines', '-fashion-mnist-mini.yaml');
  const large = pipelinesIn('pipelines/imagenet', '.yaml');
  const results = resultsHere();
  const found = catalogue
    .list('objective')
    .filter(({ card }) => card)
    .map(component => {
      const { use, card, source = '', knownAs = [] } = component;
      const ofMethod = pipelines => pipelines.filter(({ objective }) => objective === use);
      return {
        ...card,
        use,
        source,
        alsoKnownAs: knownAs.filter(name => name !== card.name),
        path: `methods/${slug(card.name)}.md`,
        packageName: catalogue.owner(component).name,
        section: components.find(one => one.use === use),
        pipelines: ofMethod(small),
        recipes: ofMethod(large),
        results: results.filter(({ method }) => [card.name, ...knownAs].includes(method)),
      };
    });
  return found.sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

function pipelinesIn(folder, ending) {
  return filesIn(folder, ending).map(path => {
    const text = readText(path);
    return { path, text, objective: objectiveOf(text) };
  });
}

/** Name of the objective; of a weighted sum, its last term, beside which the others stand. */
function objectiveOf(pipeline) {
  const [, text = ''] = /^objective:(.*\n(?: .*\n|\n)*)/m.exec(pipeline) ?? [];
  const uses = [...text.matchAll(/\buse: ([\w-]+)/g)].map(([, use]) => use);
  return uses.at(-1) ?? text.trim();
}

/** Rows `| method | k-NN | linear probe | …` of the table of all methods. */
function resultsHere() {
  const lines = readText(RESULTS).split('\n');
  const rows = lines.map(line => line.split('|').map(cell => cell.trim())).filter(cells => /^\d+\.\d/.test(cells[2]));
  return rows.map(([, method, knn, linear]) => ({ method, knn, linear }));
}
