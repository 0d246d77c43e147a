/**
 * The desk in a real browser over a real registry: signing in, passkeys, keys, and every decision.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchVersionEvidence } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../skills-index/statement/parse-statement.ts';
import { decide } from '../../skills-index/trust/decision/decision.ts';
import { firstPolicy } from '../../skills-index/trust/policy/policy.ts';
import { coseToSpki } from '../../skills-index/trust/signatures/passkey.ts';
import { freshNonce } from '../nonce.ts';
import { chromiumPath, openTab, startChromium, type Tab } from './chromium.ts';
import { type Story, startStory } from './story-registry.ts';
import { publishHarmless, publishHostile, publishTwin } from './story-versions.ts';

let story: Story;
let browser: Browser;
let tab: Tab;

beforeAll(async () => {
  browser = await startChromium();
  story = await startStory();
  await publishHarmless(story);
  await publishTwin(story);
  await publishHostile(story);
  tab = await openTab(browser);
});

afterAll(async () => {
  await browser?.close();
  await story?.close();
});

const at = (path: string): string => `${story.base}/review${path}`;
const harmless = '/@acme/notes/0.2.0';
const twin = '/@acme/weekly-report/1.5.0';
const hostile = '/@acme/hostile/0.1.0';
const stateOf = async (version: string): Promise<unknown> =>
  ((await story.ask(story.keys.otto, `/api/v1/reviews${version}`)) as { status: string }).status;

describe('chromium', () => {
  it('that is missing is an error with the line to type', () => {
    expect(() => chromiumPath({ SKILLGATE_CHROMIUM: '/nowhere/chromium' })).toThrow(
      'apt-get install chromium',
    );
  });
});

describe('signing in', () => {
  it('by a link changes nothing until the button is pressed, and the link works once', async () => {
    const { page } = tab;
    const link = await story.link(story.keys.ruth);
    await page.goto(link);
    await page.goto(link);
    await page.getByRole('button', { name: 'Sign in as ruth' }).click();
    await page.waitForURL(at(''));
    await page.goto(link);
    expect(await page.locator('main').textContent()).toContain('used before');
  });

  it('is asked of everybody else', async () => {
    const { page, context } = await openTab(browser);
    await page.goto(at(''));
    expect(page.url()).toBe(at('/sign-in'));
    const answer = await page.goto(at(harmless));
    expect(answer?.status()).toBe(401);
    await context.close();
  });
});

describe('a passkey', () => {
  it('is made in the desk, counts once an administrator has signed for it, and signs nobody in', async () => {
    const { page } = tab;
    await page.goto(at('/passkeys'));
    await page.getByRole('button', { name: 'Make a passkey' }).click();
    const line = page.getByLabel('the line for the administrator');
    await line.waitFor();
    const { pending } = (await story.ask(story.keys.otto, '/api/v1/members/pending')) as {
      pending: {
        member: string;
        credentialId: string;
        publicKey: string;
        rpId: string;
        origin: string;
      }[];
    };
    const [made] = pending;
    if (made === undefined) throw new Error('no passkey waits');
    // The digest is the browser's own, and it is that of the key which an administrator is about to
    // sign for.
    const key = digestOf(coseToSpki(Buffer.from(made.publicKey, 'base64url')) ?? '');
    expect(await line.textContent()).toBe(
      `skillgate member add ruth --passkey=${made.credentialId} --passkey-key=${key} --role reviewer`,
    );

    const { credentialId, publicKey, rpId, origin } = made;
    const enrolled = { credentialId, publicKey, rpId, origin };
    await story.state(
      memberStatement({
        nonce: freshNonce(),
        name: 'ruth',
        roles: ['reviewer'],
        passkey: enrolled,
        state: 'enrolled',
      }),
      story.keys.administrator,
    );
    await page.goto(at('/sign-in'));
    expect(await page.locator('form[data-passkey]').count()).toBe(0);
    await page.goto(at('/passkeys'));
    expect(await page.locator('main').textContent()).toContain(`✓ ${credentialId}`);
    expect(await page.getByLabel('the line for the administrator').count()).toBe(0);
  });
});

describe('the queue and a version', () => {
  it('show the riskiest first, and the capabilities before everything else', async () => {
    const { page } = tab;
    await page.goto(at(''));
    const rows = await page.locator('tbody tr th').allTextContents();
    expect(rows[0]).toContain('1.5.0');
    await page.goto(at(twin));
    expect(await page.locator('main h2').first().textContent()).toContain('Capabilities');
    expect(await page.locator('.use-undeclared').first().textContent()).toContain('every variable');
    expect(await page.locator('li[class^=step-]').count()).toBe(4);
  });
});

describe('deciding', () => {
  /** What otto does with `skillgate review approve`. */
  const approveOutside = async (): Promise<void> => {
    const wanted = {
      reviewer: { keyId: story.keys.otto.keyId },
      reason: 'Fetched it, read it.',
      independent: true,
    };
    const draft = (await story.ask(
      story.keys.otto,
      `/api/v1/reviews${harmless}/draft`,
      wanted,
    )) as { payload: string };
    await story.state(parseStatement(Buffer.from(draft.payload, 'base64')), story.keys.otto);
  };

  it('approves by passkey: what is signed is shown, and the approval verifies offline', async () => {
    const { page } = tab;
    await page.goto(at(harmless));
    await page.locator('#reason-approve').fill('Read SKILL.md and the script.');
    await page.getByRole('button', { name: 'Go on to the statement' }).click();
    await page.getByRole('heading', { level: 1, name: 'Approve @acme/notes 0.2.0?' }).waitFor();
    expect(await page.locator('.statement').textContent()).toContain(
      'Read SKILL.md and the script.',
    );
    await page.getByRole('button', { name: 'Sign with your passkey' }).click();
    await page.getByText('Your approval is signed and in the log.').waitFor();
    const detail = (await story.ask(story.keys.otto, `/api/v1/reviews${harmless}`)) as {
      approvals: { reviewer: string; by: string }[];
    };
    expect(detail.approvals).toMatchObject([{ reviewer: 'ruth', by: 'passkey' }]);
    expect(await page.locator('.decision').textContent()).toContain('Approvals: 1 of 1');
    expect(await page.locator('.decision').textContent()).toContain(
      'from outside the desk: 0 of 1',
    );
    expect(await stateOf(harmless)).toBe('in review');
    await approveOutside();
    expect(await stateOf(harmless)).toBe('approved');
    // From here on nothing is believed but the root file: evidence first, then the judge, which
    // asks nobody.
    const now = Date.now();
    const query = {
      fetch,
      store: memoryStore(),
      base: story.base,
      root: story.root,
      now,
      name: parseSkillName('@acme/notes'),
      range: '0.2.0',
    };
    const decision = decide({
      ...(await fetchVersionEvidence(query)),
      root: story.root,
      policy: firstPolicy,
      now,
    });
    const ruths = { member: 'ruth', by: 'passkey', independent: false };
    expect(decision).toMatchObject({
      kind: 'admitted',
      approvals: [ruths, { member: 'otto', by: 'key', independent: true }],
    });
  });

  it('cannot be replayed: a signature for one statement is refused for another', async () => {
    const { page } = tab;
    await page.goto(at(hostile));
    await page.locator('#reason-approve').fill('first');
    await page.getByRole('button', { name: 'Go on to the statement' }).click();
    await page.locator('form[data-passkey]').waitFor();
    // The page of this statement asks the passkey to sign something else.
    await page.evaluate(`{
      const form = document.querySelector('form[data-passkey]');
      const options = JSON.parse(form.dataset.options);
      form.dataset.options = JSON.stringify({ ...options, challenge: 'A'.repeat(43) });
    }`);
    await page.getByRole('button', { name: 'Sign with your passkey' }).click();
    await page.locator('[role=alert]', { hasText: 'is invalid' }).waitFor();
    expect(await stateOf(hostile)).toBe('in review');
  });

  it('asks, moves out of quarantine and refuses, each with its reason', async () => {
    const { page } = tab;
    await page.goto(at(twin));
    await page.locator('#reason-ask').fill('Why does it count usage?');
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    await page.getByText('The author sees your question').waitFor();
    await page.locator('#reason-move').fill('The author says that it is wanted.');
    await page.getByRole('button', { name: 'Move to review' }).click();
    await page.getByText('The version is in review now.').waitFor();
    expect(await stateOf(twin)).toBe('in review');
    await page.locator('#reason-refuse').fill('It sends the environment away.');
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.getByText('The author sees your reason.').waitFor();
    expect(await stateOf(twin)).toBe('refused');
    expect(await page.locator('#history').textContent()).toContain(
      'It sends the environment away.',
    );
  });

  it('is refused to a form that another site sent', async () => {
    const session = (await tab.context.cookies()).find(
      (cookie) => cookie.name === '__Host-skillgate',
    );
    expect(session).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict' });
    for (const headers of [
      { origin: 'https://stranger.example' },
      { origin: 'null', 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await fetch(`${at(hostile)}/refuse`, {
        method: 'POST',
        headers: {
          ...(headers as Record<string, string>),
          cookie: `__Host-skillgate=${session?.value}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: 'reason=x',
      });
      expect(answer.status).toBe(403);
    }
    expect(await stateOf(hostile)).toBe('in review');
  });
});
