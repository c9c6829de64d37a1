#!/usr/bin/env node
import { main } from '../dist/cli/main.js';
import { guardStandardStreams } from '../dist/cli/standard-streams.js';

guardStandardStreams();
process.exitCode = await main(process.argv.slice(2));
