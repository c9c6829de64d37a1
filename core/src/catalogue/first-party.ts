/** Packages of this project, for commands that have no pipeline and for advice; those not installed are skipped. */
export const FIRST_PARTY: readonly string[] = [
  '@carl-ssl/carl',
  '@carl-ssl/carp',
  '@carl-ssl/swav',
  '@carl-ssl/deepcluster',
  '@carl-ssl/dino',
  '@carl-ssl/msn',
  '@carl-ssl/contrastive',
  '@carl-ssl/byol',
  '@carl-ssl/embedding',
  '@carl-ssl/resnet',
  '@carl-ssl/vit',
  '@carl-ssl/convnext',
  '@carl-ssl/heads',
  '@carl-ssl/augment',
  '@carl-ssl/optim',
  '@carl-ssl/evaluate',
  '@carl-ssl/data-idx',
  '@carl-ssl/data-fashion-mnist',
  '@carl-ssl/data-image-folder',
  '@carl-ssl/backend-wasm',
  '@carl-ssl/backend-webgpu',
  '@carl-ssl/backend-tensorflow',
];

/** What computes is a matter of the machine, not of the experiment: these need not be listed by a pipeline. */
export const BACKEND_PACKAGES: readonly string[] = FIRST_PARTY.filter(name => name.startsWith('@carl-ssl/backend-'));

/** What a catalogue has of itself, whatever a pipeline lists. */
export const STANDING: readonly string[] = ['@carl-ssl/core', ...BACKEND_PACKAGES];
