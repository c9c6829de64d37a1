/** Images and prototypes that are shown. */
const NEIGHBOURS = 12;
const PROTOTYPES = 3;
/** Neighbours whose mean is the place on the map. */
const PLACING = 5;

/** Nearest images by the cosine of features, most probable prototypes, and the place on the map. */
export function answer({ features, assignments }, images) {
  const ranked = cosines(features, images.features).sort((a, b) => b.cosine - a.cosine);
  return {
    neighbours: ranked.slice(0, NEIGHBOURS),
    prototypes: assignments ? mostProbable(assignments) : [],
    ...(images.plane && { place: placed(ranked, images.plane) }),
  };
}

/** Rows have unit length. */
function cosines(features, rows) {
  const length = Math.max(Math.hypot(...features), 1e-12);
  const dim = features.length;
  return Array.from({ length: rows.length / dim }, (_, image) => {
    let product = 0;
    for (let d = 0; d < dim; d++) product += features[d] * rows[image * dim + d];
    return { image, cosine: product / length };
  });
}

function mostProbable(assignments) {
  return Array.from(assignments, (probability, index) => ({ index, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, PROTOTYPES);
}

function placed(ranked, plane) {
  const near = ranked.filter(({ image }) => image < plane.length).slice(0, PLACING);
  return [0, 1].map(axis => near.reduce((sum, { image }) => sum + plane[image][axis], 0) / near.length);
}
