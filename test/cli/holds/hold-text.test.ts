import { expect, it } from 'vitest';
import { describeHold } from '../../../cli/holds/mailbox-desk.ts';
import { type GatedAction, newHold } from '../../../skills-index/run/holds/hold.ts';
import { holdFieldsOf } from '../../../skills-index/run/holds/hold-action.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
const material = { now: new Date('2026-11-20T12:00:00Z'), nonce: 'ab'.repeat(16), holder: '1 1' };
const holdOf = (action: GatedAction, agent = 'finance') => {
  const who = { ...subject, agent };
  const about = holdFieldsOf(action, 'rule', who, undefined);
  return newHold(who, { rule: 'rule', seconds: 60, reason: '' }, about, material);
};
const first = (hold: ReturnType<typeof holdOf>): string =>
  describeHold({ state: 'waiting', hold }).text.split('\n')[0] ?? '';
const request = {
  kind: 'egress',
  host: 'a.example',
  port: 443,
  method: 'POST',
  path: '/v2',
} as const;
const apply = { kind: 'apply', target: '/w', changes: 1, digest: digestOf('') } as const;
const start = {
  kind: 'start',
  command: 'report',
  args: [],
  why: '',
  capabilities: [],
  holds: [],
} as const;

it.each<[string, GatedAction, string]>([
  ['changes', apply, 'apply 1 change to /w'],
  ['a request', { ...request, bytes: 2 }, 'send POST a.example:443/v2, 2 bytes'],
  ['a request of unknown size', request, 'send POST a.example:443/v2'],
  ['a tunnel', { ...request, opens: 'tunnel' }, 'open a tunnel to a.example:443/v2'],
  ['a start', start, 'start report'],
  ['an install', { kind: 'install', capabilities: [] }, 'install this version'],
])('a hold says in one sentence who wants what: %s', (_, action, wish) => {
  expect(first(holdOf(action))).toMatch(/^\w{12} {2}waits: /);
  expect(first(holdOf(action)).split('waits: ')[1]).toBe(
    `agent finance, with @acme/pay@1.0.0, wants to ${wish}`,
  );
  expect(first(holdOf(action, 'operator'))).toContain('the operator, with @acme/pay@1.0.0, wants');
});

it('a hold that no runner wrote gets no sentence of its own, and a warning', () => {
  const forged = { ...holdOf(apply), what: 'apply 1 harmless change' };
  const text = describeHold({ state: 'waiting', hold: forged }).text;
  expect(text).not.toContain('wants to');
  expect(text).toContain('WARNING: this hold was not written by a runner');
});
