import type { Command } from 'commander';
import type { NetworkChoice } from '../export/trained-network.js';
import { collect, oneOf } from './parse-option.js';

/** Adds the options by which a command chooses the network of a run. */
export function withNetworkOptions(command: Command): Command {
  return command
    .option('--checkpoint <step>', 'number of steps or folder of the checkpoint, or best (default: the newest)')
    .option('--network <name>', 'student or teacher (default: that of the evaluation)', oneOf('student', 'teacher'))
    .option('--weights <file>', 'use the weights in this file (safetensors or PyTorch) as the encoder of the pipeline')
    .option('--backend <name>', 'backend to compute on (default: that of the pipeline)')
    .option(
      '--set <key=value>',
      'place of the data, or other evaluation settings; with --weights, any value of the pipeline; can be repeated',
      collect,
    );
}

export type NetworkOptions = NetworkChoice;
