/** Page of the dataset. */
export const SOURCE = 'https://cs.stanford.edu/~acoates/stl10/';
