/** Packages of this project, for commands that have no pipeline and for advice; those not installed are skipped. */
export const FIRST_PARTY: readonly string[] = [
  '@carl-ssl/carl',
  '@carl-ssl/resnet',
  '@carl-ssl/heads',
  '@carl-ssl/augment',
  '@carl-ssl/optim',
  '@carl-ssl/evaluate',
  '@carl-ssl/data-idx',
  '@carl-ssl/data-fashion-mnist',
  '@carl-ssl/data-image-folder',
  '@carl-ssl/backend-wasm',
  '@carl-ssl/backend-tensorflow',
];
