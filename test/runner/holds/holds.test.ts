import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { breakerFile, readBreakers } from '../../../runner/agents/breakers.ts';
import { openAuditKey } from '../../../runner/audit/audit.ts';
import { holdDesk, holdFiles, requestPath } from '../../../runner/holds/holds.ts';
import { readHeldRequest } from '../../../runner/holds/read-request.ts';
import { closedBreaker } from '../../../skills-index/run/agents/breaker.ts';
import type { AuditEvent } from '../../../skills-index/run/audit/audit-entry.ts';
import { writeHeldRequest } from '../../../skills-index/run/holds/held-request.ts';
import {
  answerBytes,
  type Hold,
  type HoldAnswer,
  holdAnswerType,
  holdDigest,
  newHold,
} from '../../../skills-index/run/holds/hold.ts';
import { findAnswer } from '../../../skills-index/run/holds/hold-gate.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { proofChallenge } from '../../../skills-index/trust/signatures/passkey.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';

const now = new Date('2026-11-20T12:00:00Z');
const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
const isRoot = process.getuid?.() === 0;
let folder: string;
let drop: string;
let hold: Hold;
let events: AuditEvent[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-holds-'));
  drop = join(folder, 'drop');
  mkdirSync(drop, { mode: 0o755 });
  events = [];
  const about = {
    kind: 'egress',
    what: 'POST api.crm.example:443/v2 with 4 bytes',
    scope: digestOf('scope'),
  } as const;
  hold = newHold(subject, { rule: 'posts', seconds: 60, reason: '' }, about, {
    now,
    nonce: 'ab'.repeat(16),
    holder: '1 2',
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

const answer = (more: Partial<HoldAnswer> = {}): HoldAnswer => ({
  schema: 'skillgate.hold-answer/1',
  hold: holdDigest(hold),
  verdict: 'allow',
  seconds: 0,
  approver: 'ops',
  at: now.toISOString(),
  ...more,
});
const passkey = testPasskey('ann');
const deskFor = (sandboxUid?: number) => {
  const approvers = [
    { name: 'ops', user: { uid: 500, folder: drop } },
    { name: 'ann', passkey: passkey.enrolled },
  ];
  const policy = { ...emptyHostPolicy, approvers };
  return holdDesk(
    folder,
    {
      policy,
      record: (event) => void events.push(event),
      now: () => now,
      keyFile: join(folder, 'audit-key.json'),
    },
    sandboxUid,
  );
};
const counts = (sandboxUid?: number) => findAnswer(deskFor(sandboxUid), hold) !== undefined;

describe.runIf(isRoot)('an answer of another user of this host', () => {
  const file = () => join(drop, `${hold.id}.json`);
  const put = (path = file()): void => {
    writeFileSync(path, JSON.stringify({ answer: answer() }), { mode: 0o644 });
    for (const one of [path, drop]) chownSync(one, 500, 500);
  };

  it('counts when the kernel says that they wrote it, alone', () => {
    put();
    expect(counts()).toBe(true);
    expect(existsSync(file())).toBe(true);
  });

  it.each<[string, () => void]>([
    ['the runner wrote it', () => chownSync(file(), 0, 0)],
    ['the folder is the runner’s', () => chownSync(drop, 0, 0)],
    ['others may write to it', () => chmodSync(file(), 0o666)],
    ['others may write to the folder', () => chmodSync(drop, 0o777)],
    ['it has a second name somewhere else', () => linkSync(file(), join(folder, 'second.json'))],
    [
      'it is a link to one that counts',
      () => {
        put(join(drop, 'other.json'));
        rmSync(file());
        symlinkSync('other.json', file());
      },
    ],
    [
      'it is too large',
      () => {
        writeFileSync(file(), ' '.repeat(40_000));
        chownSync(file(), 500, 500);
      },
    ],
  ])('does not count when %s', (_, change) => {
    put();
    change();
    expect(counts()).toBe(false);
  });

  it('does not count when the sandbox runs as that user', () => {
    put();
    expect(counts(500)).toBe(false);
    expect(events).toMatchObject([
      { state: 'rejected', why: 'the user of the runner or of the sandbox wrote the answer' },
    ]);
  });
});

describe('an answer by passkey', () => {
  const put = (signed: object): void =>
    writeFileSync(join(folder, `${hold.id}.answer.json`), JSON.stringify(signed));
  const challenge = (said: HoldAnswer) => proofChallenge(holdAnswerType, answerBytes(said));

  it('counts when the person was verified over this very answer', () => {
    const said = answer({ approver: 'ann' });
    put({ answer: said, assertion: passkey.assert(challenge(said)) });
    expect(counts()).toBe(true);
  });

  it.each<[string, () => object]>([
    [
      'it is over the other verdict',
      () => ({
        answer: answer({ approver: 'ann' }),
        assertion: passkey.assert(challenge(answer({ approver: 'ann', verdict: 'deny' }))),
      }),
    ],
    [
      'nobody was verified',
      () => {
        const said = answer({ approver: 'ann' });
        return { answer: said, assertion: passkey.assert(challenge(said), { flags: 0x01 }) };
      },
    ],
    [
      'it is another passkey’s',
      () => {
        const said = answer({ approver: 'ann' });
        return { answer: said, assertion: testPasskey('eve').assert(challenge(said)) };
      },
    ],
    [
      'a signature stands in its place',
      () => ({ answer: answer({ approver: 'ann' }), signature: 'AAAA' }),
    ],
  ])('does not count when %s, and is taken away', (_, signed) => {
    put(signed());
    expect(counts()).toBe(false);
    expect(events).toMatchObject([{ event: 'hold', state: 'rejected' }]);
    expect(existsSync(join(folder, `${hold.id}.answer.json`))).toBe(false);
  });
});

describe('an answer that was given on another machine', () => {
  it.each([
    ['counts here when the approver saw this host', 'own', true],
    ['does not count here when another host had shown this hold as its own', 'other', false],
  ])('%s', (_, whose, expected) => {
    const { keyId } = openAuditKey(join(folder, 'audit-key.json'));
    const host = whose === 'own' ? keyId : digestOf('another host');
    const said = answer({ approver: 'ann', host });
    const signed = {
      answer: said,
      assertion: passkey.assert(proofChallenge(holdAnswerType, answerBytes(said))),
    };
    writeFileSync(join(folder, `${hold.id}.answer.json`), JSON.stringify(signed));
    expect(counts()).toBe(expected);
    expect(events).toMatchObject(
      expected ? [] : [{ state: 'rejected', why: `the answer was given to host ${host}` }],
    );
  });
});

describe('the files', () => {
  it('give back the holds that were written whole, and pass over what is none', () => {
    const files = holdFiles(folder);
    files.keep(hold);
    writeFileSync(join(folder, 'torn.hold.json'), '{"schema":"skillgate.hold/1"');
    writeFileSync(join(folder, 'other.hold.json'), '{}');
    expect(files.kept()).toEqual([hold]);
    files.forget(hold);
    expect(files.kept()).toEqual([]);
    expect(holdFiles(join(folder, 'nowhere')).kept()).toEqual([]);
  });

  it('keep the request beside its hold, for this user alone, until the hold is forgotten', () => {
    const files = holdFiles(folder);
    const request = writeHeldRequest({
      line: 'POST /v2 HTTP/1.1',
      headers: ['Host: a.example'],
      body: Buffer.from('pay'),
    });
    const action = {
      kind: 'egress',
      host: 'a.example',
      port: 443,
      method: 'POST',
      path: '/v2',
    } as const;
    const about: Hold = { ...hold, action: { ...action, request: digestOf(request) } };
    files.keep(about);
    files.keepRequest(about, request);
    expect(statSync(requestPath(folder, about)).mode & 0o777).toBe(0o600);
    expect(readHeldRequest(folder, about)).toEqual({
      line: 'POST /v2 HTTP/1.1',
      headers: ['Host: a.example'],
      body: Buffer.from('pay'),
    });
    // What the hold does not name is not shown in its place.
    expect(
      readHeldRequest(folder, { ...about, action: { ...action, request: digestOf('other') } }),
    ).toBeUndefined();
    expect(readHeldRequest(folder, hold)).toBeUndefined();
    files.forget(about);
    expect(existsSync(requestPath(folder, about))).toBe(false);
    expect(readHeldRequest(folder, about)).toBeUndefined();
  });

  it('know whether the process that waits lives', () => {
    expect(holdFiles(folder).lives('1 2')).toBe(false);
    expect(holdFiles(folder).lives('')).toBe(false);
  });
});

describe('the file of a breaker', () => {
  it('is one for each agent, skill and version, and damaged it is open', () => {
    const breakers = join(folder, 'breakers');
    const mine = breakerFile(breakers, subject);
    const other = breakerFile(breakers, { ...subject, agent: 'sales' });
    mine.write(closedBreaker(subject));
    expect([mine.read()?.agent, other.read()]).toEqual(['finance', undefined]);
    expect(readBreakers(breakers)).toHaveLength(1);
    other.write({ ...closedBreaker(subject), schema: 'x' as 'skillgate.breaker/1' });
    expect(() => other.read()).toThrowError(expect.objectContaining({ code: 'breaker-open' }));
    other.remove();
    expect(other.read()).toBeUndefined();
  });
});
