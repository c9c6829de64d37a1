import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { reportOn } from '@carl-ssl/core/testing';
import type { Page } from 'playwright-core';
import { temporaryFolder } from '../e2e/tiny.js';
import { serveFolder, type Tested } from '../serve/ask.js';
import { appendMetrics, COLLAPSE, stepLines, writeFakeRun } from '../serve/fake-runs.js';
import { inChromium, seriousFindings } from './chromium.js';

describe('the dashboard in a browser', () => {
  const folder = temporaryFolder();
  const { open } = inChromium();
  const runs = (...names: string[]): string => folder.within('runs', ...names);
  const PHONE = { viewport: { width: 360, height: 740 } };
  const HOSTILE = '<img src=x onerror="globalThis.pwned=1">';
  let served: Tested;

  before(async () => {
    for (const seed of [0, 1])
      writeFakeRun(runs('carl-with-a-long-name', `seed-${seed}`), {
        seed,
        accuracy: 0.7 + seed / 10,
        lines: seed ? [COLLAPSE] : [],
      });
    writeFakeRun(runs('simclr'), { method: 'nt-xent' });
    writeFakeRun(runs(HOSTILE), { name: HOSTILE, method: HOSTILE });
    writeFileSync(runs(HOSTILE, 'failure.json'), JSON.stringify({ format: 1, code: 'X', message: HOSTILE }));
    served = await serveFolder(runs());
  });
  after(async () => {
    await served.close();
    expect(served.errors).to.deep.equal([]);
  });

  const at = (path: string): string => served.address.replace('/?', `${path}${path.includes('?') ? '&' : '?'}`);
  const overflow = (page: Page): Promise<number> =>
    page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  const surface = async (page: Page, colorScheme: 'light' | 'dark'): Promise<string> => {
    await page.emulateMedia({ colorScheme });
    return page.evaluate('getComputedStyle(document.body).backgroundColor');
  };
  const focused = (page: Page): Promise<string> =>
    page.evaluate('document.activeElement.name || document.activeElement.textContent.trim()');

  it('follows a training without an error, a flash or a loss of focus', async () => {
    const { page, errors } = await open(at('/'));
    await page.locator('.connection.live').waitFor();
    await page.locator('[name=words]').focus();
    await page.evaluate(
      'globalThis.first = document.querySelector("figure"); document.querySelector("details").open = false',
    );
    appendMetrics(runs('simclr'), [{ ...stepLines(20, 21)[0], loss: 123.5 }]);
    await page.locator('[aria-label*="simclr 123.5"]').first().waitFor({ state: 'attached' });
    expect(await page.evaluate('first === document.querySelector("figure") && !document.querySelector("details").open')).to.equal(true); // prettier-ignore
    expect([await focused(page), page.url().includes('token')]).to.deep.equal(['words', false]);
    expect(await page.evaluate('globalThis.pwned')).to.equal(undefined);
    expect(errors).to.deep.equal([]);
    await page.close();
  });

  it('can be used by keyboard alone', async () => {
    const { page, errors } = await open(at('/?chosen=1'));
    await page.keyboard.press('Tab');
    expect(await focused(page)).to.equal('Skip to the curves');
    for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
    expect(await focused(page)).to.equal('words');
    await page.keyboard.type('simclr');
    await page.getByText('1 of 4 runs').waitFor();
    while ((await focused(page)) !== 'run') await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.locator('.legend a', { hasText: 'simclr' }).waitFor();
    expect([await focused(page), page.url().endsWith('words=simclr&run=simclr')]).to.deep.equal(['run', true]);
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForURL('**/run?name=simclr'), page.keyboard.press('Enter')]);
    await page.goBack();
    await page.getByText('1 of 4 runs').waitFor();
    expect(errors).to.deep.equal([]);
    await page.close();
  });

  it('keeps the colours of runs in the order in which they were ticked', async () => {
    const { page } = await open(at('/?run=simclr'));
    await page.getByLabel('Compare carl-with-a-long-name/seed-0').check();
    await page.locator('.legend li').nth(1).waitFor();
    const names = await page.locator('.legend a').allTextContents();
    expect(names).to.deep.equal(['simclr', 'carl-with-a-long-name/seed-0']);
    await page.getByLabel('Compare simclr').uncheck();
    await page.locator('.legend li').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('.legend a').allTextContents()).to.deep.equal(['carl-with-a-long-name/seed-0']);
    await page.close();
  });

  it('fits a phone, has a dark form, and no serious finding of axe-core', async () => {
    for (const path of ['/', `/run?name=${encodeURIComponent('carl-with-a-long-name/seed-1')}`]) {
      const { page, errors } = await open(at(path), PHONE);
      expect(await overflow(page), path).to.equal(0);
      await page.evaluate('for (const one of document.querySelectorAll("details")) one.open = true');
      expect(await overflow(page), path).to.equal(0);
      const [light, dark] = [await surface(page, 'light'), await surface(page, 'dark')];
      expect([light, dark]).to.deep.equal(['rgb(246, 247, 248)', 'rgb(17, 20, 23)']);
      expect(await seriousFindings(page), path).to.deep.equal([]);
      expect(errors).to.deep.equal([]);
      await page.close();
    }
  });

  it('shows the values of all lines under the pointer', async () => {
    const { page, errors } = await open(at('/?run=simclr&run=carl-with-a-long-name%2Fseed-0'));
    await page.locator('[aria-label^="loss over"] svg').hover();
    await page.locator('.readout').waitFor();
    expect(await page.locator('.readout').innerText()).to.match(/^step \d+\s+[\d.]+\s+[\d.]+$/);
    await page.locator('h1').hover();
    await page.locator('.readout').waitFor({ state: 'hidden' });
    expect(errors).to.deep.equal([]);
    await page.close();
  });

  it('the report has no serious finding of axe-core', async () => {
    const file = folder.within('report.html');
    writeFileSync(file, await reportOn(runs('carl-with-a-long-name'), 'encoders'));
    const { page, errors } = await open(`file://${file}`, PHONE);
    expect(await seriousFindings(page)).to.deep.equal([]);
    expect([await overflow(page), errors]).to.deep.equal([0, []]);
    await page.close();
  });
});
