import { expect } from 'chai';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { carl, program, start } from './cli.js';
import { remains, temporaryFolder, writePipeline } from './tiny.js';

describe('a training that is interrupted', () => {
  const folder = temporaryFolder();
  const dawdling = { trainer: { epochs: 12, batchSize: 16 }, observers: [{ use: 'dawdler', milliseconds: 30 }] };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    it(`by ${signal} saves its step, exits with 130 and continues to bit-identical results`, async () => {
      const pipeline = writePipeline(folder.within(`${signal}.yaml`), dawdling);
      const [whole, run] = [folder.within(`whole-${signal}`), folder.within(signal)];
      const done = carl(['train', pipeline, '--out', whole]);
      const { child, says, ended } = start(['train', pipeline, '--out', run]);
      await says('epoch 1/');
      child.kill(signal);
      // A closed terminal may send it twice.
      if (signal === 'SIGHUP') child.kill(signal);
      const { code, stderr, stdout } = await ended;
      expect(code).to.equal(130);
      expect(stderr).to.contain(`interrupted; continue with: carl train --resume ${run}`);
      expect(stdout).to.equal('');
      const [step] = readdirSync(join(run, 'checkpoints'))
        .sort()
        .slice(-1)
        .map(name => Number(name.replace('step-', '')));
      expect(step).to.be.within(4, 47);
      const resumed = await carl(['train', '--resume', run]);
      expect(resumed.code).to.equal(0);
      expect(resumed.stderr).to.contain(`48 steps in 12 epochs from step ${step}`);
      expect((await done).code).to.equal(0);
      expect(remains(run)['metrics.jsonl']).to.equal(remains(whole)['metrics.jsonl']);
      expect(finalBytes(run)).to.deep.equal(finalBytes(whole));
    });
  }

  it('names the backend that it was continued on, and records each change of it', async () => {
    const [run, pipeline] = [folder.within('switched'), writePipeline(folder.within('switched.yaml'), dawdling)];
    /** Trains until a step is done, and returns the command that continues. */
    const stopped = async (...args: readonly string[]): Promise<string> => {
      const { child, says, ended } = start(['train', ...args]);
      await says('training ');
      await setTimeout(300);
      child.kill('SIGINT');
      const { code, stderr } = await ended;
      expect([code, stderr]).to.deep.equal([130, stderr]);
      return stderr.split('continue with: ')[1];
    };
    const newest = (): number => Math.max(...readdirSync(join(run, 'checkpoints')).map(name => Number(name.slice(5))));
    expect(await stopped(pipeline, '--out', run)).to.equal(`carl train --resume ${run}\n`);
    const steps = [newest()];
    for (let i = 0; i < 2; i++)
      expect(await stopped('--resume', run, '--backend', 'wasm')).to.equal(
        `carl train --resume ${run} --backend wasm\n`,
      );
    expect((await carl(['train', pipeline, '--out', run])).stderr).to.contain(
      `\`carl train --resume ${run} --backend wasm\``,
    );
    steps.push(newest());
    expect(await stopped('--resume', run)).to.equal(`carl train --resume ${run}\n`);
    const log = readFileSync(join(run, 'log.txt'), 'utf8');
    expect(log.match(/backend: .*/g)).to.deep.equal([
      `backend: was cpu, is wasm after step ${steps[0]}`,
      `backend: was wasm, is cpu after step ${steps[1]}`,
    ]);
    const { changes } = JSON.parse(readFileSync(join(run, 'lock.json'), 'utf8')) as { changes: { step: number }[] };
    expect(changes.map(({ step }) => step)).to.deep.equal(steps);
    expect((await carl(['train', '--resume', run, '--backend', 'wasm'])).code).to.equal(0);
    const before = readFileSync(join(run, 'log.txt'), 'utf8');
    expect((await carl(['train', '--resume', run])).code).to.equal(0);
    expect(readFileSync(join(run, 'log.txt'), 'utf8')).to.equal(before);
  });

  it('continues when its messages cannot be written', async () => {
    const pipeline = writePipeline(folder.within('unread.yaml'), { evaluate: [{ use: 'knn', k: 5 }] });
    const full = await carl(['train', pipeline, '--out', folder.within('full')], { limit: 'exec 2>/dev/full' });
    expect([full.code, full.stdout]).to.satisfy(
      ([code, table]: [number, string]) => code === 0 && table.includes('run directory'),
    );
    const closed = start(['train', pipeline, '--out', folder.within('closed')]);
    await closed.says('backend');
    closed.child.stderr!.destroy();
    closed.child.stdout!.destroy();
    expect((await closed.ended).code).to.equal(0);
    expect(existsSync(folder.within('closed', 'results.json'))).to.equal(true);
    const lost = await carl(['train', pipeline, '--out', folder.within('lost')], { limit: 'exec >/dev/full' });
    expect(lost.code).to.equal(1);
    expect(lost.stderr).to.contain('DISK standard output cannot be written: ENOSPC');
    expect(existsSync(folder.within('lost', 'results.json'))).to.equal(true);
  });

  it('continues to its end when its terminal is gone and it gets no signal', async function () {
    if (spawnSync('script', ['--version']).status !== 0) this.skip();
    const pipeline = writePipeline(folder.within('hangup.yaml'), dawdling);
    const [run, status] = [folder.within('hangup'), folder.within('status')];
    const command = `trap '' HUP; ${process.execPath} ${program} train ${pipeline} --out ${run}; echo $? > ${status}`;
    const terminal = spawn('script', ['-q', '-f', '-e', '-c', command, '/dev/null'], {
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    while (!existsSync(join(run, 'metrics.jsonl')) || statSync(join(run, 'metrics.jsonl')).size === 0)
      await setTimeout(50);
    terminal.kill('SIGKILL');
    while (!existsSync(status) || readFileSync(status, 'utf8') === '') await setTimeout(50);
    expect(readFileSync(status, 'utf8')).to.equal('0\n');
    expect(readdirSync(join(run, 'checkpoints'))).to.include('step-00000048');
  });

  it('is evaluated with its table first where the disk cannot be written', async () => {
    const { code, stdout, stderr } = await carl(['evaluate', folder.within('full'), '--quiet'], {
      limit: 'ulimit -f 0',
    });
    expect(code).to.equal(1);
    expect(stdout).to.match(/^trained encoder +\d/m);
    expect(stdout).to.match(/^chance +\d/m);
    expect(stderr).to.match(/^DISK Cannot write .*results\.json/m);
  });

  it('cannot be resumed while it is running', async () => {
    const pipeline = writePipeline(folder.within('busy.yaml'), { data: { use: 'stripes', delay: 600_000 } });
    const run = folder.within('busy');
    const { child, says, ended } = start(['train', pipeline, '--out', run]);
    await says('training ');
    const second = await carl(['train', '--resume', run]);
    expect(second.code).to.equal(2);
    expect(second.stderr).to.contain(`is being trained by the process ${child.pid} on `);
    child.kill('SIGKILL');
    await ended;
    expect(readdirSync(run).filter(name => /^training-\w+\.json$/.test(name))).to.have.length(1);
    const third = start(['train', '--resume', run]);
    await third.says('training ');
    third.child.kill('SIGINT');
    await third.says('Press Ctrl-C again');
    third.child.kill('SIGINT');
    await third.ended;
  });

  it('twice ends immediately, even while it waits', async () => {
    const pipeline = writePipeline(folder.within('slow.yaml'), { data: { use: 'stripes', delay: 600_000 } });
    const run = folder.within('slow');
    const { child, says, ended } = start(['train', pipeline, '--out', run]);
    await says('training ');
    child.kill('SIGINT');
    await says('Stopping after this step. Press Ctrl-C again to stop immediately.');
    child.kill('SIGINT');
    expect((await ended).code).to.equal(130);
    expect(readdirSync(join(run, 'checkpoints'))).to.deep.equal([]);
    expect(existsSync(join(run, 'lock.json'))).to.equal(true);
  });

  it('after its end is reported as finished, and only evaluated, with --resume', async () => {
    const pipeline = writePipeline(folder.within('done.yaml'), { evaluate: [{ use: 'knn', k: 5 }] });
    const run = folder.within('done');
    const first = await carl(['train', pipeline, '--out', run]);
    const before = remains(run);
    const again = await carl(['train', '--resume', run]);
    expect(again.code).to.equal(0);
    expect(again.stderr).to.contain('already finished: all 12 steps are done');
    expect(again.stdout).to.equal(first.stdout);
    expect(remains(run)).to.deep.equal(before);
  });
});

const finalBytes = (run: string) => Object.entries(remains(run)).filter(([name]) => name.startsWith('/step-00000048'));
