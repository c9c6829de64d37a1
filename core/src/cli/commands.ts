import type { Command } from 'commander';

/** A command of `carl`. Its module is loaded when the command is used. */
export interface CommandEntry {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly description: string;
  /** Whether it runs the code of plugins that a pipeline or a run lists. */
  readonly runsPlugins?: true;
  readonly load: () => Promise<{ register: (command: Command) => void }>;
}

/** Every command, in the order of the help text. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'train',
    description: 'Train a pipeline, evaluate its encoder and write a run directory.',
    runsPlugins: true,
    load: () => import('./commands/train.js'),
  },
  {
    name: 'validate',
    description: 'Check pipelines: every error at once, with line, column and advice. Opens no data.',
    runsPlugins: true,
    load: () => import('./commands/validate.js'),
  },
  {
    name: 'explain',
    description: 'Show the value of a key, its origin, its meaning and the values it takes.',
    runsPlugins: true,
    load: () => import('./commands/explain.js'),
  },
  {
    name: 'plan',
    description: 'Show components, tensor shapes, parameters, cost, memory and steps of a pipeline. Trains nothing.',
    runsPlugins: true,
    load: () => import('./commands/plan.js'),
  },
  {
    name: 'views',
    description: 'Write an HTML page of the views that a pipeline makes of some images, with their random choices.',
    runsPlugins: true,
    load: () => import('./commands/views.js'),
  },
  {
    name: 'data',
    description: 'Read all images of a pipeline: sizes, classes, mean and deviation, duplicates, damaged files.',
    runsPlugins: true,
    load: () => import('./commands/data.js'),
  },
  {
    name: 'evaluate',
    description: 'Evaluate the encoder of a run, with the untrained encoder and raw pixels as baselines.',
    runsPlugins: true,
    load: () => import('./commands/evaluate.js'),
  },
  {
    name: 'embed',
    description: 'Write the features, embeddings or assignments of images to a Parquet, NumPy or JSON Lines file.',
    runsPlugins: true,
    load: () => import('./commands/embed.js'),
  },
  {
    name: 'export',
    description: 'Write the encoder of a run for PyTorch, timm, ONNX or the browser, with a model card.',
    runsPlugins: true,
    load: () => import('./commands/export.js'),
  },
  {
    name: 'reproduce',
    description: 'Train again from a run directory and compare every loss and weight with it.',
    runsPlugins: true,
    load: () => import('./commands/reproduce.js'),
  },
  {
    name: 'compare',
    description: 'Train several pipelines over several seeds and print a table of means and standard deviations.',
    runsPlugins: true,
    load: () => import('./commands/compare.js'),
  },
  {
    name: 'runs',
    description: 'List, show, rank, compare, export and delete run directories.',
    load: () => import('./commands/runs.js'),
  },
  {
    name: 'report',
    description: 'Write an HTML page on all runs below a folder: results, differences, curves, cost and pipelines.',
    runsPlugins: true,
    load: () => import('./commands/report.js'),
  },
  {
    name: 'serve',
    description: 'Serve a live dashboard of all runs below a folder to the browser of this machine.',
    load: () => import('./commands/serve.js'),
  },
  {
    name: 'schema',
    description: 'Write the JSON Schema of pipelines for editors, or the reference of all components as Markdown.',
    runsPlugins: true,
    load: () => import('./commands/schema.js'),
  },
  {
    name: 'plugins',
    description: 'List plugins with their version, folder and components.',
    runsPlugins: true,
    load: () => import('./commands/plugins.js'),
  },
  {
    name: 'plugin',
    description: 'Write the package of a new plugin, or check a plugin against the contract.',
    load: () => import('./commands/plugin.js'),
  },
  {
    name: 'backend',
    description: 'List, install or remove compute backends.',
    load: () => import('./commands/backend.js'),
  },
  {
    name: 'golden',
    description: 'Run numeric reference cases through the components, by their `use` names.',
    load: () => import('./commands/golden.js'),
  },
];
