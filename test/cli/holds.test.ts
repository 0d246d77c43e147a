import { createPublicKey, verify } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { handsOfAgent } from '../../cli/holds/hands.ts';
import { separationRows } from '../../cli/holds/separation.ts';
import { createKeyFile, readKeyFile } from '../../cli/signing/key-file.ts';
import { openSealed, sealKey } from '../../cli/signing/stored-key.ts';
import { breakerFile } from '../../runner/agents/breakers.ts';
import { startTimeOf } from '../../runner/files/lock.ts';
import { holdFiles } from '../../runner/holds/holds.ts';
import { postOutside } from '../../runner/webhooks/post-outside.ts';
import { closedBreaker, countBreaker } from '../../skills-index/run/agents/breaker.ts';
import {
  answerBytes,
  type Hold,
  holdAnswerType,
  holdDigest,
  newHold,
} from '../../skills-index/run/holds/hold.ts';
import { holdFieldsOf } from '../../skills-index/run/holds/hold-action.ts';
import { emptyHostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { proofChallenge } from '../../skills-index/trust/signatures/passkey.ts';
import { testPasskey } from '../skills-index/story-keys.ts';
import { skill } from './command-line.ts';
import { folderWith } from './temporary-folder.ts';

const now = new Date('2026-11-20T12:00:00Z');
const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
let home: string;
let hold: Hold;
const ann = testPasskey('ann');

beforeEach(() => {
  home = folderWith();
  for (const part of ['config', 'data', 'data/holds']) mkdirSync(join(home, part), { mode: 0o700 });
  writePolicy({ approvers: [{ name: 'ann', passkey: ann.enrolled }] });
  const action = {
    kind: 'egress',
    host: 'api.crm.example',
    port: 443,
    method: 'POST',
    path: '/v2\u001b[2J',
  } as const;
  const about = holdFieldsOf({ ...action, query: 'to=eve&amount=9' }, 'posts', subject, undefined);
  const holder = `${process.pid} ${startTimeOf(process.pid)}`;
  hold = newHold(subject, { rule: 'posts', seconds: 60, reason: '' }, about, {
    now,
    nonce: 'ab'.repeat(16),
    holder,
  });
  holdFiles(join(home, 'data/holds')).keep(hold);
});

const writePolicy = (policy: object) =>
  writeFileSync(join(home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
const run = (...argv: string[]) => skill(argv, { env: { SKILLGATE_HOME: home }, now: () => now });

describe('skillgate hold', () => {
  it('lists what waits, with nothing that acts on the terminal', async () => {
    const { exit, stdout } = await run('hold', 'show');
    expect([exit, stdout]).toEqual([
      0,
      expect.stringContaining(`${hold.id}  waits until 2026-11-20T12:01:00.000Z`),
    ]);
    expect(stdout).not.toContain('\u001b');
    expect(JSON.parse((await run('hold', 'show', '--format', 'json')).stdout)).toMatchObject({
      schema: 'skillgate.holds/1',
      holds: [{ state: 'waiting', hold: { id: hold.id } }],
    });
  });

  it('shows what decides: the query, and what an allowance for a time lets through', async () => {
    const { stdout } = await run('hold', 'show');
    expect(stdout).toContain('query: to=eve&amount=9');
    expect(stdout).toContain(
      'covers with --for: each POST to a path directly in api.crm.example:443/, with any query, any headers and any body',
    );
  });

  it('takes no answer to a file that names one thing and covers another', async () => {
    const forged = { ...hold, what: 'GET weather.example:443/today with 0 bytes' };
    holdFiles(join(home, 'data/holds')).keep(forged);
    expect((await run('hold', 'show')).stdout).toContain(
      'this hold was not written by a runner: its text does not match its action',
    );
    const ran = await run('hold', 'allow', hold.id, '--approver', 'ann', '--for', '1h');
    expect(ran).toMatchObject({
      exit: expect.any(Number),
      stderr: expect.stringContaining('was not written by a runner'),
    });
    expect([ran.exit, ran.stdout]).not.toEqual([0, expect.anything()]);
  });

  it('hands in what a passkey signed, in two steps', async () => {
    const asked = JSON.parse(
      (await run('hold', 'allow', hold.id, '--approver', 'ann', '--format', 'json')).stdout,
    );
    expect(asked).toMatchObject({
      schema: 'skillgate.hold-challenge/1',
      credentialId: ann.enrolled.credentialId,
    });
    expect(asked.challenge).toBe(
      Buffer.from(proofChallenge(holdAnswerType, answerBytes(asked.answer))).toString('base64url'),
    );
    const assertion = ann.assert(Buffer.from(asked.challenge, 'base64url'));
    writeFileSync(join(home, 'signed.json'), JSON.stringify({ answer: asked.answer, assertion }));
    expect((await run('hold', 'allow', hold.id, '--signed', join(home, 'signed.json'))).exit).toBe(
      0,
    );
    const put = JSON.parse(readFileSync(join(home, `data/holds/${hold.id}.answer.json`), 'utf8'));
    expect(put.answer.hold).toBe(holdDigest(hold));
  });

  it.each([
    ['a time beyond a day', ['hold', 'allow', 'abababababab', '--for', '25h'], 2, 'at most 24h'],
    [
      'an approver that host policy does not name',
      ['hold', 'allow', 'abababababab', '--approver', 'eve'],
      6,
      'names no approver eve',
    ],
  ])('refuses %s', async (_, argv, exit, says) => {
    const ran = await run(...argv);
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).toContain(says);
  });

  it('refuses a key without a passphrase: an agent of this user could sign with it', async () => {
    const key = await createKeyFile(join(home, 'config/keys/plain.json'), undefined, 'plain');
    const spki = Buffer.from(key.publicKey).toString('base64');
    writePolicy({ approvers: [{ name: 'plain', key: { keyId: key.keyId, spki } }] });
    const ran = await run('hold', 'allow', hold.id);
    expect(ran).toMatchObject({ exit: 6, stderr: expect.stringContaining('has no passphrase') });
  });

  it('lets nobody close an agent’s breaker unsigned, whatever is typed', async () => {
    writePolicy({});
    const terms = { subject, thresholds: {}, now, nonce: 'cd'.repeat(16), holder: 'breaker' };
    breakerFile(join(home, 'data/breakers'), subject).write(
      countBreaker(closedBreaker(subject), 'canary', 1, terms),
    );
    expect((await run('hold', 'show')).stdout).toContain('cdcdcdcdcdcd  breaker open');
    const ran = await skill(['hold', 'allow', 'cdcdcdcdcdcd'], {
      env: { SKILLGATE_HOME: home },
      terminal: true,
      input: 'yes\n',
    });
    expect(ran).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('this host has no key of an approver'),
    });
  });
});

describe('a key with a passphrase', () => {
  it('is opened by it alone, and a changed file by nothing', () => {
    const sealed = sealKey(Buffer.from('private'), 'Grüße aus Köln 12');
    expect(Buffer.from(openSealed(sealed, 'Gru\u0308ße aus Köln 12') ?? []).toString()).toBe(
      'private',
    );
    expect(openSealed(sealed, 'Grüße aus Bonn 12')).toBeUndefined();
    expect(
      openSealed({ ...sealed, nonce: 'AAAAAAAAAAAAAAAA' }, 'Grüße aus Köln 12'),
    ).toBeUndefined();
  });

  it('asks when something is signed, and not before', async () => {
    const path = join(home, 'config/keys/op.json');
    await createKeyFile(path, undefined, 'op', undefined, 'correct horse battery');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    let asked = 0;
    const ask = async () => (++asked > 1 ? 'correct horse battery' : 'something else');
    const key = await readKeyFile(path, undefined, ask);
    expect(asked).toBe(0);
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'key-file-invalid' });
    const signature = await key.sign(Buffer.from('x'));
    expect(verify('sha256', Buffer.from('x'), createPublicKey(key.publicPem), signature)).toBe(
      true,
    );
    await expect((await readKeyFile(path)).sign(Buffer.from('x'))).rejects.toThrow(
      'does not ask for one',
    );
  });

  it('is not made where there is no terminal to ask at', async () => {
    const ran = await skill(['key', 'create', 'op', '--passphrase'], {
      env: { SKILLGATE_HOME: home, SKILLGATE_PASSPHRASE: 'correct horse battery' },
      input: 'correct horse battery\ncorrect horse battery\n',
    });
    expect(ran).toMatchObject({
      exit: expect.any(Number),
      stderr: expect.stringContaining('not-confirmed'),
    });
    expect((await run('key', 'list')).stdout).not.toContain('op');
  });
});

describe('who can answer here', () => {
  const approvers = [{ name: 'ops', user: { uid: 500, folder: '/srv/answers' } }];
  it.each([
    ['the runner’s own user', approvers, 500, false, 'operator and agent share a uid'],
    ['another user', approvers, 1_000, true, 'holds are answered by ops (another user)'],
    ['a passkey', [{ name: 'ann', passkey: ann.enrolled }], 1_000, true, 'ann (passkey)'],
  ])('%s', (_, named, uid, holds, says) => {
    const [row] = separationRows(
      { ...emptyHostPolicy, file: '/etc/passwd', approvers: named },
      uid,
    );
    expect(row).toMatchObject({ holds, detail: expect.stringContaining(says) });
  });

  it.each([
    ['sealed', true, 'mira (key with a passphrase)'],
    ['keychain', true, 'each program of this user can sign with the key'],
    ['plain', false, 'the agent could approve its own actions'],
    [undefined, true, 'mira (key that is not on this host)'],
  ] as const)('tells how the key of an approver lies here: %s', (kind, holds, says) => {
    const policy = {
      ...emptyHostPolicy,
      file: '/etc/passwd',
      approvers: [{ name: 'mira', key: { keyId: 'k', spki: 's' } }],
    };
    const [row, next] = separationRows(
      policy,
      1_000,
      new Map(kind === undefined ? [] : [['k', kind]]),
    );
    expect(row).toMatchObject({ holds, detail: expect.stringContaining(says) });
    expect(next?.name === 'approver mira').toBe(kind === 'plain');
  });

  it('says in doctor that an approver’s key has no passphrase, and that a rule holds nothing', async () => {
    const key = await createKeyFile(join(home, 'config/keys/plain.json'), undefined, 'plain');
    const approver = {
      name: 'mira',
      key: { keyId: key.keyId, spki: Buffer.from(key.publicKey).toString('base64') },
    };
    writePolicy({ approvers: [approver], holds: [{ name: 'pay', when: { tag: 'high-stakes' } }] });
    const { stdout } = await run('doctor');
    expect(stdout).toContain('approver mira: the approver’s key has no passphrase');
    expect(stdout).toContain('pay: the rule names the tag high-stakes, but highStakes is empty');
  });
});

describe('a webhook', () => {
  const sending = { body: '{}', headers: {}, signal: new AbortController().signal };
  it.each([
    [
      'http to a name that is not pinned',
      'http://hooks.example/x',
      ['93.184.216.34'],
      'its address is not https',
    ],
    [
      'a private address',
      'https://hooks.example/secret-path',
      ['10.0.0.1'],
      '10.0.0.1, which is not public',
    ],
    [
      'one private address among public ones',
      'https://hooks.example/',
      ['93.184.216.34', '127.0.0.1'],
      'not public',
    ],
  ])('is not called: %s', async (_, url, addresses, says) => {
    const called = postOutside(url, sending, {}, async () => addresses);
    await expect(called).rejects.toThrow(says);
    await expect(called).rejects.not.toThrow('secret-path');
  });

  it('hears of a hold, signed by this host, without a body, a query or how to answer', async () => {
    const heard: { request: IncomingMessage; body: string }[] = [];
    const server = createServer(async (request, response) => {
      heard.push({ request, body: await text(request) });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const policy = {
      ...emptyHostPolicy,
      hosts: { 'hooks.example': { address: '127.0.0.1', port } },
      webhooks: [{ url: 'http://hooks.example/holds' }],
    };
    const paths = {
      config: join(home, 'config'),
      data: join(home, 'data'),
      cache: join(home, 'cache'),
    };
    handsOfAgent(
      { env: {}, paths, signal: new AbortController().signal, fetch, now: () => now },
      policy,
    ).notify?.(hold);
    await new Promise<void>((resolve) => server.once('request', () => setImmediate(resolve)));
    await expect.poll(() => heard.length).toBe(1);
    const [{ request, body } = { request: undefined, body: '' }] = heard;
    expect(JSON.parse(body)).toMatchObject({
      schema: 'skillgate.hold-notice/1',
      id: hold.id,
      hold: holdDigest(hold),
    });
    expect(body).not.toContain(hold.nonce);
    const key = JSON.parse(readFileSync(join(home, 'config/audit-key.json'), 'utf8'));
    const signature = Buffer.from(String(request?.headers['skillgate-signature']), 'base64');
    expect(verify('sha256', Buffer.from(body), createPublicKey(key.publicKey), signature)).toBe(
      true,
    );
    expect(request?.headers['skillgate-key']).toBe(key.keyId);
    server.close();
  });
});
