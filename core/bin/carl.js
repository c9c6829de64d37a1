#!/usr/bin/env node
import { guardPlugins } from '../dist/cli/guard-plugins.js';
import { main } from '../dist/cli/main.js';
import { guardStandardStreams } from '../dist/cli/standard-streams.js';

guardStandardStreams();
const { ended } = guardPlugins();
process.exitCode = await main(process.argv.slice(2));
ended();
