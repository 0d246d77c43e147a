import { describe, expect, it } from 'vitest';
import type { HoldCondition, HoldPolicy } from '../../../../skills-index/run/holds/hold-policy.ts';
import { plannedHolds, ruleFor } from '../../../../skills-index/run/holds/hold-state.ts';
import { emptyHostPolicy, parseHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import type { Plan } from '../../../../skills-index/run/plan/plan.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { testPasskey } from '../../story-keys.ts';

const parse = (value: unknown) => parseHostPolicy(Buffer.from(JSON.stringify(value)));
const rule = (when: object, more: object = {}) => ({ holds: [{ name: 'one', when, ...more }] });

describe('holds in host policy', () => {
  it('have a time of their own, and people who answer them', () => {
    const { enrolled: passkey } = testPasskey('ann');
    const approvers = [
      { name: 'ann', passkey },
      { name: 'ops', user: { uid: 500, folder: '/srv/answers' } },
    ];
    const policy = parse({ ...rule({ method: 'POST' }), approvers, breakers: { denied: 9 } });
    expect(policy).toMatchObject({
      holds: [{ name: 'one', seconds: 120 }],
      approvers,
      breakers: { denied: 9 },
      writable: [],
    });
    expect(parse({})).toMatchObject({
      holds: [],
      approvers: [],
      webhooks: [],
      highStakes: [],
      writable: [],
      breakers: {},
    });
  });

  it.each([
    [
      'a wide and a narrow rule of one name',
      { holds: [{ name: 'one', when: {} }, ...rule({ path: '/pay' }).holds] },
      'names a rule twice',
    ],
    ['a rule as a word', { holds: ['egress'] }, 'holds[0]'],
    ['an unknown condition', rule({ verb: 'POST' }), 'holds[0].when.verb'],
    ['a method in small letters', rule({ method: 'post' }), 'capital letters'],
    ['a path in the middle of which anything may stand', rule({ path: '/a*b' }), 'at its end only'],
    ['a capability and a request', rule({ capability: 'exec', method: 'POST' }), 'write two'],
    [
      'a capability that is none',
      rule({ capability: 'exce git' }),
      'is not the beginning of a capability',
    ],
    ['a program with arguments', rule({ capability: 'exec git push' }), 'nothing after a program'],
    [
      'a mount in no mode',
      rule({ capability: 'mount write' }),
      'is not the beginning of a capability',
    ],
    [
      'a method in small letters at a start',
      rule({ capability: 'egress post' }),
      'is not the beginning of a capability',
    ],
    ['a path with a query', rule({ path: '/pay?to=*' }), 'before the query'],
    ['no time to answer', rule({}, { seconds: 0 }), 'less than 1'],
    ['a day to answer', rule({}, { seconds: 86_400 }), 'more than 3600'],
    ['a tag of the author’s own', rule({ tag: 'harmless' }), 'tag'],
    [
      'an approver without proof',
      { approvers: [{ name: 'ann' }] },
      'exactly one of key, passkey and user',
    ],
    [
      'a key that is none',
      { approvers: [{ name: 'ann', key: { keyId: digestOf(Buffer.alloc(3)), spki: 'AAAA' } }] },
      'P-256',
    ],
    [
      'one name for two',
      { approvers: [0, 1].map((uid) => ({ name: 'a', user: { uid, folder: '/srv' } })) },
      'twice',
    ],
    [
      'a webhook with a password',
      { webhooks: [{ url: 'https://me:pw@hooks.example/' }] },
      'without a user',
    ],
    ['a webhook that is a file', { webhooks: [{ url: 'file:///etc/passwd' }] }, 'http'],
    ['a mailbox over plain http', { mailbox: 'http://registry.example' }, 'is not https'],
    ['a mailbox with a query', { mailbox: 'https://registry.example/?a=b' }, 'is not https'],
    ['a mailbox as a list', { mailbox: ['https://registry.example'] }, 'mailbox'],
    ['a breaker that never opens', { breakers: { canary: 0 } }, 'less than 1'],
    ['an unknown counter', { breakers: { luck: 3 } }, 'breakers.luck'],
  ])('are refused with %s', (_, value, says) => {
    expect(() => parse(value)).toThrowError(
      expect.objectContaining({
        code: 'host-policy-invalid',
        message: expect.stringContaining(says),
      }),
    );
  });
});

const policyOf = (when: HoldCondition, more: Partial<HoldPolicy> = {}): HoldPolicy => ({
  ...emptyHostPolicy,
  holds: [{ name: 'one', when, seconds: 60 }],
  ...more,
});

it('finds one method of several in the egress of a plan', () => {
  const egress = [
    { methods: ['GET', 'POST'], host: 'api.crm.example', path: '/v2/*' },
  ] as unknown as Plan['egress'];
  const plan = {
    agent: 'a',
    skill: { name: '@acme/pay' },
    egress,
    env: [],
    mounts: [],
    programs: [],
    secrets: [],
  };
  for (const capability of [
    'egress POST',
    'egress GET',
    'egress POST api.crm.example/v2/*',
    'egress GET,POST',
  ])
    expect(plannedHolds(plan, policyOf({ capability }))).toHaveLength(1);
  expect(plannedHolds(plan, policyOf({ capability: 'egress PUT' }))).toEqual([]);
});

describe('a rule about requests', () => {
  const post = {
    kind: 'egress',
    host: 'api.crm.example',
    port: 443,
    method: 'POST',
    path: '/v2/deals',
    bytes: 100,
  } as const;
  const who = { agent: 'finance', skill: '@acme/pay' };
  it.each<[HoldCondition, boolean]>([
    [{ method: 'POST' }, true],
    [{ method: 'GET' }, false],
    [{ host: 'api.crm.example' }, true],
    [{ host: '*.crm.example' }, true],
    [{ host: 'crm.example' }, false],
    [{ path: '/v2/*' }, true],
    [{ path: '/v2/deals' }, true],
    [{ path: '/v2' }, true],
    [{ path: '/v' }, false],
    [{ bytesOver: 99 }, false],
    [{ bytesOver: 999 }, false],
    [{ bytesOver: 149 }, true],
    [{ countOver: 6 }, true],
    [{ countOver: 7 }, false],
    [{ method: 'POST', skill: '@acme/*', agent: 'finance' }, true],
    [{ method: 'POST', skill: '@acme/other' }, false],
    [{ method: 'POST', agent: 'sales' }, false],
    [{ method: 'POST', tag: 'high-stakes' }, false],
    [{ agent: 'finance' }, false],
  ])('%j', (when, holds) => {
    const sent = { requests: 7, bytes: when.bytesOver === 99 ? 99 : 150 };
    expect(ruleFor(post, who, policyOf(when), sent) !== undefined).toBe(holds);
  });

  it('takes a body of unknown size for one that is too large, and high stakes from the operator’s list', () => {
    const { bytes: _, ...unknown } = post;
    expect(
      ruleFor(unknown, who, policyOf({ bytesOver: 1e9 }), { requests: 1, bytes: 0 })?.rule,
    ).toBe('one');
    const stakes = policyOf({ method: 'POST', tag: 'high-stakes' }, { highStakes: ['@acme/pay'] });
    expect(ruleFor(post, who, stakes, { requests: 1, bytes: 0 })?.rule).toBe('one');
  });
});

describe('the start of a plan', () => {
  const line = { reason: 'approved' };
  const plan = {
    agent: 'finance',
    skill: { name: '@acme/pay' },
    egress: [],
    env: [],
    programs: [{ program: 'git', path: '/usr/bin/git', ...line }],
    mounts: [
      {
        source: 'workspace:reports',
        path: '/srv',
        id: '1:2',
        target: '/reports',
        mode: 'rw',
        ...line,
      },
    ],
    secrets: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', ...line }],
  } as unknown as Plan;
  const writable = { writable: ['reports'] };
  it.each<[string, HoldCondition, boolean]>([
    ['any', {}, true],
    ['a program', { capability: 'exec git' }, true],
    ['programs', { capability: 'exec' }, true],
    ['a program whose name only begins so', { capability: 'exec gi' }, false],
    ['a secret', { capability: 'secret CRM_TOKEN' }, true],
    ['a mount to write to', { capability: 'mount rw' }, true],
    ['egress', { capability: 'egress' }, false],
    ['another agent', { agent: 'sales' }, false],
    ['a request', { method: 'POST' }, false],
  ])('waits by a rule about %s: %j', (_, when, waits) => {
    expect(plannedHolds(plan, policyOf(when, writable)).map((one) => one.rule)).toEqual(
      waits ? ['one'] : [],
    );
  });

  it('waits for each folder that is written to and that the operator did not name', () => {
    const reason = expect.stringContaining(`mounted rw from ${plan.mounts[0]?.path}`);
    expect(plannedHolds(plan, emptyHostPolicy)).toMatchObject([
      { rule: 'rw-mount', seconds: 120, reason },
    ]);
    expect(plannedHolds(plan, { ...emptyHostPolicy, ...writable })).toEqual([]);
  });
});
