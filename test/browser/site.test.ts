/** The site of `npm run site`, opened as files: nothing is served, so nothing needs a network. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, openTab, startChromium } from './chromium.ts';

const site = new URL('../../.cache/site/', import.meta.url).href;
let browser: Browser;

beforeAll(async () => {
  execFileSync('npm', ['run', '-s', 'site']);
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
});

describe('the site without script', () => {
  it.each([
    ['index.html', 'Skillgate', 1],
    ['docs/reviewer.html', 'Review a skill', 1],
    ['docs/author.html', 'Write and publish a skill', 0],
    ['docs/spec/statements.html', 'Statements', 0],
  ])(
    'shows %s: heading, pictures, code, and links that lead somewhere',
    async (path, title, pictures) => {
      const { page, context } = await openTab(browser, { javaScript: false });
      await page.goto(site + path);
      expect(await page.locator('h1').textContent()).toContain(title);
      const shown = page.locator('article img');
      expect(await shown.count()).toBe(pictures);
      for (const picture of await shown.all())
        expect((await picture.boundingBox())?.height).toBeGreaterThan(100);
      expect(await page.locator('article code').count()).toBeGreaterThan(3);
      await page.getByRole('link', { name: 'Operating agents' }).first().click();
      expect(await page.locator('h1').textContent()).toContain('Operating agents');
      await context.close();
    },
  );

  it('names the pages in the order of the README: authors first, decisions last', async () => {
    const { page, context } = await openTab(browser, { javaScript: false });
    await page.goto(`${site}index.html`);
    const captions = await page.locator('.sidebar-tree .caption').allInnerTexts();
    expect(captions.map((text) => text.toLowerCase())).toEqual([
      'authors',
      'reviewers',
      'agents',
      'registries',
      'reference',
      'security',
      'project',
      'specifications',
      'decisions',
    ]);
    await context.close();
  });
});

describe('the site with script', () => {
  it('finds the page about revoking', async () => {
    const { page, context, complaints } = await openTab(browser);
    await page.goto(`${site}index.html`);
    await page.getByPlaceholder('Search').fill('revoke');
    await page.keyboard.press('Enter');
    await page.getByText(/found \d+ pages/).waitFor();
    await page.locator('#search-results li a').first().click();
    expect(await page.locator('h1').textContent()).toContain('Registry reference');
    expect(await page.getByRole('heading', { name: 'Suspend and revoke' }).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('axe finds nothing, light and dark', async () => {
    const { page, context } = await openTab(browser);
    const found: unknown[] = [];
    for (const path of ['index', 'docs/architecture', 'docs/threat-model', 'docs/spec/README']) {
      await page.goto(`${site}${path}.html`);
      found.push(...(await axeFindings(page)).map((one) => ({ path, ...one })));
    }
    expect(found).toEqual([]);
    await context.close();
  });
});

it('a dead link fails the site: to a page, a section, a file or a picture', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-site-'));
  try {
    mkdirSync(join(folder, 'docs'));
    writeFileSync(join(folder, 'docs/author.md'), '# Author\n');
    const links = [
      '[a](a.md)',
      '[b](#b)',
      '[c](docs/author.md#c)',
      '[d](docs/d.conf)',
      '![e](e.svg)',
    ];
    writeFileSync(join(folder, 'README.md'), `# Front\n\n${links.join('\n')}\n`);
    const args = ['.ci/site/build.sh', folder, join(folder, 'site')];
    const { status, stderr } = spawnSync('sh', args, { encoding: 'utf8' });
    expect(status).not.toBe(0);
    const named = [
      ...stderr.matchAll(/: WARNING: .*not.*: '?(a\.md|b|c|docs\/d\.conf|e\.svg)'?(?= )/g),
    ];
    expect(named.map(([, target]) => target).toSorted()).toEqual([
      'a.md',
      'b',
      'c',
      'docs/d.conf',
      'e.svg',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
