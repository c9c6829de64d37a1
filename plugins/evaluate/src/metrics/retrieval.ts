import { CarlError, defineComponent, slots, Type, type Metric } from '@carl-ssl/core';
import { integers, matrix, sameWidth } from '../arrays.js';
import { retrieval as retrieve } from '../maths/retrieval.js';
import { atOnce } from '../stepwise.js';

/**
 * Retrieval by cosine similarity of rows of the same label: `queries` [M, D] with `queryLabels` [M] in `gallery` [N, D] with
 * `galleryLabels` [N], or, without a gallery, in the other queries. `meanAveragePrecision`, `precision` [k] and `recall` [k] for each
 * of the ranks.
 */
function retrieval({ k }: { k: readonly number[] }): Metric {
  return {
    compute(inputs) {
      const queries = labelledRows(inputs, 'queries', 'queryLabels');
      const hasGallery = Object.hasOwn(inputs, 'gallery');
      const gallery = hasGallery ? labelledRows(inputs, 'gallery', 'galleryLabels') : queries;
      sameWidth(queries.features, gallery.features, "'queries' and 'gallery'");
      const own = hasGallery ? {} : { own: Int32Array.from(queries.labels.keys()) };
      const scores = atOnce(retrieve({ queries, gallery, ...own, k }));
      if (scores.queries === 0)
        throw new CarlError(
          'INPUT_DATA',
          'No query has a row of its label in the gallery. Give the gallery such rows.',
        );
      return {
        meanAveragePrecision: scores.meanAveragePrecision,
        precision: { shape: [k.length], data: Float32Array.from(scores.precision) },
        recall: { shape: [k.length], data: Float32Array.from(scores.recall) },
      };
    },
  };
}

function labelledRows(inputs: Parameters<Metric['compute']>[0], rows: string, labels: string) {
  const features = matrix(inputs, rows);
  return { features, labels: integers(inputs, labels, features.rows) };
}

export default defineComponent(slots.metric, {
  use: 'retrieval',
  description: 'Mean average precision, precision and recall at k of retrieving rows of the same label.',
  source: 'Manning et al. 2008, section 8.4 (mean average precision); arXiv 1511.06452 (recall at k)',
  options: Type.Object(
    {
      k: Type.Array(Type.Integer({ minimum: 1 }), {
        minItems: 1,
        uniqueItems: true,
        default: [1, 5, 10],
        description: 'Ranks for precision and recall.',
      }),
    },
    { additionalProperties: false },
  ),
  create: retrieval,
});
