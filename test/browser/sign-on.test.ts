/** Single sign-on in a real browser: an identity provider on another site, the desk, a passkey. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { publicKeyOf } from '../../cli/signing/key-file.ts';
import { memberStatement } from '../../skills-index/statement/attestation.ts';
import { freshNonce } from '../nonce.ts';
import { makeProvider, type TestProvider } from '../registry/sign-in/identity-provider.ts';
import { openTab, startChromium } from './chromium.ts';
import { type Story, startStory } from './story-registry.ts';
import { publishHarmless } from './story-versions.ts';

let server: Server;
let provider: TestProvider;
let story: Story;
let browser: Browser;

beforeAll(async () => {
  server = createServer(getRequestListener((request) => provider.answer(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Another site than the desk's localhost, so browsers send no Strict cookie on the way back.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = await makeProvider(issuer);
  provider.person = {
    sub: '00u1',
    email: 'ruth@acme.example',
    email_verified: true,
    groups: ['reviewers'],
  };
  const { clientId, clientSecret } = provider;
  story = await startStory({
    signOn: { issuer, clientId, clientSecret, reviewers: ['reviewers'] },
  });
  await publishHarmless(story);
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  await story?.close();
  server?.close();
});

it('leads from a version to the provider and back, and the passkey approves', async () => {
  const { page, complaints } = await openTab(browser);
  const at = (path: string): string => `${story.base}/review${path}`;
  const harmless = '/@acme/notes/0.2.0';
  const identities = [{ issuer: provider.issuer, subject: 'ruth@acme.example' }];
  const ruth = { nonce: freshNonce(), name: 'ruth', roles: ['reviewer' as const], identities };
  const enrol = (means: object): Promise<void> =>
    story.state(
      memberStatement({ ...ruth, ...means, nonce: freshNonce(), state: 'enrolled' }),
      story.keys.administrator,
    );
  const last = (id: string): Promise<string> =>
    story
      .ask(undefined, `/api/v1/members/last/${id}`)
      .then((answer) => (answer as { statement: string }).statement);

  // A passkey is made in a session that a key started.
  await page.goto(await story.link(story.keys.ruth));
  await page.getByRole('button', { name: 'Sign in as ruth' }).click();
  await page.goto(at('/passkeys'));
  await page.getByRole('button', { name: 'Make a passkey' }).click();
  await page.getByLabel('the line for the administrator').waitFor();
  const { pending } = (await story.ask(story.keys.otto, '/api/v1/members/pending')) as {
    pending: { credentialId: string; publicKey: string; rpId: string; origin: string }[];
  };
  const [made] = pending;
  if (made === undefined) throw new Error('no passkey waits');
  const { credentialId, publicKey, rpId, origin } = made;
  const key = publicKeyOf(story.keys.ruth);
  await enrol({ key, previous: await last(key.keyId) });
  await enrol({ passkey: { credentialId, publicKey, rpId, origin } });
  await page.getByRole('button', { name: 'Sign out' }).click();
  // Chromium warns about the algorithms of the new passkey.
  complaints.length = 0;

  await page.goto(at(harmless));
  expect(page.url()).toBe(at(`/sign-in?next=${encodeURIComponent(`/review${harmless}`)}`));
  await page.getByRole('link', { name: 'Sign in at 127.0.0.1' }).click();
  await page.waitForURL(at(harmless));
  const cookies = await page.context().cookies(story.base);
  expect(cookies.find(({ name }) => name === '__Host-skillgate')).toMatchObject({
    httpOnly: true,
    secure: true,
    sameSite: 'Strict',
  });
  expect(await page.locator('header').textContent()).toContain('ruth');
  expect(await page.locator('.form-refuse').count()).toBe(0);

  await page.locator('#reason-approve').fill('Read SKILL.md and the script.');
  await page.getByRole('button', { name: 'Go on to the statement' }).click();
  await page.getByRole('button', { name: 'Sign with your passkey' }).click();
  await page.getByText('Your approval is signed and in the log.').waitFor();
  const { approvals } = (await story.ask(story.keys.otto, `/api/v1/reviews${harmless}`)) as {
    approvals: unknown[];
  };
  expect(approvals).toMatchObject([{ reviewer: 'ruth', by: 'passkey' }]);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL(at('/sign-in'));
  await page.goto(at(harmless));
  expect(page.url()).toContain('/sign-in?next=');
  expect(complaints).toEqual([]);
});
