/**
 * Rita at the desk: a real browser signs in by a one-time link, creates a passkey, and signs an
 * approval with the passkey.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { DemoWorld } from './world.ts';

/**
 * Approves a version at the desk by passkey. Without a browser, Rita's key signs on the command
 * line, and the demo says so.
 */
export async function approveInDesk(
  world: DemoWorld,
  version: string,
  reason: string,
): Promise<void> {
  const browser = await openBrowser();
  if (browser === undefined) {
    world.stage.say(
      '(No Chromium found; SKILLGATE_CHROMIUM can name one. Rita signs with her key on the command line.)',
    );
    await world.stage.type('rita', ['review', 'approve', version, '--reason', reason, '--yes']);
    return;
  }
  try {
    const page = await (await browser.newContext({ baseURL: world.base })).newPage();
    page.setDefaultTimeout(20_000);
    await addAuthenticator(page);
    await signIn(world, page);
    await enrolPasskey(world, page);
    await sign(world, page, version, reason);
  } finally {
    await browser.close();
  }
}

async function openBrowser(): Promise<Browser | undefined> {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = ['chromium', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(existsSync);
  const executablePath = process.env.SKILLGATE_CHROMIUM ?? found;
  if (executablePath === undefined) return undefined;
  const playwright = await import('playwright-core').catch(() => undefined);
  const args = [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  return playwright?.chromium.launch({ executablePath, args });
}

/** Chromium's virtual passkey device with user verification (WebDriver, virtual devices). */
async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signIn({ stage }: DemoWorld, page: Page): Promise<void> {
  const { stdout } = await stage.type('rita', ['login', '--browser']);
  const link = /https?:\/\/\S+/.exec(stdout)?.[0];
  if (link === undefined)
    throw new Problem('internal', `login --browser printed no link: ${stdout}`);
  await page.goto(link);
  await page.getByRole('button', { name: /Sign in as/ }).click();
  await page.waitForURL(/\/review\/?$/);
}

async function enrolPasskey({ stage }: DemoWorld, page: Page): Promise<void> {
  await page.goto('/review/passkeys');
  await page.getByRole('button', { name: 'Make a passkey on this device' }).click();
  const commandToType = page.getByText(/skillgate member add/).first();
  const [, credential, key] =
    /--passkey=(\S+) --passkey-key=(sha256:[0-9a-f]{64})/.exec(
      (await commandToType.textContent()) ?? '',
    ) ?? [];
  if (credential === undefined)
    throw new Problem('internal', 'The desk shows no passkey for an administrator to enrol');
  await stage.type('operator', [
    'member',
    'add',
    'rita',
    '--role',
    'reviewer',
    `--passkey=${credential}`,
    `--passkey-key=${key}`,
  ]);
}

async function sign(
  { stage }: DemoWorld,
  page: Page,
  version: string,
  reason: string,
): Promise<void> {
  await page.goto(`/review/${version.replace(/@([^@]*)$/, '/$1')}`);
  await page.getByLabel('Approve').fill(reason);
  await page.getByRole('radio', { name: /my passkey/ }).check();
  await page.getByRole('button', { name: 'Go on to the statement' }).click();
  await page.getByRole('button', { name: 'Sign with your passkey' }).click();
  await page.waitForURL(/done=signed/);
  const approvals = (await page.locator('.approvals').first().textContent()) ?? '';
  stage.gateHeld(
    'review',
    'Rita’s passkey signed the hash of the approval statement: 1 of 2 approvals',
    approvals.includes('1 of 2'),
    page.url(),
  );
}
