import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createKeyFile, publicKeyOf } from '../../cli/signing/key-file.ts';
import { createAgent, grantAgent, revokeAgent } from '../../runner/agents/agent-store.ts';
import { readAgent } from '../../runner/agents/agents.ts';
import { openBreaker } from '../../runner/agents/breakers.ts';
import { holdDesk, holdFiles } from '../../runner/holds/holds.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { RunRequest } from '../../runner/run/run-request.ts';
import {
  answerBytes,
  type Hold,
  type HoldAnswer,
  holdAnswerType,
  holdDigest,
  type SignedAnswer,
} from '../../skills-index/run/holds/hold.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { pae } from '../../skills-index/statement/signature-formats/envelope.ts';
import { makeApprover, passphrase } from './approver.ts';
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

let host: TestHost;
let upstream: Upstream;
let env: Record<string, string>;
let aheadMs = 0;
/** Turns the runners' clock to the end of what waits. */
const endWait = (): void => {
  aheadMs = 60_000;
};
const now = (): Date => new Date(Date.now() + aheadMs);

beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());
beforeEach(async () => {
  host = makeTestHost();
  upstream.seen.length = 0;
  aheadMs = 0;
  env = { SKILLGATE_HOME: host.folder };
});
afterEach(() => host.remove());

/** Host policy as its file says it, with an approver whose key has a passphrase. */
async function writePolicy(more: object): Promise<void> {
  const mira = await makeApprover(host.paths.config);
  const policy = {
    hosts: { 'api.crm.example': `127.0.0.1:${upstream.port}` },
    approvers: [mira],
    ...more,
  };
  writeFileSync(join(host.paths.config, 'host.json'), JSON.stringify(policy), { mode: 0o600 });
}

const posts = (seconds: number) => ({
  holds: [{ name: 'posts', when: { method: 'POST' }, seconds }],
});

const poster = {
  files: {
    'probe.py': `
import json, sys, urllib.request, urllib.error
for path in sys.argv[1:]:
    try: print(urllib.request.urlopen(urllib.request.Request('http://api.crm.example' + path, data=b'deal')).status)
    except urllib.error.HTTPError as e: print(e.code)`,
  },
  capabilities: { egress: crm.egress },
};

/** A run that posts to each path, under the policy in the file. */
const post = (paths: readonly string[], more: Partial<RunRequest> = {}): Promise<TestRun> =>
  runTest(
    host,
    poster,
    { args: [...paths], now, ...more },
    readHostPolicy(join(host.paths.config, 'host.json')),
  );

const folder = (): string => join(host.paths.data, 'holds');

async function heldNow(): Promise<Hold> {
  for (let tries = 0; tries < 2_000; tries++) {
    const hold = holdFiles(folder())
      .kept()
      .find(({ holder }) => holder !== 'ended');
    if (hold !== undefined) return hold;
    await sleep(50);
  }
  throw new Error('nothing is held');
}

const allow = (id: string, ...more: string[]) =>
  atTerminal(['hold', 'allow', id, ...more], env, [['Passphrase of key mira', passphrase]]);

const answerFile = ({ id }: Hold): string => join(folder(), `${id}.answer.json`);

const states = () => host.audit().flatMap((entry) => (entry.event === 'hold' ? [entry.state] : []));

describe('a request that a rule holds', () => {
  it('arrives when the operator allows it with the passphrase of their key, and waiting is not the run’s time', async () => {
    await writePolicy(posts(60));
    const running = runTest(
      host,
      { ...poster, limits: { seconds: 3, memoryMiB: 256 } },
      { args: ['/v2/deals'] },
      readHostPolicy(join(host.paths.config, 'host.json')),
    );
    const hold = await heldNow();
    expect(hold).toMatchObject({
      kind: 'egress',
      rule: 'posts',
      agent: 'operator',
      skill: '@acme/probe',
    });
    await sleep(3_500);
    expect(upstream.seen).toEqual([]);
    expect((await withoutTerminal(['hold', 'show'], env)).shown).toContain(
      `${hold.id}  waits until`,
    );
    const answered = await allow(hold.id);
    expect(answered.shown).toMatch(
      /POST api\.crm\.example:80\/v2\/deals with \d+ bytes, body sha256:/,
    );
    expect(answered.shown).not.toContain(passphrase);
    expect(answered).toMatchObject({ exit: 0 });
    expect(await running).toMatchObject({ reason: 'exit', code: 0, stdout: '200\n' });
    expect(upstream.seen).toEqual(['POST /v2/deals  deal']);
    expect(states()).toEqual(['asked', 'allowed']);
    expect(holdFiles(folder()).kept()).toMatchObject([{ holder: 'ended' }]);
    expect(readdirSync(folder())).toHaveLength(1);
  });

  const payer = (body: string) => ({
    files: {
      'probe.py': `
import sys, urllib.request
body = ${body}
request = urllib.request.Request('http://api.crm.example/v2/pay', data=body, headers={'Content-Type': 'application/json', 'X-Target': 'Ledger.Pay'})
print(urllib.request.urlopen(request).status)`,
    },
    capabilities: { egress: crm.egress },
  });
  const pay = (body: string) =>
    runTest(host, payer(body), {}, readHostPolicy(join(host.paths.config, 'host.json')));
  const shownBy = async (id: string) => (await withoutTerminal(['hold', 'show', id], env)).shown;

  it('is shown whole before it is allowed, headers and body, and arrives as it was shown', async () => {
    await writePolicy(posts(60));
    const running = pay(`b'{"to": "the landlord", "amount": 10}'`);
    const { id } = await heldNow();
    const kept = join(folder(), `${id}.request`);
    const shown = await shownBy(id);
    for (const part of [
      'POST /v2/pay HTTP/1.1',
      'X-Target: Ledger.Pay',
      '| {"to": "the landlord", "amount": 10}',
      kept,
    ])
      expect(shown).toContain(part);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    const answered = await allow(id);
    expect(answered.shown).toContain('| {"to": "the landlord", "amount": 10}');
    expect(answered.shown).toContain('header: X-Target: Ledger.Pay');
    expect((await running).stdout).toBe('200\n');
    expect(upstream.seen).toEqual(['POST /v2/pay  {"to": "the landlord", "amount": 10}']);
    expect(existsSync(kept)).toBe(false);
    expect(readFileSync(host.auditFile, 'utf8')).not.toMatch(/landlord|Ledger/);
  });

  it('is described where its body is no text', async () => {
    await writePolicy(posts(60));
    const running = pay(`b'\\0\\1' * 40_000`);
    const { id } = await heldNow();
    expect(await shownBy(id)).toMatch(/body of 80000 bytes, sha256:\w+: not text,/);
    await allow(id);
    expect((await running).stdout).toBe('200\n');
  });

  it('is allowed for a time for the same folder and method, in later runs too, until it is taken back', async () => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals/1', '/v2/deals/2']);
    const hold = await heldNow();
    await allow(hold.id, '--for', '1h');
    expect((await running).stdout).toBe('200\n200\n');
    expect((await post(['/v2/deals/3'])).stdout).toBe('200\n');
    expect((await withoutTerminal(['hold', 'show'], env)).shown).toContain(
      `${hold.id}  allowed until`,
    );
    expect((await withoutTerminal(['hold', 'deny', hold.id], env)).exit).toBe(0);
    await writeFileSyncPolicy(posts(1));
    expect((await post(['/v2/deals/4'])).stdout).toBe('403\n');
  });
});

// The approvers stay, the rules change.
async function writeFileSyncPolicy(more: object): Promise<void> {
  const path = join(host.paths.config, 'host.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...more }), {
    mode: 0o600,
  });
}

describe('an agent of the same user', () => {
  const mine = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const answerTo = (hold: Hold, more: Partial<HoldAnswer> = {}): HoldAnswer => ({
    schema: 'skillgate.hold-answer/1',
    hold: holdDigest(hold),
    verdict: 'allow',
    seconds: 0,
    approver: 'mira',
    at: new Date().toISOString(),
    ...more,
  });
  const put = (hold: Hold, signed: SignedAnswer) =>
    writeFileSync(answerFile(hold), JSON.stringify(signed), {
      mode: 0o600,
    });
  const signedBy = (answer: HoldAnswer): SignedAnswer => ({
    answer,
    signature: sign('sha256', pae(holdAnswerType, answerBytes(answer)), mine.privateKey).toString(
      'base64',
    ),
  });

  it.each([
    [
      'signs it with a key of its own',
      (hold: Hold) => put(hold, signedBy(answerTo(hold))),
      'its signature is not valid',
    ],
    [
      'edits host policy while it is held',
      (hold: Hold) => {
        const spki = mine.publicKey.export({ type: 'spki', format: 'der' });
        const key = {
          keyId: `sha256:${createHash('sha256').update(spki).digest('hex')}`,
          spki: spki.toString('base64'),
        };
        writeFileSync(
          join(host.paths.config, 'host.json'),
          JSON.stringify({ approvers: [{ name: 'eve', key }] }),
          {
            mode: 0o600,
          },
        );
        put(hold, signedBy(answerTo(hold, { approver: 'eve' })));
      },
      'names no approver',
    ],
  ])('%s: refused, and recorded', async (_, attack, says) => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals']);
    attack(await heldNow());
    await expect.poll(states).toContain('rejected');
    endWait();
    expect((await running).stdout).toBe('403\n');
    expect(upstream.seen).toEqual([]);
    expect(states()).toEqual(['asked', 'rejected', 'expired']);
    expect(host.audit()).toContainEqual(
      expect.objectContaining({ state: 'rejected', why: expect.stringContaining(says) }),
    );
  });

  it('shows the person another action than the one that waits: it is not answered', async () => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals']);
    const hold = await heldNow();
    writeFileSync(
      join(folder(), `${hold.id}.hold.json`),
      JSON.stringify({ ...hold, what: 'GET api.crm.example:80/v2/harmless' }),
    );
    const ran = await withoutTerminal(['hold', 'allow', hold.id], env);
    expect(ran).toMatchObject({
      exit: 6,
      shown: expect.stringContaining('was not written by a runner'),
    });
    endWait();
    expect((await running).stdout).toBe('403\n');
  });

  it('calls skillgate hold allow: no terminal, and at a terminal of its own no passphrase', async () => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals']);
    const { id } = await heldNow();
    const called = await withoutTerminal(['hold', 'allow', id], {
      ...env,
      SKILLGATE_PASSPHRASE: passphrase,
    });
    expect(called).toMatchObject({
      exit: expect.not.stringMatching('0'),
      shown: expect.stringContaining('not-confirmed'),
    });
    expect(called.exit).not.toBe(0);
    const guessed = await atTerminal(['hold', 'allow', id], env, [
      ['Passphrase of key mira', 'letmein letmein'],
    ]);
    expect(guessed.exit).not.toBe(0);
    expect(guessed.shown).toContain('the passphrase is wrong');
    endWait();
    expect((await running).stdout).toBe('403\n');
    expect(upstream.seen).toEqual([]);
  });
});

describe('what waited', () => {
  const agents = () => join(host.paths.config, 'agents');
  const policy = () => readHostPolicy(join(host.paths.config, 'host.json'));
  const starts = { holds: [{ name: 'starts', when: { skill: '@acme/probe' }, seconds: 20 }] };
  const make = (budget: object = {}) => {
    createAgent(agents(), { name: 'finance', now: new Date(), budget });
    return give();
  };
  const give = () => {
    const egress = [{ url: 'http://api.crm.example/v2/*', methods: ['GET', 'POST'] }];
    const capabilities = { ...noCapabilities, egress };
    const skills = [{ skill: '@acme/probe', range: '*' }];
    return grantAgent(agents(), 'finance', {
      skills,
      capabilities,
      reinstate: readAgent(agents(), 'finance').revoked,
    });
  };

  it('does not start when its breaker opened while it waited', async () => {
    await writePolicy(starts);
    const running = post(['/v2/transfer']);
    const hold = await heldNow();
    const desk = holdDesk(folder(), {
      policy: policy(),
      record: () => undefined,
      now: () => new Date(),
      keyFile: join(folder(), 'audit-key.json'),
    });
    openBreaker(join(host.paths.data, 'breakers'), desk, hold).count('canary');
    await Promise.all([
      allow(hold.id),
      expect(running).rejects.toMatchObject({ code: 'breaker-open' }),
    ]);
    expect(upstream.seen).toEqual([]);
    expect(host.audit().map((entry) => entry.event)).not.toContain('start');
  });

  it('does not start when its agent was revoked while it waited', async () => {
    await writePolicy(starts);
    const agent = make();
    const running = post(['/v2/transfer'], { agent });
    const hold = await heldNow();
    revokeAgent(agents(), 'finance', 'everything', new Date());
    await Promise.all([
      allow(hold.id),
      expect(running).rejects.toMatchObject({ code: 'plan-refused' }),
    ]);
    expect(host.audit().map((entry) => entry.event)).not.toContain('start');
  });

  it('reaches nobody when the budget of its agent does not allow it, and so many at once', async () => {
    await writePolicy({ holds: [{ ...starts.holds[0], seconds: 2 }] });
    const one = make({ runs: 1 });
    const poor = Array.from({ length: 4 }, () =>
      post([], { agent: one }).catch(({ code }) => code),
    );
    expect((await Promise.all(poor)).sort()).toEqual([
      'budget-used',
      'budget-used',
      'budget-used',
      'hold-expired',
    ]);
    expect(states()).toEqual(['asked', 'expired']);
  });

  it('was refused by a person: a new run is refused the same without asking', async () => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals']);
    const hold = await heldNow();
    await atTerminal(['hold', 'deny', hold.id], env, [['Passphrase of key mira', passphrase]]);
    expect((await running).stdout).toBe('403\n');
    expect((await post(['/v2/deals'])).stdout).toBe('403\n');
    expect(states()).toEqual(['asked', 'denied', 'denied']);
    expect((await withoutTerminal(['hold', 'show'], env)).shown).toContain(
      `${hold.id}  denied until`,
    );
  });

  it('was allowed for a time: after the agent is revoked it is asked again', async () => {
    await writePolicy(posts(60));
    const running = post(['/v2/deals'], { agent: make() });
    const hold = await heldNow();
    await allow(hold.id, '--for', '8h');
    expect((await running).stdout).toBe('200\n');
    expect((await withoutTerminal(['agent', 'revoke', 'finance'], env)).exit).toBe(0);
    await writeFileSyncPolicy(posts(1));
    expect((await post(['/v2/deals'], { agent: give() })).stdout).toBe('403\n');
  });

  it('counts what stands in request lines and headers as sent', async () => {
    await writePolicy({
      holds: [{ name: 'much', when: { host: 'api.crm.example', bytesOver: 4_000 }, seconds: 1 }],
    });
    const long = `/v2/deals?${'q'.repeat(3_000)}`;
    expect((await post([long, long])).stdout).toBe('200\n403\n');
  });
});

describe('the start of a run', () => {
  const reader = { files: { 'probe.py': 'print("ran")' } };

  it('waits for a person when a rule names it, and its plan says so', async () => {
    await writePolicy({
      holds: [{ name: 'pay', when: { tag: 'high-stakes' }, seconds: 60 }],
      highStakes: ['@acme/*'],
    });
    const running = runTest(host, reader, {}, readHostPolicy(join(host.paths.config, 'host.json')));
    const hold = await heldNow();
    expect(hold).toMatchObject({ kind: 'start', rule: 'pay' });
    await allow(hold.id);
    const run = await running;
    expect(run).toMatchObject({ stdout: 'ran\n', plan: { holds: [{ rule: 'pay', seconds: 60 }] } });
  });

  it('is refused with its code when nobody answers, and nothing was started', async () => {
    await writePolicy({ holds: [{ name: 'all', when: {}, seconds: 1 }] });
    const running = runTest(host, reader, {}, readHostPolicy(join(host.paths.config, 'host.json')));
    await expect(running).rejects.toMatchObject({ code: 'hold-expired' });
    expect(host.audit().map((entry) => entry.event)).not.toContain('start');
  });

  it('takes the operator’s own yes at the terminal only where nobody could sign', async () => {
    const ask = { confirm: async () => true };
    await writePolicy({ holds: [{ name: 'all', when: {}, seconds: 1 }], approvers: [] });
    const policy = () => readHostPolicy(join(host.paths.config, 'host.json'));
    expect((await runTest(host, reader, { hands: ask }, policy())).stdout).toBe('ran\n');
    expect(host.audit()).toContainEqual(
      expect.objectContaining({ state: 'allowed', why: 'operator at the terminal, unsigned' }),
    );
    const spki = publicKeyOf(
      await createKeyFile(join(host.folder, 'other.json'), undefined, 'other'),
    );
    await writeFileSyncPolicy({ approvers: [{ name: 'other', key: spki }] });
    await expect(runTest(host, reader, { hands: ask }, policy())).rejects.toMatchObject({
      code: 'hold-expired',
    });
  });
});

describe('a breaker', () => {
  const denied = (times: number) => ({
    files: {
      'probe.py': `
import time, urllib.request
for i in range(${times}):
    try: urllib.request.urlopen('http://api.crm.example/v1/%d' % i)
    except Exception as e: pass
print('still here', flush=True)
time.sleep(20)`,
    },
    capabilities: { egress: crm.egress },
    limits: { seconds: 25, memoryMiB: 256 },
  });
  const policy = () => readHostPolicy(join(host.paths.config, 'host.json'));

  it('opens at the fifth denial, ends the run, and refuses the next one until a person closes it', async () => {
    await writePolicy({});
    expect(await runTest(host, denied(9), {}, policy())).toMatchObject({
      reason: 'breaker',
      code: null,
    });
    const refused = await runTest(host, denied(0), {}, policy()).catch((problem) => problem);
    expect(refused).toMatchObject({
      code: 'breaker-open',
      message: expect.stringMatching(/requests that were denied: 5 within 10 minutes/),
    });
    expect(refused.hint).toMatch(
      /agent log operator shows what run .* a person closes the breaker with skill(?:gate)? hold allow/,
    );
    const [, id = ''] = /skill(?:gate)? hold allow (\w+)/.exec(refused.hint) ?? [];
    expect((await withoutTerminal(['hold', 'show'], env)).shown).toContain(`${id}  breaker open`);
    expect((await withoutTerminal(['hold', 'allow', id], env)).exit).not.toBe(0);
    expect((await allow(id)).exit).toBe(0);
    const again = await runTest(host, { files: { 'probe.py': 'print("again")' } }, {}, policy());
    expect(again.stdout).toBe('again\n');
    expect(
      host.audit().flatMap((entry) => (entry.event === 'breaker' ? [entry.state] : [])),
    ).toEqual(['opened', 'closed']);
  });

  it('ends what runs in another process', async () => {
    await writePolicy({});
    const waiting = runTest(host, denied(0), {}, policy());
    await sleep(1_000);
    await runTest(host, denied(9), {}, policy());
    expect(await waiting).toMatchObject({ reason: 'breaker', stdout: 'still here\n' });
  });

  it('lets an honest skill be denied a few times', async () => {
    await writePolicy({});
    const four = {
      ...denied(4),
      files: { 'probe.py': denied(4).files['probe.py'].replace('time.sleep(20)', '') },
    };
    expect(await runTest(host, four, {}, policy())).toMatchObject({ reason: 'exit', code: 0 });
  });
});
