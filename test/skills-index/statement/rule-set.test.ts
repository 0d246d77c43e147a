import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import {
  canTouch,
  changeOf,
  digestOfRuleSet,
  parseRuleSet,
  type RuleSet,
} from '../../../skills-index/statement/rule-set.ts';

const content: Omit<RuleSet, 'digest'> = {
  extractor: digestOf('extractor'),
  judging: digestOf('judging'),
  rules: [
    { id: 'env/a', digest: digestOf('a1'), reads: ['capability:env'] },
    { id: 'flow/b', digest: digestOf('b1'), reads: ['flow:network', 'source'] },
    { id: 'manifest/d', digest: digestOf('d1'), reads: [] },
  ],
};
const before: RuleSet = { digest: digestOfRuleSet(content), ...content };
const described = (change: object): unknown => ({ ...before, ...change });
const changed = (change: Partial<RuleSet>): RuleSet => ({
  ...before,
  digest: digestOf('after'),
  ...change,
});
const withRule = (id: string, to: Partial<RuleSet['rules'][number]>): RuleSet =>
  changed({ rules: before.rules.map((rule) => (rule.id === id ? { ...rule, ...to } : rule)) });
const network = ['capability', 'capability:egress', 'flow', 'flow:network', 'source'];

describe('a change of rule sets', () => {
  it.each([
    ['the same digest touches nothing', before, { kind: 'same' }, false],
    [
      'another extractor touches every skill',
      changed({ extractor: digestOf('x') }),
      { kind: 'everything', facts: true },
      true,
    ],
    [
      'another way to judge touches every skill',
      changed({ judging: digestOf('x') }),
      { kind: 'everything', facts: false },
      true,
    ],
    [
      'a changed rule touches what it reads',
      withRule('env/a', { digest: digestOf('a2') }),
      { kind: 'rules', rules: ['env/a'], reads: ['capability:env'] },
      false,
    ],
    [
      'a changed rule touches what it read before, too',
      withRule('flow/b', { digest: digestOf('b2'), reads: ['trait:tls-off'] }),
      { kind: 'rules', rules: ['flow/b'], reads: ['flow:network', 'source', 'trait:tls-off'] },
      true,
    ],
    [
      'a new rule touches what it reads',
      changed({
        rules: [...before.rules, { id: 'exec/c', digest: digestOf('c1'), reads: ['trait:escape'] }],
      }),
      { kind: 'rules', rules: ['exec/c'], reads: ['trait:escape'] },
      false,
    ],
    [
      'a rule that is gone touches what it read',
      changed({ rules: before.rules.slice(1) }),
      { kind: 'rules', rules: ['env/a'], reads: ['capability:env'] },
      false,
    ],
    [
      'a rule without facts touches every skill',
      withRule('manifest/d', { digest: digestOf('d2') }),
      { kind: 'rules', rules: ['manifest/d'], reads: ['source'] },
      true,
    ],
  ])('%s', (_, next, expected, touches) => {
    const change = changeOf(before, next);
    expect(change).toEqual(expected);
    expect(canTouch(change, network)).toBe(touches);
    // Nobody told which facts the skill has.
    expect(canTouch(change, undefined)).toBe(change.kind !== 'same');
  });
});

it.each([
  ['nothing', {}],
  ['a rule id that is a path', { ...before, rules: [{ ...before.rules[0], id: '../x' }] }],
  ['a selector with spaces', { ...before, rules: [{ ...before.rules[0], reads: ['a b'] }] }],
  ['more than it should have', { ...before, more: 1 }],
  ['another digest', described({ digest: digestOf('first come') })],
  ['another extractor under the same digest', described({ extractor: digestOf('mine') })],
  ['another way to judge under the same digest', described({ judging: digestOf('mine') })],
  ['fewer rules under the same digest', described({ rules: content.rules.slice(1) })],
])('%s is no rule set', (_, value) => {
  expect(() => parseRuleSet(value)).toThrow(expect.objectContaining({ code: 'statement-invalid' }));
});

it('reads what it prints', () => {
  expect(parseRuleSet(JSON.parse(JSON.stringify(before)))).toEqual(before);
});
