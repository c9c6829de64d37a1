#!/usr/bin/env node
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const core = createRequire(import.meta.url).resolve('@carl-ssl/core/package.json');
await import(pathToFileURL(join(core, '../bin/carl.js')).href);
