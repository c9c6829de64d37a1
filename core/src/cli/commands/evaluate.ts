import { existsSync, statSync } from 'node:fs';
import type { Command } from 'commander';
import { formatDiagnostics } from '../../config/format.js';
import { loadPipeline } from '../../config/load.js';
import { CarlError } from '../../errors/carl-error.js';
import { resultsTable, resultsTitle, type NetworkName } from '../../evaluate/results.js';
import {
  evaluateSession,
  type EvaluationSession,
  type EvaluationSessionListeners,
} from '../../run/evaluate-session.js';
import { isFolder } from '../../files/is-folder.js';
import { evaluateWeights } from '../../run/evaluate-weights.js';
import { imageCounts } from '../../run/evaluation-basis.js';
import { loadGivenEncoder } from '../../run/given-encoder.js';
import { linesOf } from '../../run/lock-differences.js';
import { shellWord } from '../../text/shell-word.js';
import { earlierText } from '../earlier-text.js';
import { reportEvaluation } from '../evaluation-end.js';
import {
  addGivenEncoderOptions,
  GIVEN_ENCODER,
  givenEncoder,
  type GivenEncoderOptions,
} from '../given-encoder-options.js';
import { interruptibleEvaluation } from '../interruptible.js';
import { collect, oneOf } from '../parse-option.js';
import { progress } from '../progress.js';
import { warnOfEvaluationDifferences } from '../run-differences.js';
import { colorOf, widthOf } from '../terminal.js';
import { printable } from '../../text/printable.js';
import { jsonText } from '../../text/json-text.js';

interface EvaluateOptions extends GivenEncoderOptions {
  readonly checkpoint?: string;
  readonly network?: NetworkName;
  readonly weights?: string;
  readonly backend?: string;
  readonly set?: readonly string[];
  readonly out?: string;
  readonly recompute?: boolean;
  readonly format: 'text' | 'json';
  readonly quiet?: boolean;
}

const EXAMPLES = `
Examples:
  carl evaluate runs/carl-fashion-mnist-mini/seed-0
  carl evaluate runs/my-dino/seed-0 --network student --checkpoint 1200
  carl evaluate runs/my-dino/seed-0 --checkpoint best
  carl evaluate runs/my-dino/seed-0 --set 'evaluate=[knn, { use: linear-sgd, epochs: 5 }]'
  carl evaluate pipelines/imagenet/simclr.yaml --weights resnet50.safetensors --set data.root=/imagenet --out resnet50.json
  carl evaluate --weights resnet18.safetensors --encoder '{ use: resnet, depth: 18 }' --data photos --evaluate knn,linear

Results of the last checkpoint by the evaluators of its pipeline are written to results.json of the run, all others to its
folder evaluations/, or to --out. After an interruption, the same command computes what is missing.`;

export function register(command: Command): void {
  addGivenEncoderOptions(
    command
      .argument('[run]', 'run directory; with --weights, a pipeline in YAML, or none if --encoder is given')
      .option(
        '--checkpoint <step>',
        'number of steps, or folder, of the checkpoint, or best: by the online probe on validation (default: the newest)',
      )
      .option('--network <name>', 'student or teacher (default: as in the pipeline)', oneOf('student', 'teacher'))
      .option(
        '--weights <file>',
        'evaluate the weights in this file (safetensors or PyTorch) as the encoder of the pipeline',
      ),
  )
    .option('--backend <name>', 'backend to compute on (default: that of the pipeline)')
    .option(
      '--set <key=value>',
      'other evaluators, datasets under transfer or evaluation settings, or the place of the data, such as data.root=/new/place; with --weights, any value of the pipeline; can be repeated',
      collect,
    )
    .option('--out <file>', 'write the results to this JSON file')
    .option('--recompute', 'compute everything again, not only what is missing')
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(evaluate);
}

async function evaluate(path: string | undefined, options: EvaluateOptions): Promise<void> {
  const unwritten: CarlError[] = [];
  const told = listeners(path ?? options.out ?? 'the weights', options, error => unwritten.push(error));
  const session = await (options.weights === undefined && options.encoder === undefined
    ? ofRun(path, options, told)
    : ofWeights(path, options, told));
  const { results, file } = session;
  process.stdout.write(
    options.format === 'json'
      ? jsonText(results)
      : `${printable([resultsTitle(results), ...imageCounts(results), '', resultsTable(results, widthOf(process.stdout))].join('\n'))}\n`,
  );
  for (const error of unwritten) throw error;
  if (file !== undefined && !options.quiet) process.stderr.write(`results: ${file}\n`);
  reportEvaluation(results, again(path, options));
}

async function ofRun(
  path: string | undefined,
  options: EvaluateOptions,
  told: EvaluationSessionListeners,
): Promise<EvaluationSession> {
  givenEncoder(options, path);
  if (path === undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      'Nothing to evaluate is named. Name a run directory, or give weights: carl evaluate --weights FILE --encoder resnet --data FOLDER.',
    );
  if (existsSync(path) && statSync(path).isFile())
    throw new CarlError(
      'INPUT_ARGUMENT',
      `${path} is a file, not a run directory. To evaluate given weights with a pipeline, add --weights FILE.`,
    );
  const { network, checkpoint, backend, set, out } = options;
  return evaluateSession(path, { network, checkpoint, backend, set, out }, told);
}

async function ofWeights(
  file: string | undefined,
  options: EvaluateOptions,
  told: EvaluationSessionListeners,
): Promise<EvaluationSession> {
  const { weights, network, checkpoint, backend, set, out } = options;
  const given = givenEncoder(options, file);
  for (const [name, value] of Object.entries({ network, checkpoint }))
    if (value !== undefined)
      throw new CarlError(
        'INPUT_ARGUMENT',
        `--${name} cannot be given with --weights: the file is all that is evaluated.`,
      );
  const loading = { set, backend, weights };
  const loaded = given ? await loadGivenEncoder(given, loading) : await loadPipeline(pipelineFile(file), loading);
  return evaluateWeights(loaded, out, told);
}

/** @throws CarlError INPUT_ARGUMENT */
function pipelineFile(file: string | undefined): string {
  if (file === undefined)
    throw new CarlError(
      'INPUT_ARGUMENT',
      '--weights needs the encoder of the weights. Name a pipeline, or add --encoder and --data.',
    );
  if (isFolder(file))
    throw new CarlError(
      'INPUT_ARGUMENT',
      `${file} is a folder. With --weights, name a pipeline; the pipeline of a run is RUN/pipeline.json.`,
    );
  return file;
}

function listeners(
  path: string,
  { quiet, recompute }: EvaluateOptions,
  onUnwritten: (error: CarlError) => void,
): EvaluationSessionListeners {
  let warned: readonly string[] = [];
  const say = (text: string): void => {
    process.stderr.write(`${text}\n`);
  };
  return {
    evaluate: interruptibleEvaluation,
    observers: quiet ? [] : [progress(process.stderr)],
    ...(recompute && { recompute }),
    onObserverFailure: message => say(`warning: ${printable(message)}`),
    onDifferences: differences => {
      warned = linesOf(differences);
      warnOfEvaluationDifferences(differences);
    },
    onUnwritten,
    onCheckpoint: reason => {
      if (!quiet) say(printable(reason));
    },
    onWarnings: warnings => {
      if (warnings.length > 0) say(formatDiagnostics(warnings, { color: colorOf(process.stderr) }));
    },
    onEarlier: report => {
      for (const line of earlierText(report, { path, warned, quiet })) say(printable(line));
    },
  };
}

/** The command that continues an interrupted evaluation. */
function again(path: string | undefined, { set = [], ...given }: EvaluateOptions): string {
  const names = ['checkpoint', 'network', 'weights', ...GIVEN_ENCODER, 'backend', 'out'] as const;
  const words = [
    ...(path === undefined ? [] : [path]),
    ...names.flatMap(name => (given[name] === undefined ? [] : [`--${name}`, String(given[name])])),
    ...set.flatMap(value => ['--set', value]),
  ];
  return ['carl', 'evaluate', ...words].map(shellWord).join(' ');
}
