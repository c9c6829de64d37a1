import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { CarlError } from '../errors/carl-error.js';
import { registerBackend } from './commands/backend.js';
import { refuseRenamed } from './commands/backend-renamed.js';
import { registerCompare } from './commands/compare.js';
import { registerEvaluate } from './commands/evaluate.js';
import { registerExplain } from './commands/explain.js';
import { registerGolden } from './commands/golden.js';
import { registerPlan } from './commands/plan.js';
import { registerPlugins } from './commands/plugins.js';
import { registerReproduce } from './commands/reproduce.js';
import { registerSchema } from './commands/schema.js';
import { registerTrain } from './commands/train.js';
import { registerValidate } from './commands/validate.js';
import { reportError } from './report-error.js';
import { ExitStatus } from './exit-status.js';

const EXAMPLES = `
Examples:
  carl train pipelines/carl-fashion-mnist-mini.yaml      train, evaluate, leave a run directory
  carl plan my.yaml --set trainer.batchSize=512          shapes, parameters, cost, memory
  carl explain my.yaml objective.entropyWeight           where a value comes from and what it means
  carl validate pipelines/*.yaml                         every error at once, with line and column

Exit status: 0 fine, 1 failed, 2 wrong input, 130 interrupted.`;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const COMMANDS = [
  registerTrain,
  registerValidate,
  registerExplain,
  registerPlan,
  registerEvaluate,
  registerReproduce,
  registerCompare,
  registerSchema,
  registerPlugins,
  registerBackend,
  registerGolden,
];

/** The command line: runs one command and gives its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    refuseRenamed(args);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof ExitStatus) return error.status;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    reportError(error, args.includes('--debug'));
    return CarlError.is(error) ? error.exitCode : 1;
  }
}

/** All commands; the surface is frozen by a test. */
export function createProgram(): Command {
  const program = new Command('carl')
    .description('Self-supervised learning of visual representations: pipelines in YAML, methods as plugins.')
    .version(version, '--version', 'print the version')
    .option('--debug', 'print the stack trace of an error')
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
    .exitOverride();
  for (const register of COMMANDS) register(program);
  for (const command of withSubcommands(program)) command.exitOverride();
  return program;
}

function withSubcommands(command: Command): Command[] {
  return command.commands.flatMap(sub => [sub, ...withSubcommands(sub)]);
}
