/** The page of an evidence report in a real browser, from a file, as an auditor opens it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTab, startChromium } from './chromium.ts';
import { evidencePage } from './evidence-story.ts';

const hostile =
  '<img src=x onerror="document.title=1">\u202e</bdi><script>document.title=2</script>';
let browser: Browser;
let folder: string;
let address: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-page-'));
  const file = join(folder, 'report.html');
  writeFileSync(file, await evidencePage([hostile]));
  address = pathToFileURL(file).href;
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the page of an evidence report', () => {
  it.each(['light', 'dark'] as const)(
    'is readable without a complaint of axe or console, %s',
    async (scheme) => {
      const { page, complaints, context } = await openTab(browser, { scheme });
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(address);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => ({ id, why: nodes[0]?.failureSummary }))).toEqual(
        [],
      );
      expect(complaints).toEqual([]);
      expect(asked).toEqual([address]);
      expect(await page.title()).toBe('Evidence report of Skillgate');
      expect(await page.getByText(hostile.slice(0, 20)).count()).toBeGreaterThan(0);
      await context.close();
    },
  );

  it('fits a telephone, and opens the chain of evidence without a script', async () => {
    const { page, context } = await openTab(browser);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(address);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await page.getByText('Chain of evidence').first().click();
    expect(await page.getByText('root of trust sha256:').first().isVisible()).toBe(true);
    await context.close();
  });

  it('gives the signed report as a file', async () => {
    const { page, context } = await openTab(browser);
    await page.goto(address);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Save the signed report as JSON' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('report.json');
    await context.close();
  });
});
