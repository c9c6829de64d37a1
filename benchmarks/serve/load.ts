/**
 * Times the first page of `carl serve` and the page of `carl report` in chromium, over 200 runs:
 *
 *     npx tsx benchmarks/serve/load.ts [steps of each run, 1000 by default]
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { writeFakeRun } from '../../test/serve/fake-runs.js';
import { thisMachine } from '../compare/machine.js';

const RUNS = 200;
/** Runs whose curves are shown: as many as can be told apart. */
const TICKED = 24;
const CARL = 'core/bin/carl.js';
/** Points of all lines in a page. */
const POINTS = `[...document.querySelectorAll('.mark-line path')].reduce((sum, path) => sum + path.getAttribute('d').split('L').length, 0)`; // prettier-ignore

const steps = Number(process.argv[2] ?? 1000);
const machine = thisMachine();
const folder = mkdtempSync(join(tmpdir(), 'carl-serve-'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const names = Array.from({ length: RUNS }, (_, i) => `method-${i % 9}/seed-${i}`);
  for (const [seed, name] of names.entries())
    writeFakeRun(join(folder, name), { seed, steps, accuracy: 0.5 + seed / 500 });
  const rows = [await dashboard(names), await report()];
  const record = { benchmark: 'dashboard', machine, runs: RUNS, steps, rows };
  mkdirSync('benchmarks/results', { recursive: true });
  const file = `benchmarks/results/${new Date().toISOString().slice(0, 10)}-dashboard-${steps}-steps.json`;
  writeFileSync(file, `${JSON.stringify(record, undefined, 2)}\n`);
  console.log(JSON.stringify(record, undefined, 2));
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}

/** The first page of a server that has just started, and the same page again. */
async function dashboard(names: readonly string[]): Promise<object> {
  const server = spawn(process.execPath, [CARL, 'serve', folder], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [output] = (await once(server.stdout, 'data')) as [Buffer];
    const address = new URL(output.toString().trim());
    for (const name of names.slice(0, TICKED)) address.searchParams.append('run', name);
    const page = await browser.newPage();
    const first = await timed(page, address.href);
    const points = await page.evaluate<number>(POINTS);
    const charts = await page.locator('figure svg').count();
    const rows = await page.locator('tbody tr[id]').count();
    return {
      page: 'carl serve',
      rows,
      charts,
      points,
      secondsFirst: first,
      secondsAgain: await timed(page, page.url()),
    };
  } finally {
    server.kill();
  }
}

async function report(): Promise<object> {
  const started = performance.now();
  const file = join(folder, 'report.html');
  execFileSync(process.execPath, [CARL, 'report', folder, '--out', file]);
  const secondsWriting = seconds(started);
  const page = await browser.newPage();
  const mebibytes = Math.round(statSync(file).size / 2 ** 20);
  return { page: 'carl report', mebibytes, secondsWriting, secondsFirst: await timed(page, `file://${file}`) };
}

/** Seconds until a page is loaded and painted. */
async function timed(page: Page, address: string): Promise<number> {
  const started = performance.now();
  await page.goto(address, { timeout: 300_000 });
  await page.evaluate('new Promise(done => requestAnimationFrame(() => setTimeout(done)))');
  return seconds(started);
}

function seconds(started: number): number {
  return Math.round(performance.now() - started) / 1000;
}
