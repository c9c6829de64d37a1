import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { NestedOptions } from '../contracts/components.js';
import type { ExportedFiles, Exporter } from '../contracts/exporter.js';
import { slots } from '../contracts/slots.js';
import { CarlError } from '../errors/carl-error.js';
import type { Results } from '../evaluate/results.js';
import { makeFolders, writeFolderAtomic } from '../files/atomic.js';
import { checkExport, withWeights, type CheckResult } from './check-export.js';
import { modelCard } from './model-card.js';
import { precisionLoss, type PrecisionLoss } from './precision-loss.js';
import { componentOf } from './small-catalogue.js';
import { trainedEncoder } from './trained-encoder.js';
import type { TrainedNetwork } from './trained-network.js';

/** The format of an export and where it goes. */
export interface ExportChoice {
  /** `use` and options of the exporter. */
  readonly format: NestedOptions;
  readonly folder: string;
  /** Identifier of the licence for the card of the model. */
  readonly license: string;
  /** Loads the files again and compares features. */
  readonly check?: boolean;
  /** Replaces a folder that exists. */
  readonly overwrite?: boolean;
}

/** Result of an export. */
export interface ExportResult {
  readonly folder: string;
  readonly files: readonly string[];
  readonly check?: CheckResult;
  /** Loss by rounded weights. */
  readonly loss?: PrecisionLoss;
}

/** File that every exported folder has; only a folder with it is replaced. */
const CARD = 'README.md';

/**
 * Writes the encoder of a network to a folder in the format of other programs, with a model card.
 * @throws CarlError INPUT_ARGUMENT, INPUT_WEIGHTS, DISK
 */
export async function exportNetwork(network: TrainedNetwork, choice: ExportChoice): Promise<ExportResult> {
  const { folder, license, overwrite = false } = choice;
  checkFolder(folder, { overwrite, known: CARD, kind: 'an export' });
  const exporter = await exporterOf(network, choice.format);
  if (choice.check) await exporter.checkProgram?.();
  const encoder = trainedEncoder(network);
  const exported = await exporter.export(encoder);
  const results = await resultsOf(network);
  const lock = network.opened?.lock;
  const loss = exported.rounded && (await precisionLoss(network, exported.rounded));
  const known = { ...(results && { results }), ...(lock && { lock }), ...(loss && { loss }) };
  const card = modelCard({ network, encoder, exported, license, ...known });
  const files = { ...exported.files, [CARD]: card };
  await makeFolders(dirname(resolve(folder)));
  await writeFolderAtomic(folder, files, overwrite ? 'replace' : 'refuse');
  const written = exported.rounded ? withWeights(network, exported.rounded) : network;
  const check = choice.check ? await checkExport(written, { exporter, encoder, folder }) : undefined;
  return { folder, files: Object.keys(files), ...(check && { check }), ...(loss && { loss }) };
}

/** Files that a folder of ours has, and their name in messages. */
interface FolderRule {
  readonly overwrite: boolean;
  readonly known: string;
  readonly kind: string;
}

/** @throws CarlError INPUT_ARGUMENT if the folder exists and is not replaced */
export function checkFolder(folder: string, { overwrite, known, kind }: FolderRule): void {
  if (!existsSync(folder)) return;
  if (!overwrite)
    throw new CarlError('INPUT_ARGUMENT', `--out ${folder}: this folder exists. Name another one, or add --overwrite.`);
  if (!existsSync(join(folder, known)))
    throw new CarlError('INPUT_ARGUMENT', `--out ${folder}: this is not the folder of ${kind}, and is not replaced.`);
}

/** The files of the encoder in a format, without a model card. @throws CarlError INPUT_ARGUMENT */
export async function exportedFiles(network: TrainedNetwork, format: NestedOptions): Promise<ExportedFiles> {
  return (await exporterOf(network, format)).export(trainedEncoder(network));
}

function exporterOf({ loaded: { catalogue } }: TrainedNetwork, format: NestedOptions): Promise<Exporter> {
  return componentOf(slots.exporter, format, { flag: '--format', catalogue });
}

/** Results of these weights: of the same step and network. */
async function resultsOf({ opened, head }: TrainedNetwork): Promise<Results | undefined> {
  const results = await opened?.run.results();
  const isSame = results?.step === head.step && results.network === head.network && head.checkpoint === undefined;
  return isSame ? results : undefined;
}
