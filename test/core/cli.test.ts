import { createProgram } from '@carl-ssl/core/host';
import { colorOf, duration, integer, oneOf, progress } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import type { Command } from 'commander';

/** Everything there is to type. A change here is a change for users: it belongs into the changelog. */
const SURFACE: Readonly<Record<string, readonly string[]>> = {
  '': ['--version', '--debug'],
  train: [
    '[file]',
    '--set <key=value>',
    '--seed <number>',
    '--out <folder>',
    '--backend <name>',
    '--resume <run>',
    '--observer <component>',
    '--profile',
    '--quiet',
  ],
  validate: ['<files...>', '--set <key=value>', '--seed <number>', '--backend <name>', '--format <format>'],
  explain: ['<file>', '[key]', '--set <key=value>', '--seed <number>', '--backend <name>', '--format <format>'],
  plan: ['<file>', '--set <key=value>', '--seed <number>', '--backend <name>', '--format <format>'],
  evaluate: ['<run>', '--network <name>', '--backend <name>', '--format <format>', '--quiet'],
  reproduce: ['<run>', '--out <folder>', '--quiet'],
  compare: [
    '[files...]',
    '--grid <key=uses...>',
    '--seeds <number>',
    '--set <key=value>',
    '--out <folder>',
    '--backend <name>',
  ],
  schema: ['[file]', '--format <format>', '--out <file>'],
  plugins: ['[file]', '--format <format>'],
  backend: [],
  'backend list': ['--plugin <name...>', '--format <format>'],
  'backend install': ['<name>', '--plugin <name...>', '--from <folder>', '--python <path>', '--keep-downloads'],
  'backend remove': ['<name>', '--plugin <name...>'],
  golden: ['<directory>', '--only <kind>', '--backend <name>', '--plugin <name...>'],
};

function surfaceOf(command: Command, path = ''): Record<string, string[]> {
  const words = [
    ...command.registeredArguments.map(one => {
      const name = `${one.name()}${one.variadic ? '...' : ''}`;
      return one.required ? `<${name}>` : `[${name}]`;
    }),
    ...command.options.map(({ flags }) => flags),
  ];
  const inner = command.commands.map(sub => surfaceOf(sub, `${path} ${sub.name()}`.trim()));
  return Object.assign({ [path]: words }, ...inner) as Record<string, string[]>;
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: part => (text += part) });
  command.outputHelp();
  return text;
}

const program = await createProgram();

describe('the command line', () => {
  it('has these commands, arguments and options and no others', () => {
    expect(surfaceOf(program)).to.deep.equal(SURFACE);
  });

  const everyone = (command: Command): Command[] => [command, ...command.commands.flatMap(everyone)];
  for (const command of everyone(program)) {
    it(`describes ${command.name()}, its options, and gives an example`, () => {
      expect(command.description()).to.match(/^[A-Z].*\.$/s);
      for (const option of command.options) expect(option.description, option.flags).to.not.equal('');
      if (command.commands.length === 0 || command === program)
        expect(helpOf(command)).to.match(/\nExamples?:\n {2}carl /);
    });
  }
});

describe('values of options', () => {
  it('that are whole numbers', () => {
    expect(['0', '17', ' 3'].map(integer)).to.deep.equal([0, 17, 3]);
    for (const wrong of ['', ' ', '-1', '1.5', 'x', 'Infinity', '1e400', '9007199254740993'])
      expect(() => integer(wrong), wrong).to.throw('whole number');
  });

  it('that are one of several words', () => {
    expect(oneOf('text', 'json')('json')).to.equal('json');
    expect(() => oneOf('text', 'json')('yaml')).to.throw('It takes text or json.');
  });
});

describe('what a terminal shows', () => {
  const { NO_COLOR, TERM } = process.env;
  afterEach(() => Object.assign(process.env, { NO_COLOR: NO_COLOR ?? '', TERM: TERM ?? '' }));

  it('has colours only where they are wanted', () => {
    Object.assign(process.env, { NO_COLOR: '', TERM: 'xterm' });
    expect([colorOf({ isTTY: true }), colorOf({ isTTY: false }), colorOf({})]).to.deep.equal([true, false, false]);
    process.env.NO_COLOR = '1';
    expect(colorOf({ isTTY: true })).to.equal(false);
    Object.assign(process.env, { NO_COLOR: '', TERM: 'dumb' });
    expect(colorOf({ isTTY: true })).to.equal(false);
  });

  it('formats durations', () => {
    expect([0, 59.4, 60, 3599.6, 3600, 90061, -3].map(duration)).to.deep.equal([
      '0s',
      '59s',
      '1m 00s',
      '1h 00m',
      '1h 00m',
      '25h 01m',
      '0s',
    ]);
  });

  const report = {
    step: 2,
    steps: 4,
    epoch: 1,
    epochs: 2,
    loss: 1.5,
    parts: { a: 1, b: 0.5 },
    notes: {},
    learningRate: 0.1,
    gradientNorm: 1,
    imagesPerSecond: 100,
    imagesPerStep: 50,
  };
  const shown = (isTTY: boolean): string => {
    let text = '';
    const stream = { isTTY, columns: 60, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
    const observer = progress(stream);
    observer.onStart?.({ run: 'runs/x', steps: 4, epochs: 2, startStep: 1 });
    observer.onStep?.(report);
    observer.onEpoch?.({ epoch: 1, metrics: {} });
    observer.onWarning?.({ kind: 'collapse', since: 1, collapsed: true, message: 'it collapsed' });
    return text;
  };

  it('is one line for each epoch without a terminal', () => {
    expect(shown(false)).to.equal(
      'training runs/x: 4 steps in 2 epochs from step 1\n' +
        'epoch 1/2  step 2/4  loss 1.5000  a 1.000  b 0.500  100 images/s  1s left\n' +
        'warning: collapse since step 1: it collapsed\n',
    );
  });

  it('is a bar that fits the width of a terminal', () => {
    const lines = shown(true)
      .split(/[\r\n]/)
      .filter(Boolean);
    expect(lines[1]).to.contain('████████████░░░░░░░░░░░░ epoch 1/2');
    // eslint-disable-next-line no-control-regex -- what a terminal is told is no text
    const widths = lines.slice(0, -1).map(line => line.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '').length);
    expect(Math.max(...widths)).to.be.at.most(60);
  });

  it('averages images per second so that one slow step has little effect', () => {
    let text = '';
    const stream = { isTTY: false, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
    const observer = progress(stream);
    for (let i = 0; i < 20; i++) observer.onStep?.({ ...report, imagesPerSecond: i === 19 ? 50 : 100 });
    observer.onEpoch?.({ epoch: 1, metrics: {} });
    expect(Number(/(\d+) images\/s/.exec(text)![1])).to.be.within(85, 99);
  });
});
