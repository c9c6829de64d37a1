import { createRequire } from 'node:module';
import { API_VERSION } from '../plugin/api.js';
import type { PluginRequest } from './request.js';

interface OwnManifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const own = createRequire(import.meta.url)('../../package.json') as OwnManifest;

/** Packages that check a plugin, with the versions that the examples were tried with. */
const TOOLS = { '@eslint/js': '^10.0.0', eslint: '^10.0.0' };
const TYPESCRIPT_TOOLS = { '@types/node': '^20.19.0', typescript: '~6.0.0', 'typescript-eslint': '^8.73.0' };

/** Text of the package.json of a new plugin. */
export function manifestText(request: PluginRequest): string {
  const { name, use, slot, language } = request;
  const isTypescript = language === 'typescript';
  const entry = isTypescript ? './dist/src/index.js' : './src/index.js';
  const types = { types: './dist/src/index.d.ts', default: entry };
  const manifest = {
    name,
    version: '0.1.0',
    description: `The ${slot} ${use} for CARL`,
    keywords: ['carl-ssl-plugin'],
    license: 'Apache-2.0',
    type: 'module',
    engines: { node: '>=20.19.0' },
    carl: { api: `^${API_VERSION}`, plugin: entry },
    exports: { '.': isTypescript ? types : entry, './package.json': './package.json' },
    files: [isTypescript ? 'dist/src' : 'src'],
    scripts: scriptsOf(request),
    dependencies: { typebox: own.dependencies.typebox },
    peerDependencies: {
      '@carl-ssl/core': `^${own.version}`,
      '@tensorflow/tfjs-core': own.dependencies['@tensorflow/tfjs-core'],
    },
    devDependencies: { '@carl-ssl/cli': `^${own.version}`, ...TOOLS, ...(isTypescript && TYPESCRIPT_TOOLS) },
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function scriptsOf({ use, language }: PluginRequest): Readonly<Record<string, string>> {
  if (language === 'javascript')
    return { lint: 'eslint .', test: `node --test test/${use}.test.js`, check: 'carl plugin check .' };
  return {
    build: 'tsc',
    lint: 'eslint .',
    test: `tsc && node --test dist/test/${use}.test.js`,
    check: 'tsc && carl plugin check .',
    prepack: 'tsc',
  };
}
