/** Writes docs/reference/component-codes.md. Run it, by `npm run reference`, after a change of a component's errors or warnings. */
import { writeFileSync } from 'node:fs';
import { componentCodes } from './component-codes.mjs';

writeFileSync(new URL('../docs/reference/component-codes.md', import.meta.url), componentCodes());
