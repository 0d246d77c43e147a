import { describe, expect, it } from 'vitest';
import {
  type GatedAction,
  type Hold,
  holdShape,
  newHold,
} from '../../../../skills-index/run/holds/hold.ts';
import {
  holdFieldsOf,
  isAsShown,
  shownAction,
  shownRequest,
} from '../../../../skills-index/run/holds/hold-action.ts';
import { describeCoverage } from '../../../../skills-index/run/holds/hold-coverage.ts';
import type { HoldCondition } from '../../../../skills-index/run/holds/hold-policy.ts';
import { ruleFor } from '../../../../skills-index/run/holds/hold-state.ts';
import { emptyHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseShape } from '../../../../skills-index/skill/shape.ts';
import { parseJson } from '../../../../skills-index/skill/text/json.ts';

const subject = { run: 'r1', agent: 'finance', skill: '@acme/pay', version: '1.0.0' };
const request: GatedAction = {
  kind: 'egress',
  host: 'crm.example',
  port: 443,
  method: 'GET',
  path: '/v2/a',
  bytes: 9,
};
const start: GatedAction = {
  kind: 'start',
  capabilities: ['exec git'],
  holds: [{ rule: 'git', seconds: 60, reason: 'host policy' }],
  command: 'main',
  args: ['push', '--force'],
  why: 'to publish',
};
const holdOf = (action: GatedAction): Hold =>
  newHold(
    subject,
    { rule: 'posts', seconds: 60, reason: '' },
    holdFieldsOf(action, 'posts', subject, undefined),
    {
      now: new Date('2026-11-20T12:00:00Z'),
      nonce: 'ab'.repeat(16),
      holder: '1 2',
    },
  );

describe('a hold says', () => {
  it.each<[string, GatedAction, RegExp, RegExp]>([
    [
      'of a request its query',
      { ...request, query: 'to=eve' },
      /\/v2\/a\?… \(6 characters, sha256:/,
      /each GET .*\/v2\/, with any query/,
    ],
    [
      'of a whole request its digest',
      { ...request, request: digestOf('y') },
      /request sha256:/,
      /any headers/,
    ],
    [
      'of a body its digest',
      { ...request, body: digestOf('x') },
      /9 bytes, body sha256:/,
      /any body/,
    ],
    [
      'of a WebSocket what it is',
      { ...request, opens: 'websocket' },
      /open a WebSocket to/,
      /whatever is sent through it/,
    ],
    [
      'of a tunnel what it is',
      { ...request, path: '', opens: 'tunnel' },
      /open a tunnel to/,
      /each tunnel to crm.example:443/,
    ],
    [
      'of a start command, arguments and reason',
      start,
      /start main with 2 arguments \(sha256:.*to publish.*exec git/,
      /with any arguments/,
    ],
    [
      'of changes their digest',
      { kind: 'apply', target: '/w', changes: 3, digest: digestOf('s') },
      /change set sha256:/,
      /this change set alone/,
    ],
    [
      'of an install that it is one version',
      { kind: 'install', capabilities: [] },
      /in this version alone/,
      /this version/,
    ],
  ])('%s', (_, action, what, covers) => {
    expect(holdOf(action).what).toMatch(what);
    expect(describeCoverage(shownAction(action))).toMatch(covers);
  });

  it.each<[string, GatedAction]>([
    [
      'a path of 4,000 letters',
      { ...request, path: `/${'p'.repeat(4_000)}`, query: 'q'.repeat(9_000) },
    ],
    [
      'a long text and many headers',
      {
        ...request,
        body: digestOf('x'),
        request: digestOf('y'),
        text: 'ä"'.repeat(40_000),
        headers: Array.from({ length: 300 }, (_, i) => `X-${i}: ${'v'.repeat(90 + i * 20)}`),
      },
    ],
    [
      'many capabilities',
      { ...start, capabilities: Array.from({ length: 900 }, (_, i) => `exec program-${i}`) },
    ],
    ['long arguments', { ...start, args: ['\ud800', 'x'.repeat(90_000)], why: 'y'.repeat(9_000) }],
    [
      'an install of many',
      { kind: 'install', capabilities: Array.from({ length: 900 }, (_, i) => `exec program-${i}`) },
    ],
  ])('stays readable with %s, and tells the digest of the whole', (_, action) => {
    const hold = holdOf(action);
    const json = parseJson(Buffer.from(JSON.stringify(hold)), 'x');
    expect(isAsShown(parseShape(holdShape, json, 'hold-denied', 'x'))).toBe(true);
    expect(JSON.stringify(hold).length).toBeLessThan(10_000);
    expect(JSON.stringify(hold.action)).toMatch(/…[^"]*sha256:/);
  });

  it('covers no deeper folder because a path was cut', () => {
    const scope = (path: string): string => holdOf({ ...request, path }).scope;
    expect(scope('/v2/a')).toBe(scope('/v2/b'));
    expect(scope(`/v2/${'a'.repeat(2_000)}/evil`)).not.toBe(scope('/v2/a'));
    expect(scope(`/v2/${'a'.repeat(2_000)}/evil`)).not.toBe(scope(`/v2/${'a'.repeat(2_000)}/good`));
  });
});

describe('a rule about requests', () => {
  const asks = (when: HoldCondition, action: GatedAction): boolean =>
    ruleFor(
      action,
      subject,
      { ...emptyHostPolicy, holds: [{ name: 'posts', when, seconds: 60 }] },
      { requests: 1, bytes: 9 },
    ) !== undefined;
  it.each<[string, HoldCondition]>([
    ['bytes', { host: 'crm.example', bytesOver: 1_000 }],
    ['a count', { host: 'crm.example', countOver: 5 }],
    ['a method', { host: 'crm.example', method: 'POST' }],
  ])(
    'of %s asks when a WebSocket or a tunnel is opened, since it is not asked inside',
    (_, when) => {
      expect(asks(when, request)).toBe(false);
      for (const opens of ['websocket', 'tunnel'] as const) {
        expect(asks(when, { ...request, opens })).toBe(true);
        expect(asks(when, { ...request, opens, host: 'other.example' })).toBe(false);
      }
    },
  );

  it('of a path asks when a tunnel is opened, in which no path is seen', () => {
    expect(asks({ path: '/v2/*' }, { ...request, path: '', opens: 'tunnel' })).toBe(true);
    expect(asks({ path: '/v3/*' }, { ...request, opens: 'websocket' })).toBe(false);
  });
});

it('tells a request by what is known of it', () => {
  expect(shownRequest('/v2?a=b?c', 12, Buffer.from('x'), false)).toEqual({
    bytes: 12,
    body: digestOf('x'),
    query: 'a=b?c',
  });
  expect(shownRequest('/v2', Number.NaN, undefined, true)).toEqual({ opens: 'websocket' });
});
