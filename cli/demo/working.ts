/**
 * Fourth scene: the agent works in a sandbox and its skill in a second one. A request waits for
 * Olga, and so do changed files.
 */
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  answerHold,
  type DemoWorld,
  type PromptAnswers,
  showAgentTurn,
  skill,
  startSession,
  token,
} from './session.ts';
import { deals } from './stand-ins.ts';

// The lines with figures, so that the demo stays short.
const diffLinesMax = 4;
const report = `skillgate run --why "the weekly report is due" ${skill} report`;
const outside = 'curl -sS https://usage.stranger.example/';
const allowItself = 'skillgate hold allow 3f9c0a1b2d4e';
const file = `skillgate run --why "Ann wants it in the CRM" ${skill} file`;
const fileAgain = `skillgate run --why "once more, to be sure" ${skill} file`;

/** The agent's session with the honest skill, the files that the skill wrote, and its chart. */
export async function playAgentSession(world: DemoWorld, answers: PromptAnswers): Promise<void> {
  await runSession(world, answers);
  await acceptChanges(world, answers);
  await drawChart(world);
}

async function runSession(world: DemoWorld, answers: PromptAnswers): Promise<void> {
  const { crm, model, stage } = world;
  stage.step('The agent works in a sandbox; each skill that it runs gets a sandbox of its own');
  stage.say(
    '(In this demo the model is a script, and the agent runs each line of it as a command.)',
  );
  const session = startSession(world, [report, outside, allowItself, file, fileAgain]);
  const outcomes = [
    await session.outcomeOf(report),
    await session.outcomeOf(outside),
    await session.outcomeOf(allowItself),
  ];
  for (const [at, line] of [report, outside, allowItself].entries())
    showAgentTurn(world, line, outcomes[at] ?? '');
  const total = String(deals.reduce((sum, deal) => sum + deal.euros, 0));
  stage.gateHeld(
    'egress',
    'the skill reached its one allowed host through the proxy, which decrypts TLS and checks each request',
    outcomes[0]?.includes(total) === true,
  );
  const isConfined =
    outcomes[1]?.includes('403') === true &&
    outcomes[2]?.includes('the sandbox has no command `hold') === true;
  stage.gateHeld(
    'sandbox',
    'the agent reaches its model and its skills; the agent can reach no other host and can approve nothing',
    isConfined,
  );

  stage.step('A request that writes to the CRM waits for Olga, who allows the request once');
  stage.say(
    '(The demo types for Olga in her own terminal. The agent does not know her passphrase.)',
  );
  await answerHold(world, 'allow', answers);
  showAgentTurn(world, file, await session.outcomeOf(file));
  stage.gateHeld(
    'hold',
    'the proxy held the request until Olga had signed, and then sent it',
    crm.filed.length === 1,
  );
  await answerHold(world, 'deny', answers);
  showAgentTurn(world, fileAgain, await session.outcomeOf(fileAgain));
  stage.gateHeld(
    'hold',
    'the same request, sent again, was held again; Olga denied it, and the proxy sent nothing',
    crm.filed.length === 1,
  );
  const { stdout } = await session.ended;
  const visibleToAgent = [stdout, ...model.prompts].join('\n');
  const isOutside =
    crm.tokens.every((header) => header === `Bearer ${token}`) && !visibleToAgent.includes(token);
  stage.gateHeld(
    'secret',
    'the proxy put the real token into the requests; neither the agent nor its model saw the token',
    isOutside,
  );
}

interface WaitingChanges {
  readonly runs: readonly { readonly run: string; readonly digest: string }[];
}

async function acceptChanges(world: DemoWorld, answers: PromptAnswers): Promise<void> {
  const { reports, stage } = world;
  stage.step(
    'The skill wrote to its own view of Olga’s folder; the folder itself changes when Olga accepts the changes',
  );
  const written = join(reports, 'weekly.md');
  const { stdout } = await stage.type('olga', ['changes', 'show', '--format', 'json']);
  const [waiting] = (JSON.parse(stdout) as WaitingChanges).runs;
  const { run = '', digest = '' } = waiting ?? {};
  const show = await stage.type('olga', ['changes', 'show', run.slice(0, 8)], { shown: true });
  stage.say(diffOf(show.stdout, 'weekly.md'));
  const wasThere = existsSync(written);
  const accepted = stage.type('olga', ['changes', 'accept', run.slice(0, 8), '--digest', digest]);
  await Promise.all([accepted, answerHold(world, 'allow', answers)]);
  const isThere = existsSync(written) && readFileSync(written, 'utf8').includes('Arkady');
  stage.gateHeld(
    'view',
    'the report was not in Olga’s folder before her signature; the report is there now',
    !wasThere && isThere,
    written,
  );
}

async function drawChart({ stage }: DemoWorld): Promise<void> {
  const { stdout } = await stage.type('olga', ['run', skill, 'chart'], { shown: true });
  stage.gateHeld(
    'packages',
    'the skill drew the chart with the package that both reviewers signed for',
    stdout.includes(`${deals.length} bars`),
  );
}

// The beginning of one file in the output of `skillgate changes show`.
function diffOf(text: string, path: string): string {
  const lines = text.split('\n');
  const from = lines.findIndex((line) => line.includes(path));
  const rest = lines.slice(from + 1);
  const end = rest.findIndex((line) => !/^( |@|\+|-)/.test(line));
  const shown = rest.slice(0, end === -1 ? undefined : end);
  const added = shown.filter((line) => /^ *\+.*\d/.test(line)).slice(0, diffLinesMax);
  const title = `${lines[from] ?? ''}${othersOf(text, path)}`;
  return [title, ...added].join('\n').replace(/^/gm, '       ');
}

// The other files of the change set, so that the reader can count them.
function othersOf(text: string, path: string): string {
  const names = text.split('\n').flatMap((line) => /^created (\S+)/.exec(line)?.[1] ?? []);
  const others = names.filter((name) => name !== path);
  return `, and ${others.length} more: ${others.join(', ')}`;
}

// Rita at the desk: a real browser signs in by a one-time link, creates a passkey, and signs an
// approval with the passkey.

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
      '(No browser here: the desk’s part needs Chromium, or SKILLGATE_CHROMIUM, and a checkout. Rita signs with her key on the command line.)',
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
