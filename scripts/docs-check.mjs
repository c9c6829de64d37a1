/**
 * Builds the documentation site and looks at it in a browser: wide and narrow, light and dark, for faults of accessibility,
 * overflow and errors; and whether the search finds methods by their names. Needs /usr/bin/chromium. Run it by hand.
 */
import axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { say } from './steps.mjs';
import { ROOT } from './docs/repository.mjs';

const PAGES = ['/', '/guide/idea.html', '/methods/moco.html', '/methods/', '/reference/objective.html', '/guide/why-does-it-collapse.html', '/api/core.html']; // prettier-ignore
const LOOKS = [
  { width: 1280, colorScheme: 'light' },
  { width: 390, colorScheme: 'dark' },
];
/** What people type, and the page that should be the first result. */
const SEARCHES = {
  simclr: '/methods/simclr.html',
  moco: '/methods/moco.html',
  simsiam: '/methods/simsiam.html',
  lejepa: '/methods/lejepa.html',
  byol: '/methods/byol.html',
  dino: '/methods/dino.html',
  mae: '/methods/',
  'nt-xent': '/reference/objective.html',
  KEY_UNKNOWN: '/reference/errors.html',
  WMSE_GROUP_SMALL: '/reference/component-codes.html',
};
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.png': 'image/png' };

/** Serves site/html as any web server does, and returns its address. */
async function serve() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const file = join(ROOT, 'site/html', path.endsWith('/') ? `${path}index.html` : path);
    readFile(file).then(
      bytes => response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  return { server, address: `http://127.0.0.1:${server.address().port}` };
}

async function open(browser, url, { width, colorScheme }) {
  const context = await browser.newContext({ viewport: { width, height: 850 }, colorScheme });
  const page = await context.newPage();
  const faults = [];
  page.on('console', message => message.type() === 'error' && faults.push(message.text()));
  page.on('pageerror', error => faults.push(String(error)));
  await page.goto(url);
  await page.waitForFunction("document.querySelector('#app')?.__vue_app__ !== undefined");
  return { page, faults, close: () => context.close() };
}

async function faultsOf(browser, url, look) {
  const { page, faults, close } = await open(browser, url, look);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate('axe.run()');
  const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  await close();
  return [
    ...faults,
    ...violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.length} x ${nodes[0].html.slice(0, 120)}`),
    ...(wide > 0 ? [`is ${wide} pixels wider than the window`] : []),
  ];
}

/** Path of the first result of the search. */
async function firstResult(browser, address, words) {
  const { page, close } = await open(browser, `${address}/`, LOOKS[0]);
  await page.keyboard.press('Control+k');
  await page.fill('.VPLocalSearchBox input', words);
  const link = page.locator('.VPLocalSearchBox .results a').first();
  const target = await link.getAttribute('href', { timeout: 30_000 }).catch(() => 'nothing');
  await close();
  return target.split('#')[0];
}

await import('./docs.mjs');
const { server, address } = await serve();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let wrong = 0;
const report = (name, faults) => {
  wrong += faults.length;
  say(faults.length === 0 ? `ok     ${name}` : `FAULT  ${name}\n         ${faults.join('\n         ')}`);
};
for (const path of PAGES)
  for (const look of LOOKS)
    report(`${path} at ${look.width}, ${look.colorScheme}`, await faultsOf(browser, address + path, look));
for (const [words, wanted] of Object.entries(SEARCHES)) {
  const found = await firstResult(browser, address, words);
  report(`search for ${words}: ${found}`, found === wanted ? [] : [`should be ${wanted}`]);
}
await browser.close();
server.close();
process.exitCode = wrong === 0 ? 0 : 1;
