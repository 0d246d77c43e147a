/**
 * Makes docs/screenshots/*.png from a real registry and a real scan of the example's weaponised
 * twin: `npx node test/browser/screenshots.ts`. Queue, version page, approval page, and public
 * pages, 1280 wide; the public pages also on a telephone.
 */
import { mkdirSync } from 'node:fs';
import { scanSkill } from '../../scanner/scan.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { openTab, startChromium, type Tab } from './chromium.ts';
import { readExample, type Story, startStory } from './story-registry.ts';
import {
  approveBy,
  publishChatting,
  publishHarmless,
  publishUpdate,
  untilOffered,
} from './story-versions.ts';

/** Pixels: as much of a long page as a reader of the documentation wants. */
const heightMax = 1_560;
const folder = new URL('../../docs/screenshots/', import.meta.url).pathname;

async function publishScanned(
  story: Story,
  which: 'weekly-report' | 'weekly-report-twin',
): Promise<void> {
  const files = readExample(which);
  await story.publish(files, async () => scanSkill(files));
}

/** ruth makes a passkey in the desk, and the administrator signs that it is hers. */
async function enrolPasskey(story: Story, { page }: Tab): Promise<void> {
  await page.goto(`${story.base}/review/passkeys`);
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.getByLabel('the line for the administrator').waitFor();
  const { pending } = (await story.ask(story.keys.otto, '/api/v1/members/pending')) as {
    pending: { credentialId: string; publicKey: string; rpId: string; origin: string }[];
  };
  for (const { credentialId, publicKey, rpId, origin } of pending) {
    const passkey = { credentialId, publicKey, rpId, origin };
    await story.state(
      memberStatement({
        nonce: freshNonce(),
        name: 'ruth',
        roles: ['reviewer'],
        passkey,
        state: 'enrolled',
      }),
      story.keys.administrator,
    );
  }
}

async function shoot({ page }: Tab, name: string, width = 1_280): Promise<void> {
  const height = Math.min(
    heightMax,
    Number(await page.evaluate('document.documentElement.scrollHeight')),
  );
  const clip = { x: 0, y: 0, width, height };
  await page.screenshot({ path: `${folder}${name}.png`, fullPage: true, clip });
}

/** Versions in each state that readers meet. */
async function releaseSome(story: Story): Promise<void> {
  const reasons = {
    otto: 'Checked the archive against the source; the token goes to the CRM alone.',
    ruth: 'Read SKILL.md and all four scripts; the only host is the CRM.',
  } as const;
  const release = async (which: string): Promise<void> => {
    for (const reviewer of ['otto', 'ruth'] as const)
      await approveBy(story, reviewer, which, reasons[reviewer]);
  };
  await release('@acme/weekly-report/1.4.0');
  await publishChatting(story, scanSkill);
  await release('@acme/weekly-report/1.6.0');
  await approveBy(story, 'ruth', '@acme/notes/0.2.0', 'One script of two lines.');
  await publishUpdate(story);
  await untilOffered(story, '@acme/weekly-report 1.6.0');
}

const publicPages = {
  'public-home': '/',
  'public-skill': '/@acme/weekly-report',
  'public-version': '/@acme/weekly-report@1.6.0',
} as const;

/** Public pages, on a desk and on a telephone. */
async function shootPublic(story: Story, tab: Tab): Promise<void> {
  await releaseSome(story);
  for (const [name, path] of Object.entries(publicPages)) {
    await tab.page.setViewportSize({ width: 1_280, height: 800 });
    await tab.page.goto(story.base + path);
    await shoot(tab, name);
    // On a telephone, the page of a version begins as the page of the skill does.
    if (name === 'public-version') continue;
    await tab.page.setViewportSize({ width: 360, height: 740 });
    await shoot(tab, `${name}-telephone`, 360);
  }
}

const story = await startStory();
const browser = await startChromium();
try {
  mkdirSync(folder, { recursive: true });
  await publishHarmless(story);
  await publishScanned(story, 'weekly-report');
  await publishScanned(story, 'weekly-report-twin');
  const tab = await openTab(browser);
  const { page } = tab;
  await page.goto(await story.link(story.keys.ruth));
  await page.getByRole('button', { name: 'Sign in as ruth' }).click();
  await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
  await enrolPasskey(story, tab);
  await page.goto(`${story.base}/review`);
  await shoot(tab, 'queue');
  await page.goto(`${story.base}/review/@acme/weekly-report/1.5.0`);
  await shoot(tab, 'version');
  await page.goto(`${story.base}/review/@acme/weekly-report/1.4.0`);
  await page
    .locator('#reason-approve')
    .fill('Read SKILL.md and all four scripts; the only host is the CRM.');
  await page.getByRole('button', { name: 'Go on to the statement' }).click();
  await page.getByRole('heading', { level: 1, name: 'Approve' }).waitFor();
  await shoot(tab, 'approval');
  await shootPublic(story, tab);
  console.log(`pictures in ${folder}`);
} finally {
  await browser.close();
  await story.close();
}
