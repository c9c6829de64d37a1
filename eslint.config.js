import eslint from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Rules of the presets that do not fit code that works on numbers and tensors, each with its reason. */
const relaxed = {
  // TensorFlow.js types results by a cast or by a type argument, as it happens; neither is safer than the other.
  '@typescript-eslint/no-unnecessary-type-assertion': 'off',
  // `values[i]!` in a loop over an index that is in range by construction; a check would cost time and say nothing.
  '@typescript-eslint/no-non-null-assertion': 'off',
  // Numbers and booleans in messages read as they should; objects are still refused.
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
  // `const print = () => process.stdout.write(…)` and `if (done) return finish();` where the function itself gives nothing.
  '@typescript-eslint/no-confusing-void-expression': [
    'error',
    { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
  ],
  // `||` is meant where an empty text or zero counts as absent.
  '@typescript-eslint/prefer-nullish-coalescing': ['error', { ignorePrimitives: true, ignoreConditionalTests: true }],
  // A contract may be async where one implementation has nothing to wait for.
  '@typescript-eslint/require-await': 'off',
  // `for (let i = 0; …)` is the form of numeric loops, also where the index is only used to read.
  '@typescript-eslint/prefer-for-of': 'off',
  // Types say that every index is there (`noUncheckedIndexedAccess` would cost numeric code a check per read), so a
  // check that an entry exists, which input needs, looks unnecessary to this rule.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  // A TensorFlow.js variable is also a tensor, and ajv's class has two faces; neither is a mistake.
  '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
  // `pass.weight<Tensor4D>(name)`: the caller says what it stored under the name.
  '@typescript-eslint/no-unnecessary-type-parameters': 'off',
  // Enums are refused below, and this rule asks for the type of every expression.
  '@typescript-eslint/no-unsafe-enum-assignment': 'off',
  '@typescript-eslint/no-empty-function': ['error', { allow: ['arrowFunctions', 'methods'] }],
  '@typescript-eslint/no-unused-vars': [
    'error',
    { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
  ],
};

/** Files of 60 to 150 lines, functions of about 10 and at most 3 parameters read well; these are the outer bounds. */
const size = {
  'max-lines': ['error', { max: 200, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
  'max-params': 'off',
  '@typescript-eslint/max-params': ['error', { max: 4 }],
  'max-depth': ['error', 4],
};

const habits = {
  eqeqeq: 'error',
  'object-shorthand': 'error',
  'prefer-template': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'Use a union of texts.' },
    { selector: 'ClassDeclaration[abstract=true]', message: 'Interfaces and final classes; no base classes.' },
  ],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-exports': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

const BROWSER = ['document', 'location', 'history', 'fetch', 'DOMParser', 'EventSource', 'FormData', 'Node', 'URLSearchParams', 'addEventListener', 'innerHeight', 'innerWidth', 'performance', 'setTimeout', 'clearTimeout', 'Image', 'OffscreenCanvas', 'createImageBitmap']; // prettier-ignore

export default defineConfig(
  globalIgnores([
    '**/dist/',
    '**/runs/',
    'coverage/',
    'test/samples/',
    'test/golden/',
    '**/*.tmp.*',
    'plugins/augment/assembly/',
    'core/assets/playground.js',
    'core/vendor/',
    // Packages of their own, with their own rules.
    'examples/',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts'],
    extends: [eslint.configs.recommended, tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { project: 'tsconfig.eslint.json', tsconfigRootDir: import.meta.dirname } },
    rules: { ...relaxed, ...size, ...habits },
  },
  {
    files: ['test/**/*.ts', 'benchmarks/**/*.ts'],
    rules: {
      // A `describe` is one long function, and chai's `expect(x).to.be.true` is an expression.
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      // Reference loops are written as plainly as can be.
      'max-depth': 'off',
      // A plugin's list of components is untyped, and so is what a test makes of it; tsc checks the rest.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A component is an object of functions without `this`.
      '@typescript-eslint/unbound-method': 'off',
      // Environment variables are set and unset by name.
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    // Libraries that load faster through core (docs/decisions/0027-start.md); types cost nothing.
    files: ['core/src/**/*.ts', 'plugins/*/src/**/*.ts'],
    ignores: ['core/src/tensor/tf.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            { name: '@tensorflow/tfjs-core', message: 'Use `tf` of @carl-ssl/core.', allowTypeImports: true },
            { name: 'typebox', message: 'Use `Type` of @carl-ssl/core.', allowTypeImports: true },
          ],
        },
      ],
    },
  },
  {
    // `import … = require(…)` loads a CommonJS module as what it is.
    files: ['core/src/tensor/tf.ts'],
    rules: { '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }] },
  },
  {
    // The entry points of core: a list of exports, long but plain.
    files: ['core/src/index.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    extends: [eslint.configs.recommended],
    languageOptions: {
      globals: Object.fromEntries(['process', 'console', 'Buffer', 'URL'].map(name => [name, 'readonly'])),
    },
    rules: { eqeqeq: 'error' },
  },
  {
    // Code of pages.
    files: ['core/assets/*.js', 'inference/playground/*.js'],
    languageOptions: {
      globals: Object.fromEntries(BROWSER.map(name => [name, 'readonly'])),
    },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'readonly', require: 'readonly' } },
  },
);
