import type { Installer } from '../contracts/installer.js';
import { CarlError } from '../errors/carl-error.js';
import type { Catalogue } from '../plugin/catalogue.js';

/** Returns the installer that the plugin of a backend brings for it, if any. */
export function findInstaller(catalogue: Catalogue, backend: string): Installer | undefined {
  const component = catalogue.get('backend', backend);
  return component && catalogue.owner(component)?.plugin.installers?.[backend];
}

/**
 * Returns the installer of a backend.
 * @throws CarlError INPUT_ARGUMENT if there is no such backend, or if it needs no installation
 */
export function installerOf(catalogue: Catalogue, backend: string): Installer {
  const installer = findInstaller(catalogue, backend);
  if (installer) return installer;
  if (catalogue.get('backend', backend))
    throw new CarlError('INPUT_ARGUMENT', `The backend \`${backend}\` needs no installation beyond its npm package.`);
  const names = catalogue.list('backend').map(({ use }) => use);
  const installable = names.filter(name => findInstaller(catalogue, name)).map(name => `\`${name}\``);
  throw new CarlError(
    'INPUT_ARGUMENT',
    `There is no backend \`${backend}\`. Backends to install: ${installable.join(', ') || 'none'}. Name the package of a third-party backend with --plugin.`,
  );
}
