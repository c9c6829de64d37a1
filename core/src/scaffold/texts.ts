import { camelCase } from '../text/camel-case.js';
import type { PluginRequest } from './request.js';

/** Files of a new plugin whose texts do not depend on its slot much. */

export const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "strict": true,
    "declaration": true,
    "skipLibCheck": true,
    "types": ["node"],
    "rootDir": ".",
    "outDir": "dist"
  },
  "include": ["src", "test"]
}
`;

export const IGNORED = 'node_modules/\ndist/\nruns/\n';

export function eslintText({ language }: PluginRequest): string {
  if (language === 'javascript')
    return `import eslint from '@eslint/js';

export default [eslint.configs.recommended, { languageOptions: { globals: { Buffer: 'readonly' } } }];
`;
  return `import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(globalIgnores(['dist/']), eslint.configs.recommended, tseslint.configs.recommended);
`;
}

/** The plugin as its own test imports it. */
const PLUGIN = '../src/index.js';

export function indexText({ name, use }: PluginRequest): string {
  const component = camelCase(use);
  return `import { definePlugin } from '@carl-ssl/core';
import { ${component} } from './${use}.js';

export default definePlugin({ name: '${name}', components: [${component}] });
`;
}

/** The test: the contract kit for all components. */
export function testText({ slot, use }: PluginRequest): string {
  const examples =
    slot === 'reader' ? `, examples: { 'reader ${use}': [{ options: { file: 'images/train.txt' } }] }` : '';
  return `import { describe, it } from 'node:test';
import { describePlugin } from '@carl-ssl/core/testing';
import plugin from '${PLUGIN}';

describePlugin(plugin, { describe, it${examples} });
`;
}

export const WORKFLOW = `name: check
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        node: [20, 22]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: \${{ matrix.node }} }
      - run: npm install
      - run: npm run lint
      - run: npm test
      - run: npm run check
`;

export function readmeText({ name, use, slot, language }: PluginRequest): string {
  const extension = language === 'typescript' ? 'ts' : 'js';
  return `# ${name}

The ${slot} \`${use}\` for [pipelines of CARL](pipeline.yaml).

\`\`\`bash
npm install ${name}
\`\`\`

\`\`\`yaml
plugins: [${name}]
\`\`\`

## Development

- \`src/${use}.${extension}\` is the component: its options with their defaults and descriptions, and the function that creates it.
- \`npm test\` runs the contract kit on it.
- \`npm run check\` does the same on every backend of this machine and checks the package, the pipeline and golden cases.
- \`npx carl train pipeline.yaml\` trains with it.
- \`npx carl schema pipeline.yaml\` lets editors complete and check its options.
- \`npm publish\` publishes it.
`;
}
