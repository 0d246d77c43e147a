import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BreakerCounter,
  type BreakerState,
  type BreakerThresholds,
  breakerShape,
  breakerTable,
  closedBreaker,
  countBreaker,
  countersOf,
  openBreakerProblem,
} from '../../../../skills-index/run/agents/breaker.ts';
import {
  type BreakerFile,
  BreakerWatch,
} from '../../../../skills-index/run/agents/breaker-watch.ts';
import type { AuditEvent } from '../../../../skills-index/run/audit/audit-entry.ts';
import { holdDigest } from '../../../../skills-index/run/holds/hold.ts';
import type { FoundAnswer } from '../../../../skills-index/run/holds/hold-gate.ts';
import { emptyHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import { parseShape, unplaced } from '../../../../skills-index/skill/shape.ts';

const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
const begin = Date.parse('2026-11-20T12:00:00Z');
const at = (seconds: number) => ({
  subject,
  thresholds: {},
  nonce: 'a'.repeat(32),
  holder: 'breaker',
  now: new Date(begin + seconds * 1_000),
});
const counters = Object.keys(breakerTable) as BreakerCounter[];

describe('a breaker', () => {
  it.each(counters)(
    'opens by %s at its threshold, not before, and names counter, run and next step',
    (counter) => {
      const { max, means } = breakerTable[counter];
      let state = closedBreaker(subject);
      if (max > 1) state = countBreaker(state, counter, max - 1, at(0));
      expect(state.open).toBeUndefined();
      state = countBreaker(state, counter, 1, at(1));
      expect(state.open).toMatchObject({ counter, why: expect.stringContaining(means) });
      const [message, { hint }] =
        state.open === undefined ? ['', { hint: '' }] : openBreakerProblem(state.open);
      expect(message).toContain('@acme/pay@1.0.0 is stopped for agent finance');
      expect(hint).toBe(
        'skillgate agent log finance shows what run r1 did; a person closes the breaker with skillgate hold allow aaaaaaaaaaaa',
      );
      expect(
        parseShape(
          breakerShape,
          unplaced(JSON.parse(JSON.stringify(state)), 'b'),
          'breaker-open',
          'b',
        ),
      ).toEqual(JSON.parse(JSON.stringify(state)));
    },
  );

  it('forgets what lies before its window, and not what seems to lie in the future', () => {
    let state = closedBreaker(subject);
    for (const seconds of [0, 700, 1_400, 2_100, 2_800, 3_500])
      state = countBreaker(state, 'denied', 1, at(seconds));
    expect(state.open).toBeUndefined();
    state = closedBreaker(subject);
    for (const seconds of [3_600, 3_000, 2_000, 1_000, 0])
      state = countBreaker(state, 'denied', 1, at(seconds));
    expect(state.open?.counter).toBe('denied');
  });

  it('stays small and open, whatever comes and however time goes', () => {
    const event = fc.record({
      counter: fc.constantFrom(...counters),
      amount: fc.integer({ min: 0, max: 3 }),
      seconds: fc.integer({ min: 0, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state: BreakerState = closedBreaker(subject);
        for (const { counter, amount, seconds } of events) {
          const before = state.open;
          state = countBreaker(state, counter, amount, at(seconds));
          if (before !== undefined) expect(state.open).toEqual(before);
        }
        const newest = Math.max(0, ...events.map((one) => one.seconds));
        const recent = events.filter(
          (one) => one.counter === 'denied' && one.seconds > newest - 300,
        );
        if (
          recent.reduce((sum, one) => sum + one.amount, 0) >= 5 &&
          recent.at(-1)?.seconds === newest
        )
          expect(state.open).toBeDefined();
        for (const steps of Object.values(state.counts))
          expect(steps.length).toBeLessThanOrEqual(61);
      }),
    );
  });

  it.each<[string, Partial<AuditEvent>, BreakerCounter[]]>([
    ['a denied host', { event: 'egress', decision: 'denied', why: 'host-denied' }, ['denied']],
    [
      'a secret where it is not bound',
      { event: 'egress', decision: 'denied', why: 'secret-unbound' },
      ['secret-unbound', 'denied'],
    ],
    [
      'a private address',
      { event: 'egress', decision: 'denied', why: 'address-denied' },
      ['private-address', 'denied'],
    ],
    ['the canary', { event: 'canary' }, ['canary']],
    ['a person’s no', { event: 'egress', decision: 'denied', why: 'held' }, []],
    ['no token', { event: 'egress', decision: 'denied', why: 'secret-expired' }, []],
    ['an allowed request', { event: 'egress', decision: 'allowed', why: 'approved' }, []],
  ])('%s counts as what it is', (_, event, expected) => {
    expect(countersOf(event as AuditEvent)).toEqual(expected);
  });
});

describe('the breaker of a run', () => {
  function makeWatch(thresholds: BreakerThresholds = {}) {
    let state: BreakerState | undefined;
    let damaged = false;
    const written: BreakerState[] = [];
    const file: BreakerFile = {
      read: () => {
        if (damaged) throw new Error('damaged');
        return state;
      },
      write: (next) => {
        state = next;
        written.push(next);
      },
      remove: () => {
        state = undefined;
      },
      locked: (act) => act(),
    };
    const events: AuditEvent[] = [];
    const answers: FoundAnswer[] = [];
    let nonces = 0;
    const approvers = [{ name: 'ann', key: { keyId: 'k', spki: 'k' } }];
    const make = () =>
      new BreakerWatch(file, {
        subject,
        ownUids: [1],
        holder: 'breaker',
        policy: { ...emptyHostPolicy, approvers, breakers: thresholds },
        nonce: () => String(++nonces).padStart(32, '0'),
        record: (event) => void events.push(event),
        now: () => new Date(begin),
        whyNotSigned: (_, { signature }) => (signature === 'good' ? [] : ['no']),
        files: {
          kept: () => [],
          keep: () => undefined,
          lives: () => true,
          reject: () => void answers.pop(),
          forget: () => void answers.pop(),
          answers: () => answers,
          keepRequest: () => undefined,
          forgetRequest: () => undefined,
        },
      });
    const answer = (signature: string): void => {
      const hold = state?.open?.hold;
      if (hold === undefined) throw new Error('it is closed');
      const said = {
        hold: holdDigest(hold),
        verdict: 'allow',
        seconds: 0,
        approver: 'ann',
        at: new Date(begin).toISOString(),
      } as const;
      const writer = { folder: '/', uid: 1, alone: true };
      answers.push({
        signed: { answer: { schema: 'skillgate.hold-answer/1', ...said }, signature },
        writer,
      });
    };
    const damage = (): void => {
      damaged = true;
    };
    return { make, events, answer, written, damage };
  }

  const denied: AuditEvent = { event: 'egress', decision: 'denied', why: 'no-rule' } as never;

  it('writes a flood of denials down now and then, and opens by the one that brings it to its threshold', () => {
    const { make, written } = makeWatch({ denied: 1_000 });
    const watch = make();
    for (let i = 0; i < 998; i++) watch.observe(denied);
    expect(written).toEqual([]);
    watch.readState();
    watch.observe(denied);
    expect([written.length, watch.opened.aborted]).toEqual([1, false]);
    watch.observe(denied);
    expect([written.length, watch.opened.aborted]).toEqual([2, true]);
    for (let i = 0; i < 1_000; i++) watch.observe(denied);
    watch.readState();
    expect(written).toHaveLength(2);
  });

  it('counts what several runs were denied together, once each has looked', () => {
    const { make } = makeWatch();
    const one = make();
    const other = make();
    for (let i = 0; i < 3; i++) one.observe(denied);
    one.readState();
    for (let i = 0; i < 2; i++) other.observe(denied);
    expect(other.opened.aborted).toBe(false);
    other.readState();
    one.readState();
    expect([one.opened.aborted, other.opened.aborted]).toEqual([true, true]);
  });

  it('stops those that run, refuses those that come, and closes by a signed answer alone', () => {
    const { make, events, answer } = makeWatch();
    const one = make();
    const other = make();
    one.requireClosed();
    one.observe({ event: 'canary', channel: 'x', encoding: 'plain' });
    expect(one.opened.aborted).toBe(true);
    other.readState();
    expect(other.opened.aborted).toBe(true);
    expect(() => make().requireClosed()).toThrowError(
      expect.objectContaining({ code: 'breaker-open' }),
    );
    answer('bad');
    expect(() => make().requireClosed()).toThrowError(
      expect.objectContaining({ code: 'breaker-open' }),
    );
    answer('good');
    make().requireClosed();
    make().requireClosed();
    expect(
      events.map((event) =>
        event.event === 'hold' || event.event === 'breaker' ? event.state : '',
      ),
    ).toEqual(['opened', 'rejected', 'closed']);
  });

  it('opens for its run, and throws nothing, when the file cannot be read any more', () => {
    const { make, damage } = makeWatch();
    const watch = make();
    watch.readState();
    expect(watch.opened.aborted).toBe(false);
    damage();
    watch.readState();
    expect(watch.opened.reason).toBe(
      'the file of the circuit breaker cannot be read or written: damaged',
    );
    expect(() => make().requireClosed()).toThrow('damaged');
  });

  it('counts what leaves through the gate', () => {
    const { make } = makeWatch();
    const watch = make();
    const gate = watch.through({ ask: async () => ({ kind: 'allowed' }), waited: () => 0 });
    gate.sent?.(300 * 1024 * 1024);
    watch.readState();
    expect(watch.opened.aborted).toBe(false);
    gate.sent?.(300 * 1024 * 1024);
    watch.readState();
    expect(watch.opened.reason).toContain('bytes sent');
  });
});
