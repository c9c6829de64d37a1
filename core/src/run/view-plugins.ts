import { BACKEND_PACKAGES, CORE } from '../catalogue/first-party.js';
import type { LoadedPipeline } from '../config/loaded-pipeline.js';

/** Folders of the plugins that may have datasets and augmentations: all but the built-in one and the backends. */
export function viewPlugins({ plugins }: LoadedPipeline): readonly string[] {
  return plugins.filter(({ name }) => name !== CORE && !BACKEND_PACKAGES.includes(name)).map(({ path }) => path);
}
