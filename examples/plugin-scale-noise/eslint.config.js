import eslint from '@eslint/js';

export default [eslint.configs.recommended, { languageOptions: { globals: { Buffer: 'readonly' } } }];
