import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Cache folder of the user: $CARL_CACHE, else `carl-ssl` in $XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.CARL_CACHE) return resolve(environment.CARL_CACHE);
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'carl-ssl');
}
