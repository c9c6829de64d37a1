import type { Command } from 'commander';
import { CarlError } from '../errors/carl-error.js';
import type { GivenEncoder } from '../run/given-encoder.js';
import { count } from './parse-option.js';

/** Options of a command that evaluates an encoder without a pipeline. */
export type GivenEncoderOptions = Partial<GivenEncoder>;

const OPTIONS: Readonly<Record<keyof GivenEncoder, readonly [value: string, description: string]>> = {
  encoder: ['component', 'without a pipeline: the encoder of --weights, such as resnet or { use: resnet, depth: 18 }'],
  data: ['images', 'with --encoder: a folder with images, or a dataset in YAML'],
  evaluate: ['evaluators', 'with --encoder: evaluators in YAML (default: knn, linear)'],
  mean: ['values', 'with --encoder: mean that images are normalised with, such as 0.485,0.456,0.406 (default: 0)'],
  std: ['values', 'with --encoder: standard deviation, such as 0.229,0.224,0.225 (default: 1)'],
  resize: ['pixels', 'with --encoder: shorter side of the resized images (default: 8/7 of the crop)'],
  crop: [
    'pixels',
    'with --encoder: side of the centre that is cropped (default: 224; images of one smaller size are used as they are)',
  ],
};

/** Names of the options, in the order of the help text. */
export const GIVEN_ENCODER = Object.keys(OPTIONS) as readonly (keyof GivenEncoder)[];

export function addGivenEncoderOptions(command: Command): Command {
  for (const name of GIVEN_ENCODER) {
    const [value, description] = OPTIONS[name];
    if (name === 'resize' || name === 'crop') command.option(`--${name} <${value}>`, description, count);
    else command.option(`--${name} <${value}>`, description);
  }
  return command;
}

/**
 * The encoder that the options describe; undefined without `--encoder`.
 * @throws CarlError INPUT_ARGUMENT for options that do not go together
 */
export function givenEncoder(
  options: GivenEncoderOptions & { readonly weights?: string },
  path: string | undefined,
): GivenEncoder | undefined {
  const { encoder, data, weights } = options;
  if (encoder === undefined) {
    for (const name of GIVEN_ENCODER)
      if (options[name] !== undefined) throw refusal(`--${name} goes with --encoder. ${inPipeline(name)}`);
    return undefined;
  }
  if (path !== undefined)
    throw refusal(
      `--encoder evaluates weights without a pipeline or a run, but ${path} is given. Leave out one of them.`,
    );
  if (weights === undefined)
    throw refusal('--encoder evaluates given weights, but no file is given. Add --weights FILE.');
  if (data === undefined)
    throw refusal(
      "--encoder needs images. Add --data FOLDER, or a dataset: --data '{ use: image-folder, root: photos }'.",
    );
  return { ...options, encoder, data };
}

/** How the value is set where there is a pipeline. */
function inPipeline(name: keyof GivenEncoder): string {
  if (name === 'resize') return 'Of a run or pipeline, set it by --set augmenter.evaluation.resize=256.';
  if (name === 'evaluate') return "Of a run or pipeline, set it by --set 'evaluate=[knn]'.";
  if (name === 'data') return 'Of a run or pipeline, set the place of its data: --set data.root=/new/place.';
  return 'With a pipeline, set the values in it.';
}

function refusal(message: string): CarlError {
  return new CarlError('INPUT_ARGUMENT', message);
}
