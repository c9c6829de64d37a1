import { describe, it } from 'node:test';
import { describePlugin } from '@carl-ssl/core/testing';
import plugin from '../src/index.js';

describePlugin(plugin, { describe, it });
