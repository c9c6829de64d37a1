import { createRequire } from 'node:module';
import { types } from 'node:util';
import { Command, CommanderError } from 'commander';
import { CarlError } from '../errors/carl-error.js';
import { COMMANDS, type CommandEntry } from './commands.js';
import { optionHint } from './option-hint.js';
import { refuseEmpty } from './refuse-empty.js';
import { refuseSeveral } from './refuse-several.js';
import { refuseRenamed } from './renamed-commands.js';
import { reportError, systemError } from './report-error.js';
import { messageOf } from '../text/message-of.js';
import { printable } from '../text/printable.js';
import { trustAll } from './ask-trust.js';
import { ExitStatus } from './exit-status.js';

const EXAMPLES = `
Examples:
  carl train pipelines/carl-fashion-mnist-mini.yaml      train, evaluate, write a run directory
  carl plan my.yaml --set trainer.batchSize=512          shapes, parameters, cost, memory
  carl explain my.yaml objective.entropyWeight           where a value comes from and what it means
  carl validate pipelines/*.yaml                         every error at once, with line and column

Exit status: 0 success, 1 failure, 2 invalid input, 130 interrupted.`;

const RUNS_PLUGINS = `
The plugins that a pipeline or a run lists are programs, and this command runs their code. It asks before it runs one from outside
this project for the first time; without a terminal, --trust answers yes.`;

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** The command line: runs one command and gives its exit status. */
export async function main(args: readonly string[]): Promise<number> {
  let program: Command | undefined;
  try {
    refuseRenamed(args);
    program = await createProgram(COMMANDS.filter(({ name }) => args.includes(name)));
    await program.parseAsync(withoutUnknownHelp(args), { from: 'user' });
    return 0;
  } catch (thrown) {
    const error = types.isProxy(thrown) ? new Error(messageOf(thrown)) : thrown;
    if (error instanceof ExitStatus) return error.status;
    if (error instanceof CommanderError) {
      const hint = await optionHint(
        error,
        program?.commands.find(command => args.includes(command.name())),
        args,
      );
      if (hint !== undefined) process.stderr.write(`${printable(hint)}\n`);
      return error.exitCode === 0 ? 0 : 2;
    }
    const known = systemError(error);
    reportError(known, args.includes('--debug'));
    return CarlError.is(known) ? known.exitCode : 1;
  }
}

/**
 * The program with all commands. Only the given commands have options and arguments; the others have a name and a
 * description, so that a command starts without loading the code of the others.
 */
export async function createProgram(loaded: readonly CommandEntry[] = COMMANDS): Promise<Command> {
  const program = new Command('carl')
    .description('Self-supervised learning of visual representations: pipelines in YAML, methods as plugins.')
    .version(version, '--version', 'print the version')
    .option('--debug', 'print the stack trace of an error')
    .option('--trust', 'run plugins from outside this project without asking')
    .showSuggestionAfterError()
    .addHelpText('after', EXAMPLES)
    .hook('preAction', async (_program, command) => {
      refuseEmpty(command);
      await refuseSeveral(topOf(command).name());
      if (program.opts().trust === true) trustAll();
    })
    .exitOverride();
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).description(entry.description);
    if (loaded.includes(entry)) (await entry.load()).register(command);
    if (entry.runsPlugins) command.addHelpText('after', RUNS_PLUGINS);
  }
  for (const command of withSubcommands(program)) command.exitOverride();
  return program;
}

/** Help for a command that does not exist is answered as the command is. */
function withoutUnknownHelp(args: readonly string[]): readonly string[] {
  const [first, second = 'help'] = args;
  const isKnown = second === 'help' || COMMANDS.some(({ name }) => name === second);
  return first === 'help' && !isKnown ? args.slice(1) : args;
}

/** The command of `carl` that a command belongs to: `plugin` for `plugin check`. */
function topOf(command: Command): Command {
  return command.parent?.parent ? topOf(command.parent) : command;
}

function withSubcommands(command: Command): Command[] {
  return command.commands.flatMap(sub => [sub, ...withSubcommands(sub)]);
}
