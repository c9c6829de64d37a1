import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { skipped } from '../skipped.js';

/** Debian's chromium. */
const PROGRAM = '/usr/bin/chromium';

/** A page and the errors in its console: of scripts, of the policy, and of requests that failed. */
export interface OpenPage {
  readonly page: Page;
  readonly errors: readonly string[];
}

/** A browser for the tests of a `describe`; without chromium they are skipped. */
export function inChromium(): {
  readonly open: (address: string, options?: BrowserContextOptions) => Promise<OpenPage>;
} {
  let browser: Browser | undefined;
  before(async function () {
    if (!existsSync(PROGRAM)) skipped(this, `there is no ${PROGRAM} (apt-get install chromium)`);
    // A GPU that the processor computes takes the time of other tests.
    const args = ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
    browser = await chromium.launch({ executablePath: PROGRAM, args });
  });
  after(() => browser?.close());
  return {
    open: async (address, options) => {
      const page = await browser!.newPage(options);
      page.setDefaultTimeout(200_000);
      const errors: string[] = [];
      page.on('console', message => {
        if (['error', 'warning'].includes(message.type())) errors.push(message.text());
      });
      page.on('pageerror', error => errors.push(String(error)));
      await page.goto(address);
      return { page, errors };
    },
  };
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/** Serious and critical findings of axe-core on a page, each with the first element: of all rules in light, of contrast in dark. */
export async function seriousFindings(page: Page): Promise<readonly string[]> {
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await findings(page, '{}');
  await page.emulateMedia({ colorScheme: 'dark' });
  return [...light, ...(await findings(page, `{ runOnly: ['color-contrast'] }`))];
}

async function findings(page: Page, options: string): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<readonly Violation[]>(`axe.run(document, ${options}).then(
    ({ violations }) => violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(one => one.html) })))`);
  const serious = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => `${id}, ${nodes.length} times: ${nodes[0]}`);
}
