/** Loads a module that only Node.js has. Its name is computed, so that bundlers for browsers leave it out. */
export function nodeModule<Module>(name: string): Promise<Module> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ name) as Promise<Module>;
}

/** True in Node.js. */
export const isNode = 'process' in globalThis && !('document' in globalThis);
