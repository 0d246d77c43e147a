import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../../../skills-index/run/audit/audit-entry.ts';
import {
  type GatedAction,
  type Hold,
  type HoldAnswer,
  holdDigest,
  type SignedAnswer,
} from '../../../../skills-index/run/holds/hold.ts';
import {
  ended,
  type FoundAnswer,
  type GateSettings,
  openGate,
} from '../../../../skills-index/run/holds/hold-gate.ts';
import type { HoldPolicy } from '../../../../skills-index/run/holds/hold-policy.ts';
import {
  HoldState,
  holdsPerAgentMax,
  holdsPerRunMax,
  holdsWaitingMax,
} from '../../../../skills-index/run/holds/hold-state.ts';
import { emptyHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';

import { digestOf } from '../../../../skills-index/skill/digest.ts';

const begin = Date.parse('2026-11-20T12:00:00Z');
const ann = { name: 'ann', key: { keyId: 'sha256:ann', spki: 'ann' } };
const ops = { name: 'ops', user: { uid: 500, folder: '/srv/answers' } };
const policy: HoldPolicy = {
  ...emptyHostPolicy,
  holds: [{ name: 'posts', when: { method: 'POST' }, seconds: 120 }],
  approvers: [ann, ops],
};
const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
const post = (path = '/v2/deals/1', more: object = {}): GatedAction => ({
  kind: 'egress',
  host: 'api.crm.example',
  port: 443,
  method: 'POST',
  path,
  bytes: 4,
  ...more,
});

/**
 * A host without a clock of its own: each look for an answer takes 200 ms. `signature: 'good'` is
 * one that holds.
 */
function makeHost(more: Partial<GateSettings> = {}) {
  const kept = new Map<string, Hold>();
  const answers = new Map<string, FoundAnswer[]>();
  const requests = new Map<string, Buffer>();
  const events: AuditEvent[] = [];
  const clock = { wall: begin, ticks: 0, nonce: 0 };
  const asked: Hold[] = [];
  let act: (hold: Hold, look: number) => void = () => undefined;
  let looks = 0;
  const settings: GateSettings = {
    policy,
    subject,
    ownUids: [1_000],
    holder: '1 2',
    hands: { notify: (hold) => void asked.push(hold) },
    record: (event) => void events.push(event),
    now: () => new Date(clock.wall),
    ticks: () => clock.ticks,
    nonce: () =>
      String(++clock.nonce)
        .padStart(12, '0')
        .padEnd(32, '0'),
    sleep: async (ms) => {
      clock.wall += ms;
      clock.ticks += ms;
      for (const hold of [...kept.values()]) act(hold, ++looks);
    },
    whyNotSigned: (_, { signature }) =>
      signature === 'good' ? [] : ['its signature is not valid'],
    files: {
      kept: () => [...kept.values()],
      keep: (hold) => void kept.set(hold.id, hold),
      forget: ({ id }) => {
        kept.delete(id);
        answers.delete(id);
      },
      answers: ({ id }) => answers.get(id) ?? [],
      keepRequest: ({ id }, bytes) => void requests.set(id, Buffer.from(bytes)),
      forgetRequest: ({ id }) => void requests.delete(id),
      reject: ({ id }) => void answers.delete(id),
      lives: (holder) => holder === '1 2',
    },
    ...more,
  };
  const writer = { folder: '/data/holds', uid: 1_000, alone: true };
  const put = (hold: Hold, signed: SignedAnswer, by: FoundAnswer['writer'] = writer): void =>
    void answers.set(hold.id, [{ signed, writer: by }]);
  return {
    settings,
    clock,
    events,
    asked,
    kept,
    answers,
    requests,
    put,
    onLook: (then: typeof act) => (act = then),
  };
}

/** A hold as the gate itself writes it. */
function openGateHold(host: ReturnType<typeof makeHost>, action: GatedAction, more: object): Hold {
  const state = new HoldState({
    policy: always,
    subject: { ...subject, ...more },
    ownUids: [],
    atTerminal: false,
  });
  const rule = state.take(action);
  if (rule === undefined) throw new Error('no rule holds it');
  return state.holdOf(rule, action, {
    now: host.settings.now(),
    nonce: 'ab'.repeat(16),
    holder: '1 2',
  });
}
const always: HoldPolicy = {
  ...policy,
  holds: [{ name: 'posts', when: { countOver: 0 }, seconds: 120 }],
};

const answerTo = (hold: Hold, at: number, more: Partial<HoldAnswer> = {}): HoldAnswer => ({
  schema: 'skillgate.hold-answer/1',
  hold: holdDigest(hold),
  verdict: 'allow',
  seconds: 0,
  approver: 'ann',
  at: new Date(at).toISOString(),
  ...more,
});
const waitingIn = ({ kept }: { kept: Map<string, Hold> }): number =>
  [...kept.values()].filter(({ holder }) => holder !== ended).length;
const states = (events: readonly AuditEvent[]) =>
  events.flatMap((one) => (one.event === 'hold' ? [one.state] : []));

describe('a gate', () => {
  it('lets through what no rule names, and touches no file', async () => {
    const files = new Proxy({} as GateSettings['files'], {
      get: () => {
        throw new Error('touched');
      },
    });
    const host = makeHost({ files });
    expect(await openGate(host.settings).ask(post('/v2', { method: 'GET' }))).toEqual({
      kind: 'allowed',
    });
    expect(host.events).toEqual([]);
  });

  it('waits for a signed yes, and forgets it', async () => {
    const host = makeHost();
    host.onLook(
      (hold, look) =>
        look === 5 &&
        host.put(hold, { answer: answerTo(hold, host.clock.wall), signature: 'good' }),
    );
    const gate = openGate(host.settings);
    expect(await gate.ask(post())).toEqual({ kind: 'allowed' });
    expect(states(host.events)).toEqual(['asked', 'allowed']);
    expect([waitingIn(host), host.answers.size, gate.waited()]).toEqual([0, 0, 1_000]);
    expect(host.asked).toHaveLength(1);
  });

  it('records an answer that it cannot take away once, whatever is held after it', async () => {
    const drop = { folder: ops.user.folder, uid: 500, alone: false };
    const host = makeHost();
    const forged = (hold: Hold): FoundAnswer => ({
      signed: { answer: answerTo(hold, begin, { approver: 'ops' }) },
      writer: drop,
    });
    host.onLook((hold) => !host.answers.has(hold.id) && host.answers.set(hold.id, [forged(hold)]));
    // The folder of another user keeps its files.
    const files = {
      ...host.settings.files,
      forget: ({ id }: Hold) => void host.kept.delete(id),
      reject: () => undefined,
    };
    const gate = openGate({ ...host.settings, files });
    for (const path of ['/v1/a', '/v2/a', '/v3/a'])
      expect(await gate.ask(post(path))).toMatchObject({ code: 'hold-expired' });
    expect(states(host.events)).toEqual([
      'asked',
      'rejected',
      'expired',
      'asked',
      'rejected',
      'expired',
      'asked',
      'rejected',
      'expired',
    ]);
  });

  it('keeps the whole request beside the hold while it waits, and asks about its digest', async () => {
    const host = makeHost();
    const shown: string[] = [];
    host.onLook((hold, look) => {
      shown.push(String(host.requests.get(hold.id)));
      if (look === 2)
        host.put(hold, {
          answer: answerTo(hold, host.clock.wall, { seconds: 60 }),
          signature: 'good',
        });
    });
    const request = Buffer.from('POST /v2 HTTP/1.1\r\n\r\npay');
    const whole = async () => ({
      action: post('/v2/deals/1', { request: digestOf(request) }),
      request,
    });
    const gate = openGate(host.settings);
    expect(await gate.ask(post(), undefined, whole)).toEqual({ kind: 'allowed' });
    expect(shown).toEqual([String(request), String(request)]);
    expect(host.asked[0]?.what).toContain(`request ${digestOf(request)}`);
    expect(host.requests.size).toBe(0);
    // What stands asks nobody, so nothing has to be read.
    expect(await gate.ask(post(), undefined, () => Promise.reject(new Error('was read')))).toEqual({
      kind: 'allowed',
    });
  });

  it('keeps nothing of what a request said when nobody is asked about it any more', async () => {
    const host = makeHost();
    const whole = async () => ({
      action: post('/v2', { headers: ['X-A: b'], text: 'pay eve' }),
      request: Buffer.from('x'),
    });
    expect(await openGate(host.settings).ask(post('/v2'), undefined, whole)).toMatchObject({
      code: 'hold-expired',
    });
    expect(JSON.stringify([...host.kept.values()])).toMatch(/"holder":"ended"/);
    expect(JSON.stringify([...host.kept.values()])).not.toMatch(/pay eve|X-A/);
    expect(host.requests.size).toBe(0);
  });

  it('asks nobody about a request that does not come whole, and reads none that no rule holds', async () => {
    const host = makeHost();
    const gate = openGate(host.settings);
    expect(await gate.ask(post(), undefined, async () => undefined)).toMatchObject({
      code: 'hold-denied',
    });
    const read = () => Promise.reject(new Error('was read'));
    expect(await gate.ask(post('/v2', { method: 'GET' }), undefined, read)).toEqual({
      kind: 'allowed',
    });
    expect(host.asked).toEqual([]);
  });

  it('lets no more wait at once because their bodies come at the same time', async () => {
    const host = makeHost();
    const gate = openGate(host.settings);
    const whole = async () => ({ action: post(), request: Buffer.alloc(1) });
    const paths = [...Array(holdsWaitingMax + 3).keys()];
    const all = await Promise.all(paths.map((i) => gate.ask(post(`/v2/${i}/`), undefined, whole)));
    expect(
      all.filter((one) => one.kind === 'denied' && one.why.includes('already wait for a person')),
    ).toHaveLength(3);
  });

  it.each([
    [
      'a wall clock that is set back again and again',
      (host: ReturnType<typeof makeHost>) => {
        host.clock.wall = begin;
      },
    ],
    [
      'a wall clock that jumps ahead',
      (host: ReturnType<typeof makeHost>) => {
        host.clock.wall += 86_400_000;
      },
    ],
  ])('says no in time, by %s', async (_, jump) => {
    const host = makeHost();
    host.onLook(() => jump(host));
    expect(await openGate(host.settings).ask(post())).toMatchObject({
      kind: 'denied',
      code: 'hold-expired',
    });
    expect(host.clock.ticks).toBeLessThanOrEqual(120_200);
    expect(waitingIn(host)).toBe(0);
  });

  it.each<[string, (hold: Hold, at: number) => [SignedAnswer, FoundAnswer['writer']?], string]>([
    ['unsigned', (hold, at) => [{ answer: answerTo(hold, at) }], 'its signature is not valid'],
    [
      'for another hold',
      (hold, at) => [
        { answer: answerTo({ ...hold, nonce: 'f'.repeat(32) }, at), signature: 'good' },
      ],
      'another hold',
    ],
    [
      'made before it',
      (hold, at) => [{ answer: answerTo(hold, at - 3_600_000), signature: 'good' }],
      'not given while the hold waited',
    ],
    [
      'made after it',
      (hold, at) => [{ answer: answerTo(hold, at + 3_600_000), signature: 'good' }],
      'not given while the hold waited',
    ],
    [
      'a user’s, from a folder of somebody else',
      (hold, at) => [
        { answer: answerTo(hold, at, { approver: 'ops' }) },
        { folder: '/data/holds', uid: 500, alone: true },
      ],
      'did not write the answer',
    ],
    [
      'a user’s, written by the runner’s own user',
      (hold, at) => [
        { answer: answerTo(hold, at, { approver: 'ops' }) },
        { folder: '/srv/answers', uid: 1_000, alone: true },
      ],
      'did not write the answer',
    ],
    [
      'a user’s, where others may write',
      (hold, at) => [
        { answer: answerTo(hold, at, { approver: 'ops' }) },
        { folder: '/srv/answers', uid: 500, alone: false },
      ],
      'other users could have written the answer',
    ],
  ])('takes no answer that is %s', async (_, make, says) => {
    const host = makeHost();
    host.onLook((hold, look) => look === 1 && host.put(hold, ...make(hold, host.clock.wall)));
    expect(await openGate(host.settings).ask(post())).toMatchObject({ code: 'hold-expired' });
    const rejected = host.events.find((one) => one.event === 'hold' && one.state === 'rejected');
    expect(rejected).toMatchObject({ why: expect.stringContaining(says) });
  });

  it('takes the answer of another user of this host, from their folder', async () => {
    const host = makeHost();
    const writer = { folder: '/srv/answers', uid: 500, alone: true };
    host.onLook((hold) =>
      host.put(hold, { answer: answerTo(hold, host.clock.wall, { approver: 'ops' }) }, writer),
    );
    expect(await openGate(host.settings).ask(post())).toEqual({ kind: 'allowed' });
    expect(host.events.at(-1)).toMatchObject({ why: 'ops by user of this host' });
  });

  it.each([
    ['no approver', []],
    ['an approver who is the runner’s user', [{ ...ops, user: { ...ops.user, uid: 1_000 } }]],
  ])('refuses at once with %s', async (_, approvers) => {
    const host = makeHost({ policy: { ...policy, approvers } });
    expect(await openGate(host.settings).ask(post())).toMatchObject({ code: 'hold-unsupported' });
    expect([host.clock.ticks, host.asked.length]).toEqual([0, 0]);
  });

  it.each([
    ['the operator, where nobody could sign', 'operator', [], 'allowed'],
    ['the operator, where somebody could', 'operator', [ann], 'expired'],
    ['an agent', 'finance', [], 'unsupported'],
  ])('takes a typed yes: %s', async (_, agent, approvers, state) => {
    const hands = { confirm: async () => true };
    const host = makeHost({
      hands,
      subject: { ...subject, agent },
      policy: { ...policy, approvers },
    });
    await openGate(host.settings).ask(post());
    expect(states(host.events).at(-1)).toBe(state);
  });

  it('allows for a time exactly what was asked: same folder, method, host, agent, version', async () => {
    const host = makeHost();
    host.onLook((hold) =>
      host.put(hold, {
        answer: answerTo(hold, host.clock.wall, { seconds: 600 }),
        signature: 'good',
      }),
    );
    await openGate(host.settings).ask(post());
    host.onLook(() => undefined);
    const asks = async (action: GatedAction, more: Partial<GateSettings> = {}) => {
      const { asked } = host;
      asked.length = 0;
      const answer = await openGate({ ...host.settings, ...more }).ask(action, AbortSignal.abort());
      return asked.length === 0 && answer.kind === 'allowed';
    };
    expect(await asks(post('/v2/deals/2'))).toBe(true);
    expect(await asks(post('/v2/other/2'))).toBe(false);
    expect(await asks(post('/v2/deals/2', { host: 'evil.example' }))).toBe(false);
    expect(await asks(post('/v2/deals/2', { port: 80 }))).toBe(false);
    expect(await asks(post('/v2/deals/2'), { subject: { ...subject, agent: 'sales' } })).toBe(
      false,
    );
    expect(await asks(post('/v2/deals/2'), { subject: { ...subject, version: '1.0.1' } })).toBe(
      false,
    );
    expect(
      await asks(post('/v2/deals/2'), {
        grants: holdDigest(host.kept.values().next().value as Hold),
      }),
    ).toBe(false);
    host.clock.wall += 600_000;
    expect(await asks(post('/v2/deals/2'))).toBe(false);
  });

  it('passes under a wide rule’s allowance no request that a narrower rule is about', async () => {
    const rules = [
      { name: 'posts', when: { method: 'POST' }, seconds: 120 },
      { name: 'payments', when: { path: '/v2/deals/pay' }, seconds: 60 },
    ] as const;
    for (const holds of [rules, rules.toReversed()]) {
      const host = makeHost({ policy: { ...policy, holds } });
      const ask = async (path: string): Promise<string> => {
        host.asked.length = 0;
        await openGate(host.settings).ask(post(path));
        return host.asked.map(({ rule }) => rule).join();
      };
      const allow = (hold: Hold): void =>
        host.put(hold, {
          answer: answerTo(hold, host.clock.wall, { seconds: 3_600 }),
          signature: 'good',
        });
      host.onLook((hold) => allow(hold));
      expect(await ask('/v2/deals/1')).toBe('posts');
      expect(await ask('/v2/deals/2')).toBe('');
      expect((await ask('/v2/deals/pay')).split(', ').toSorted()).toEqual(['payments', 'posts']);
    }
  });

  it('asks so often and then no more', async () => {
    const host = makeHost();
    const gate = openGate(host.settings);
    host.onLook((hold) =>
      host.put(hold, { answer: answerTo(hold, host.clock.wall), signature: 'good' }),
    );
    for (let i = 0; i < holdsPerRunMax; i++)
      expect((await gate.ask(post(`/v2/${i}/`))).kind).toBe('allowed');
    expect(await gate.ask(post('/v2/more/'))).toMatchObject({
      code: 'hold-denied',
      why: expect.stringContaining('already asked 20 times'),
    });
  });

  it('lets a hold that somebody else wrote widen nothing: what covers a request has to be what was shown', async () => {
    const host = makeHost();
    await openGate(host.settings).ask(post());
    const [real] = [...host.kept.values()];
    if (real === undefined) throw new Error('nothing was asked');
    const shown = openGateHold(host, post('/today', { host: 'weather.example', method: 'GET' }), {
      skill: '@acme/weather',
    });
    for (const forged of [
      // The words of one, the scope of another.
      { ...shown, scope: real.scope },
      { ...real, what: shown.what, skill: shown.skill, agent: 'sales' },
      { ...real, action: shown.action },
      { ...real, what: shown.what },
      { ...real, rule: 'other' },
      (({ action: _, ...rest }) => rest)({ ...real, what: shown.what }),
    ]) {
      const hold = {
        ...forged,
        id: 'ab'.repeat(6),
        created: new Date(host.clock.wall).toISOString(),
      } as Hold;
      const lasting = { ...hold, expires: new Date(host.clock.wall + 60_000).toISOString() };
      host.kept.set(hold.id, lasting);
      host.put(lasting, {
        answer: answerTo(lasting, host.clock.wall, { seconds: 3_600 }),
        signature: 'good',
      });
      const answer = await openGate(host.settings).ask(post(), AbortSignal.abort());
      expect(answer).toMatchObject({ kind: 'denied', code: 'hold-expired' });
      host.settings.files.forget(lasting);
    }
  });

  it('remembers a person’s no over runs, for ten minutes and for exactly that', async () => {
    const host = makeHost();
    host.onLook((hold) =>
      host.put(hold, {
        answer: answerTo(hold, host.clock.wall, { verdict: 'deny' }),
        signature: 'good',
      }),
    );
    for (const run of ['r1', 'r2', 'r3'])
      expect(
        await openGate({ ...host.settings, subject: { ...subject, run } }).ask(post()),
      ).toMatchObject({
        code: 'hold-denied',
      });
    expect(host.asked).toHaveLength(1);
    const yes = (hold: Hold) => ({ answer: answerTo(hold, host.clock.wall), signature: 'good' });
    host.onLook((hold) => void (host.answers.has(hold.id) || host.put(hold, yes(hold))));
    expect(await openGate(host.settings).ask(post('/v2/other/1'))).toEqual({ kind: 'allowed' });
    expect(await openGate(host.settings).ask(post())).toMatchObject({ code: 'hold-denied' });
    host.clock.wall += 601_000;
    expect(await openGate(host.settings).ask(post())).toEqual({ kind: 'allowed' });
  });

  it('asks people for an agent so often, over all its runs, and lets so many wait at once', async () => {
    const host = makeHost();
    const next = (path: string, more: Partial<GateSettings> = {}) =>
      openGate({ ...host.settings, ...more }).ask(post(path), AbortSignal.abort());
    for (let i = 0; i < holdsPerAgentMax; i++) await next(`/v2/${i}/`);
    expect(host.asked).toHaveLength(holdsPerAgentMax);
    expect(await next('/v2/more/')).toMatchObject({
      code: 'hold-denied',
      why: expect.stringContaining('asked 40 times for finance'),
    });
    expect(await next('/v2/more/', { subject: { ...subject, agent: 'sales' } })).toMatchObject({
      code: 'hold-expired',
    });
    host.clock.wall += 601_000;
    const waiting = [...Array(holdsWaitingMax + 1).keys()].map((i) =>
      openGate(host.settings).ask(post(`/v3/${i}/`)),
    );
    expect(await waiting.at(-1)).toMatchObject({
      why: expect.stringContaining('10 holds of finance already wait'),
    });
    expect(host.asked).toHaveLength(holdsPerAgentMax + 1 + holdsWaitingMax);
    await Promise.all(waiting);
  });

  it('sweeps what a killed runner left', async () => {
    const host = makeHost();
    const orphan = {
      ...({} as Hold),
      id: 'dead',
      holder: '9 9',
      expires: new Date(begin + 60_000).toISOString(),
    } as Hold;
    host.kept.set('dead', orphan);
    await openGate(host.settings).ask(post(), AbortSignal.abort());
    expect(waitingIn(host)).toBe(0);
  });

  it('never allows what nobody allowed, whatever lies there', async () => {
    const oneAnswer = fc.record({
      verdict: fc.constantFrom('allow' as const, 'deny' as const),
      approver: fc.constantFrom('ann', 'ops', 'eve'),
      signature: fc.constantFrom('good', 'bad', undefined),
      own: fc.boolean(),
      late: fc.constantFrom(-200_000, 0, 200_000),
      seconds: fc.constantFrom(0, 60, 90_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(oneAnswer, { maxLength: 6 }), async (given) => {
        const host = makeHost();
        let counts: 'allow' | 'deny' | undefined;
        host.onLook((hold, look) => {
          const one = given[look - 1];
          if (one === undefined) return;
          const answer = answerTo(
            one.own ? hold : { ...hold, nonce: 'e'.repeat(32) },
            host.clock.wall + one.late,
            one,
          );
          const { verdict, approver, seconds, at } = answer;
          const signed = {
            answer: { ...answerTo(hold, 0), hold: answer.hold, verdict, approver, seconds, at },
          };
          host.put(
            hold,
            one.signature === undefined ? signed : { ...signed, signature: one.signature },
          );
          const good =
            one.own &&
            one.late === 0 &&
            one.approver === 'ann' &&
            one.signature === 'good' &&
            seconds <= 86_400;
          if (good) counts ??= verdict;
        });
        const answer = await openGate(host.settings).ask(post());
        expect(answer.kind).toBe(counts === 'allow' ? 'allowed' : 'denied');
      }),
    );
  });
});

describe('a request that no rule of the plan allows', () => {
  const wish = (asks: string, path = '/v2/a'): GatedAction => post(path, { method: 'GET', asks });
  const yes = (host: ReturnType<typeof makeHost>, more: Partial<HoldAnswer>): void => {
    host.onLook((hold) =>
      host.put(hold, { answer: answerTo(hold, host.clock.wall, more), signature: 'good' }),
    );
  };

  it('asks nobody while the agent does not ask', async () => {
    const host = makeHost();
    yes(host, {});
    expect(await openGate(host.settings).ask(wish(''))).toMatchObject({ kind: 'denied' });
    expect([host.asked, host.events]).toEqual([[], []]);
  });

  it.each<[string, Partial<HoldAnswer>, boolean, boolean]>([
    ['once', {}, false, false],
    ['for the run', { seconds: 86_400, run: true }, true, false],
    ['for an hour', { seconds: 3_600 }, true, true],
  ])('passes where a person allows it %s', async (_, how, again, inAnotherRun) => {
    const host = makeHost();
    yes(host, how);
    const gate = openGate(host.settings);
    expect(await gate.ask(wish('the guide links to it'))).toEqual({ kind: 'allowed' });
    expect(host.asked[0]).toMatchObject({
      rule: 'undeclared',
      what: expect.stringContaining('the reason given: "the guide links to it"'),
    });
    const passes = async (asking: typeof gate, path?: string): Promise<boolean> =>
      (await asking.ask(wish('', path))).kind === 'allowed';
    const other = openGate({ ...host.settings, subject: { ...subject, run: 'r2' } });
    expect(await Promise.all([passes(gate), passes(other), passes(gate, '/v3/a')])).toEqual([
      again,
      inAnotherRun,
      false,
    ]);
    // An allowance of an undeclared request is none for a rule of host policy.
    const held = openGate({ ...host.settings, policy: { ...always, approvers: [] } });
    expect(await passes(held)).toBe(false);
  });
});
