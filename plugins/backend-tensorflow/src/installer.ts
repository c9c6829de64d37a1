import type { Installer } from '@carl-ssl/core';
import type { Variant } from './cache.js';
import { install } from './install/install.js';
import { remove } from './install/remove.js';
import { statusOf } from './installation.js';

/** Installer of one variant of TensorFlow. */
export const installerOf = (variant: Variant): Installer => ({
  install: options => install(variant, options),
  remove: report => remove(variant, report),
  status: () => Promise.resolve(statusOf(variant)),
});
