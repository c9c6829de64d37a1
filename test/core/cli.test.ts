import { createProgram } from '@carl-ssl/core/host';
import { colorOf, duration, integer, oneOf, progress } from '@carl-ssl/core/testing';
import { expect } from 'chai';
import type { Command } from 'commander';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Everything there is to type: commands with their arguments and options. A change there is a change for users: it belongs into
 * the changelog. `UPDATE_ENTRY_POINTS=1 npx mocha test/core/cli.test.ts` writes the list.
 */
const LIST = new URL('entry-points/command-line.json', import.meta.url);

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
    const surface = surfaceOf(program);
    if (process.env.UPDATE_ENTRY_POINTS) writeFileSync(LIST, `${JSON.stringify(surface, undefined, 2)}\n`);
    expect(surface).to.deep.equal(JSON.parse(readFileSync(LIST, 'utf8')));
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

describe('the help of a command', () => {
  for (const command of program.commands) {
    const runs =
      command.registeredArguments.some(one => /^(files?|run)$/.test(one.name())) || command.name() === 'report';
    it(`${command.name()} ${runs ? 'says' : 'does not say'} that it runs the code of plugins`, () => {
      expect(helpOf(command).includes('this command runs their code')).to.equal(runs);
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
  const advice = `it collapsed. ${'Raise the weight of the regulariser. '.repeat(4)}`;
  const shown = (isTTY: boolean, columns?: number): string => {
    let text = '';
    const stream = { isTTY, columns, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream;
    const observer = progress(stream);
    observer.onStart?.({ run: 'runs/x', steps: 4, epochs: 2, startStep: 1 });
    observer.onStep?.(report);
    observer.onEpoch?.({ epoch: 1, metrics: {} });
    observer.onWarning?.({ kind: 'collapse', since: 1, collapsed: true, message: advice });
    return text;
  };

  const lines =
    'training runs/x: 4 steps in 2 epochs from step 1\n' +
    'epoch 1/2  step 2/4  loss 1.5000  a 1.000  b 0.500  100 images/s  1s left\n' +
    `warning: collapse since step 1: ${advice}\n`;

  it('is one line for each epoch without a terminal', () => {
    expect(shown(false)).to.equal(lines);
  });

  it('is the same lines on a terminal of unknown width, as in a container', () => {
    process.env.TERM = 'xterm';
    for (const width of [0, undefined]) expect(shown(true, width)).to.equal(lines);
  });

  it('has warnings and the ends of epochs in full, however narrow the terminal', () => {
    process.env.TERM = 'xterm';
    const text = shown(true, 20);
    expect(text).to.contain(`: ${advice}\n`);
    expect(text).to.contain('a 1.000  b 0.500  100 images/s  1s left\n');
  });

  it('is a bar that fits the width of a terminal', () => {
    process.env.TERM = 'xterm';
    // eslint-disable-next-line no-control-regex -- what a terminal is told is no text
    const bar = /\r\u001b\[2K(█[^\r\n]*)/.exec(shown(true, 60))![1];
    expect(bar).to.match(/^████████████░░░░░░░░░░░░ epoch 1\/2/);
    expect(bar).to.have.length(60);
  });

  it('shows the course of the loss and the use of prototypes on a terminal, once the training has ended', () => {
    process.env.TERM = 'xterm';
    let text = '';
    const stream = { isTTY: true, columns: 100, write: (part: string) => (text += part) } as unknown as NodeJS.WriteStream; // prettier-ignore
    const observer = progress(stream);
    const prototypes = { count: 64, reachable: 16, perplexity: 40.25, uncertainty: 0.1 };
    for (let step = 1; step <= 4; step++) {
      observer.onStep?.({ ...report, step, loss: 5 - step });
      observer.onHealth?.({ step, health: { featureSpread: 1, rankMe: 1, rankLimit: 1, prototypes: { ...prototypes, used: 3 * step } } }); // prettier-ignore
    }
    expect(text).to.not.contain('prototypes');
    for (let i = 0; i < 2; i++) observer.close?.('finished');
    const cleared = '\r\u001b[2K';
    expect(text.split('loss        ')[1]).to.equal(
      `4.000 █▆▃▁ 1.000\n${cleared}prototypes  3 ▁▃▆█ 12 of 16 in a batch, perplexity 40.3 of 64\n`,
    );
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
