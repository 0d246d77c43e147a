import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, signAnswer } from '../../cli/holds/answer.ts';
import { handsOfAgent } from '../../cli/holds/hands.ts';
import { openWith, sealFor } from '../../cli/holds/sealed-message.ts';
import {
  addMailboxKey,
  createKeyFile,
  type KeyFile,
  publicKeyOf,
  readKeyFile,
} from '../../cli/signing/key-file.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { Hold, SignedAnswer } from '../../skills-index/run/holds/hold.ts';
import {
  type MailboxMessage,
  type OpenedRequest,
  readRequest,
  type SignedMailboxText,
  sealAnswer,
  signForMailbox,
} from '../../skills-index/run/holds/mailbox.ts';
import {
  crm,
  makeTestHost,
  runTest,
  startUpstream,
  type TestHost,
  type TestRun,
  type Upstream,
} from './sandbox-fixture.ts';
import { atTerminal, withoutTerminal } from './terminal.ts';

const passphrase = 'correct horse battery staple';
const asked = ['Passphrase of key mira', passphrase] as const;
let folder: string;
let base: string;
let registry: ChildProcess;
let upstream: Upstream;
let mira: KeyFile;
let bob: KeyFile;
let host: TestHost;
let aheadMs = 0;
/** Turns the runner's clock to the end of what waits. */
const endWait = (): void => {
  aheadMs = 60_000;
};
const now = (): Date => new Date(Date.now() + aheadMs);

/** Where mira sits: another machine, that has her key and nothing of the host's. */
const hers = (): Record<string, string> => ({ SKILLGATE_HOME: join(folder, 'mira') });

async function makeApprover(path: string, name: string, closedBy?: string): Promise<KeyFile> {
  const made = await createKeyFile(path, undefined, name, undefined, closedBy);
  await addMailboxKey(path, made, closedBy);
  return (await readKeyFile(path, undefined, async () => closedBy ?? '')).unlocked();
}

const entryOf = (key: KeyFile) => ({
  name: key.name,
  key: publicKeyOf(key),
  mailboxKey: key.mailboxKey,
});

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-mailbox-'));
  for (const name of ['mira/config/keys', 'operator'])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o700 });
  mira = await makeApprover(join(folder, 'mira/config/keys/mira.json'), 'mira', passphrase);
  bob = await makeApprover(join(folder, 'bob.json'), 'bob');
  const operator = { SKILLGATE_HOME: join(folder, 'operator') };
  const made = await withoutTerminal(
    ['registry', 'init', join(folder, 'registry'), '--origin', 'localhost'],
    operator,
  );
  expect(made).toMatchObject({ exit: 0 });
  const script = fileURLToPath(new URL('./registry-process.ts', import.meta.url));
  registry = spawn(process.execPath, [script, join(folder, 'registry')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (registry.stdout === null) throw new Error('no output');
  base = String((await once(registry.stdout, 'data'))[0]).trim();
  upstream = await startUpstream();
});
afterAll(async () => {
  registry.kill('SIGKILL');
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  host = makeTestHost();
  upstream.seen.length = 0;
  aheadMs = 0;
});
afterEach(() => host.remove());

const policy = (more: object = {}) => {
  const file = join(host.paths.config, 'host.json');
  const said = {
    hosts: { 'api.crm.example': `127.0.0.1:${upstream.port}` },
    approvers: [entryOf(mira), entryOf(bob)],
    holds: [{ name: 'posts', when: { method: 'POST' }, seconds: 60 }],
    mailbox: base,
    ...more,
  };
  writeFileSync(file, JSON.stringify(said), { mode: 0o600 });
  return readHostPolicy(file);
};

const poster = {
  files: {
    'probe.py': `
import urllib.request, urllib.error
try: print(urllib.request.urlopen(urllib.request.Request('http://api.crm.example/v2/deals', data=b'deal')).status)
except urllib.error.HTTPError as e: print(e.code)`,
  },
  capabilities: { egress: crm.egress },
};

/** A run that posts once, with the hands of what an agent runs. */
function post(more: object = {}, ask: typeof fetch = fetch): Promise<TestRun> {
  const rules = policy(more);
  const world = {
    env: {},
    paths: host.paths,
    signal: new AbortController().signal,
    fetch: ask,
    now,
  };
  return runTest(host, poster, { now, hands: handsOfAgent(world, rules) }, rules);
}

async function until<Value>(
  what: () => Value | undefined | Promise<Value | undefined>,
): Promise<Value> {
  for (let tries = 0; tries < 400; tries++) {
    const found = await what();
    if (found !== undefined) return found;
    await sleep(50);
  }
  throw new Error('it did not come');
}
const heldNow = (): Promise<Hold> =>
  until(() =>
    holdFiles(join(host.paths.data, 'holds'))
      .kept()
      .find(({ holder }) => holder !== 'ended'),
  );
const states = () => host.audit().flatMap((entry) => (entry.event === 'hold' ? [entry.state] : []));

/** What waits for a key at the registry, as its holder reads it. */
async function lettersFor(key: KeyFile, hold: Hold): Promise<Letter> {
  return until(async () => {
    const question = await signForMailbox(
      { schema: 'skillgate.mailbox-question/1', at: new Date().toISOString(), base } as const,
      key,
    );
    const { messages } = (await send('questions', question)) as {
      messages: SignedMailboxText<MailboxMessage>[];
    };
    const { mailboxPrivate } = await key.unlocked();
    if (mailboxPrivate === undefined) throw new Error('the key has no mailbox key');
    const open = openWith(mailboxPrivate);
    const read = await Promise.all(
      messages.map((one) => readRequest(one, key.keyId, open, new Date())),
    );
    return read
      .filter((one) => one.kind === 'request')
      .find((one) => one.hold.nonce === hold.nonce);
  });
}
async function send(path: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return (
    await fetch(`${base}/api/v1/mailbox/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
  ).json();
}
type Letter = Extract<OpenedRequest, { kind: 'request' }>;
const reply = ({ message, replyTo }: Letter, signed: SignedAnswer) =>
  sealAnswer(message, signed, sealFor(Buffer.from(replyTo, 'base64')));

it('a wrong passphrase on the approver’s machine is a line of that machine’s audit log', async () => {
  const words = ['hold', 'show', '--mailbox', base, '--key', 'mira'];
  const { exit } = await atTerminal(words, hers(), [
    ['Passphrase of key mira', 'another one here'],
  ]);
  expect(exit).not.toBe(0);
  const { shown } = await withoutTerminal(['log', '--format', 'json'], hers());
  expect(shown).toMatch(/"event":\s*"refused"[\s\S]*the key was not opened for the mailbox at/);
});

describe('a held request whose host has a mailbox', () => {
  it('is read and allowed on another machine, and arrives', async () => {
    const running = post();
    const hold = await heldNow();
    await lettersFor(bob, hold);
    const listed = await atTerminal(['hold', 'show', '--mailbox', base, '--key', 'mira'], hers(), [
      asked,
    ]);
    expect(listed.shown).toContain(`${hold.id}  waits until`);
    expect(listed.shown).toContain('POST api.crm.example:80/v2/deals with ');
    expect(upstream.seen).toEqual([]);
    const allowed = await atTerminal(
      ['hold', 'allow', hold.id, '--mailbox', base, '--key', 'mira'],
      hers(),
      [asked, asked],
    );
    expect(allowed.shown).toMatch(
      /POST api\.crm\.example:80\/v2\/deals[\s\S]*Passphrase of key mira[\s\S]*allowed as mira/,
    );
    expect(await running).toMatchObject({ stdout: '200\n' });
    expect(states()).toEqual(['asked', 'allowed']);
    expect(host.audit()).toContainEqual(
      expect.objectContaining({ state: 'allowed', why: 'mira by key' }),
    );
  });

  it('is not allowed by a registry that replays what it was once given', async () => {
    const kept: string[] = [];
    const keeping: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      const body = await response.text();
      if (String(input).includes('/answers/') && body.includes('"answer"')) kept.push(body);
      return new Response(body, response);
    };
    const first = post({}, keeping);
    const old = await heldNow();
    const letter = await lettersFor(bob, old);
    const words = answerOf(
      { now: () => new Date() },
      { hold: old, verdict: 'allow', allowance: { seconds: 0 } },
      'bob',
    );
    await send(
      'answers',
      await signForMailbox(await reply(letter, await signAnswer(bob, words)), bob),
    );
    expect((await first).stdout).toBe('200\n');
    expect(kept).not.toEqual([]);
    let asks = 0;
    // As it came, and under the id of the new message.
    const replaying: typeof fetch = async (input, init) => {
      const id = /\/answers\/([0-9a-f]{32})$/.exec(String(input))?.[1];
      if (id === undefined) return fetch(input, init);
      const answer = JSON.parse(kept[0] ?? '{}');
      if (++asks % 2 === 0) answer.answer.said.id = id;
      return Response.json(answer);
    };
    const second = post({}, replaying);
    // The fifth question comes after the two approvers' answers were judged.
    await expect.poll(() => asks).toBeGreaterThan(4);
    endWait();
    expect((await second).stdout).toBe('403\n');
    expect(upstream.seen).toHaveLength(1);
  });

  it('is answered on the host as ever when the registry is down', async () => {
    const down = 'http://127.0.0.1:9';
    mkdirSync(join(host.paths.config, 'keys'), { recursive: true, mode: 0o700 });
    const here = await createKeyFile(
      join(host.paths.config, 'keys/ann.json'),
      undefined,
      'ann',
      undefined,
      passphrase,
    );
    const running = post({ mailbox: down, approvers: [{ name: 'ann', key: publicKeyOf(here) }] });
    const hold = await heldNow();
    const env = { SKILLGATE_HOME: host.folder };
    const allowed = await atTerminal(['hold', 'allow', hold.id], env, [
      ['Passphrase of key ann', passphrase],
    ]);
    expect(allowed).toMatchObject({ exit: 0 });
    expect((await running).stdout).toBe('200\n');
    const far = await atTerminal(['hold', 'show', '--mailbox', down], hers(), [asked]);
    expect(far).toMatchObject({ exit: 4, shown: expect.stringContaining('registry-down') });
  });

  it('shows a person nothing whose key is open to every program of theirs', async () => {
    const refused = await withoutTerminal(
      ['hold', 'show', '--mailbox', base, '--key', join(folder, 'bob.json')],
      hers(),
    );
    expect(refused).toMatchObject({ exit: 6, shown: expect.stringContaining('has no passphrase') });
  });
});
