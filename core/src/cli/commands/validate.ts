import type { Command } from 'commander';
import { counted } from '../../text/counted.js';
import { MOST_ERRORS, type Diagnostic } from '../../config/diagnostic.js';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline, type LoadOptions } from '../../config/load.js';
import { missingWeights } from '../../config/missing-weights.js';
import { checkWithoutData } from '../../run/open-pipeline.js';
import { ExitStatus } from '../exit-status.js';
import { collect, integer, oneOf } from '../parse-option.js';
import { colorOf } from '../terminal.js';
import { inOrder, PipelineError } from '../../config/pipeline-error.js';

interface ValidateOptions extends LoadOptions {
  readonly format: 'text' | 'json';
}

const EXAMPLES = `
Examples:
  carl validate my.yaml
  carl validate pipelines/*.yaml --format json

Checks all files, then exits with status 2 if any has errors. Does not open data; of initial weights, only whether the file is there.`;

export function register(command: Command): void {
  command
    .argument('<files...>', 'pipelines in YAML')
    .option('--set <key=value>', 'change a value first; can be repeated', collect)
    .option('--seed <number>', 'seed of the run', integer)
    .option('--backend <name>', 'backend to compute on')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .addHelpText('after', EXAMPLES)
    .action(validate);
}

async function validate(files: readonly string[], options: ValidateOptions): Promise<void> {
  const diagnostics: Diagnostic[] = [];
  for (const file of files) diagnostics.push(...(await diagnosticsOf(file, options)));
  const text = formatDiagnostics(diagnostics, { color: colorOf(process.stdout), format: options.format });
  if (text !== '') process.stdout.write(`${text}\n`);
  if (options.format === 'text') process.stderr.write(`${summary(files.length, diagnostics)}\n`);
  if (diagnostics.some(({ severity }) => severity === 'error')) throw new ExitStatus(2);
}

/** All diagnostics of a pipeline that do not need its data. */
export async function diagnosticsOf(file: string, options: LoadOptions): Promise<readonly Diagnostic[]> {
  let missing: readonly Diagnostic[] = [];
  try {
    const loaded = await loadPipeline(file, options);
    missing = missingWeights(loaded.document);
    return [...missing, ...checkWithoutData(loaded)];
  } catch (error) {
    if (error instanceof PipelineError) return inOrder([...missing, ...error.diagnostics]);
    throw error;
  }
}

function summary(files: number, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const least = errors >= MOST_ERRORS ? 'at least ' : '';
  const found =
    diagnostics.length === 0
      ? 'no errors'
      : `${least}${counted(errors, 'error')}, ${counted(diagnostics.length - errors, 'warning')}`;
  return `${diagnostics.length > 0 ? '\n' : ''}${counted(files, 'pipeline')}: ${found}`;
}
