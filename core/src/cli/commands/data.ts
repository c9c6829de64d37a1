import type { Command } from 'commander';
import { loadPipeline } from '../../config/load.js';
import { isFolder } from '../../files/is-folder.js';
import { loadGivenData } from '../../run/given-encoder.js';
import { inspectData, type DataInspection, type InspectionListener } from '../../run/inspect-data.js';
import { openDataset } from '../../run/open-pipeline.js';
import { printable } from '../../text/printable.js';
import { ExitStatus } from '../exit-status.js';
import { allOrNothing } from '../interruptible.js';
import { collect, oneOf } from '../parse-option.js';
import { canRedraw, redraw } from '../terminal.js';
import { inspectionText } from './data-text.js';

interface DataOptions {
  readonly set?: readonly string[];
  readonly format: 'text' | 'json';
  readonly quiet?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<file>', 'pipeline in YAML, or a folder with images')
    .option('--set <key=value>', 'change a value of the pipeline; can be repeated', collect)
    .option('--format <format>', 'text or json', oneOf('text', 'json'), 'text')
    .option('--quiet', 'no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  carl data photos\n  carl data pipelines/carl-own-images.yaml --set data.root=photos\n  carl data pipelines/carl-fashion-mnist-mini.yaml --format json',
    )
    .action(data);
}

async function data(file: string, { set, format, quiet }: DataOptions): Promise<void> {
  const loaded = await (isFolder(file) ? loadGivenData(file, { set }) : loadPipeline(file, { set }));
  const { train, held } = await openDataset(loaded);
  const sets = new Map(Object.entries({ train, ...held }));
  const show = quiet || !canRedraw(process.stderr) ? () => undefined : drawProgress();
  const found = await allOrNothing(signal => inspectData(sets, signal, show), 'Stopping.');
  const text = format === 'json' ? JSON.stringify(found, null, 2) : inspectionText(found);
  process.stdout.write(`${printable(text)}\n`);
  if (hasDamage(found)) throw new ExitStatus(1);
}

const hasDamage = ({ splits }: DataInspection): boolean => splits.some(({ damaged }) => damaged.length > 0);

/** Milliseconds between two states of the progress line. */
const INTERVAL = 200;

/** Draws how many images of a split have been read on the line of the terminal, and clears the line at its end. */
function drawProgress(): InspectionListener {
  let drawn = 0;
  return (split, done, total) => {
    const now = performance.now();
    if (done < total && now - drawn < INTERVAL) return;
    drawn = now;
    redraw(process.stderr, done < total ? `${split}: ${done} of ${total} images read` : '');
  };
}
