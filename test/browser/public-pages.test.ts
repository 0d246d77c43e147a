/**
 * The public pages in a real browser: without an account, under attack, for assistive technology, and
 * on a telephone.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { axeFindings, openTab, startChromium } from './chromium.ts';
import { readExample, type Story, startStory } from './story-registry.ts';
import {
  approveBy,
  publishHarmless,
  publishHostile,
  publishTwin,
  publishUpdate,
  untilOffered,
} from './story-versions.ts';

let story: Story;
let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
  story = await startStory();
  await publishHarmless(story);
  await publishTwin(story);
  await publishHostile(story);
  await publishUpdate(story);
  for (const which of ['@acme/notes/0.2.0', '@acme/hostile/0.1.0'])
    await approveBy(story, 'otto', which, '<script>alert(1)</script>');
  await untilOffered(story, '@acme/hostile 0.1.0');
});

afterAll(async () => {
  await browser?.close();
  await story?.close();
});

const pages = {
  home: '/',
  search: '/?q=dated+notes&without=network',
  nothing: '/?q=%3Cscript%3Ealert(1)%3C/script%3E',
  notes: '/@acme/notes',
  hostile: '/@acme/hostile',
  'a hostile version': '/@acme/hostile@0.1.0',
  quarantined: '/@acme/weekly-report@1.5.0',
  waiting: '/@acme/diary@1.1.0',
  publisher: '/@acme',
  rules: '/rules',
  rule: '/rules/flow/secret-to-network',
  advisories: '/advisories',
  missing: '/@acme/nowhere',
} as const;

describe('the public pages', () => {
  it('have nothing that axe finds, light and dark', async () => {
    const { page, context, complaints } = await openTab(browser);
    const found: unknown[] = [];
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(story.base + path);
      found.push(...(await axeFindings(page)).map((one) => ({ name, ...one })));
    }
    expect(found).toEqual([]);
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
    await context.close();
  });

  it('run nothing that a skill contains, and ask no other server', async () => {
    const { page, context, complaints } = await openTab(browser);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    for (const path of Object.values(pages)) {
      await page.goto(story.base + path);
      expect(await page.locator('script, img, iframe, object, embed, [style]').count()).toBe(0);
    }
    expect(asked.length).toBeGreaterThan(Object.keys(pages).length);
    expect(asked.filter((url) => !url.startsWith(`${story.base}/`))).toEqual([]);
    await page.goto(`${story.base}${pages.hostile}`);
    expect(await page.locator('main').textContent()).toContain('<script>alert(1)</script>');
    expect(complaints.filter((one) => !one.includes('404'))).toEqual([]);
    await context.close();
  });

  it('fit a telephone without scrolling sideways', async () => {
    const { page, context } = await openTab(browser);
    await page.setViewportSize({ width: 360, height: 740 });
    const wide: unknown[] = [];
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(story.base + path);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      if (width !== 360) wide.push([name, width]);
    }
    expect(wide).toEqual([]);
    await context.close();
  });

  it('are searched and read with the keyboard alone, without a script', async () => {
    const { page, context } = await openTab(browser, { javaScript: false });
    await page.goto(story.base);
    await page.keyboard.press('Tab');
    expect(await page.locator(':focus').textContent()).toBe('Skip to the content');
    await page.getByRole('searchbox').focus();
    await page.keyboard.type('dated notes');
    await page.keyboard.press('Enter');
    await page.getByText('1 skill found').waitFor();
    await page.getByRole('link', { name: '@acme/notes' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`${story.base}/@acme/notes`);
    await page.getByRole('heading', { name: 'It cannot' }).waitFor();
    await context.close();
  });

  it('show nothing of the twin in quarantine', async () => {
    const { page, context } = await openTab(browser);
    await page.goto(`${story.base}${pages.quarantined}`);
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toContain('nobody has approved this');
    const description = /^description: (.*)$/m.exec(
      readExample('weekly-report-twin')
        .filter(({ path }) => path === 'SKILL.md')
        .map(({ bytes }) => Buffer.from(bytes).toString())
        .join(''),
    )?.[1];
    expect(description).toBeDefined();
    expect(text).not.toContain(description);
    await context.close();
  });
});
