import { expect, it } from 'vitest';
import {
  decideScanned,
  type InstallDecision,
  installDecisions,
} from '../../../cli/install-policy/known-bytes.ts';
import type { Verdict } from '../../../skills-index/statement/finding.ts';
import { makeReport } from '../../registry/road.ts';
import { honest } from './folders.ts';

const cases: readonly (readonly [
  verdict: Verdict,
  unknown: InstallDecision,
  review: InstallDecision,
  decision: InstallDecision,
])[] = [
  ['pass', 'allow', 'warn', 'allow'],
  ['pass', 'warn', 'warn', 'warn'],
  ['pass', 'block', 'warn', 'block'],
  ['review', 'allow', 'warn', 'warn'],
  ['review', 'allow', 'block', 'block'],
  ['review', 'warn', 'warn', 'warn'],
  ['review', 'warn', 'block', 'block'],
  // An operator who wants approvals only does not want a worse verdict more.
  ['review', 'block', 'warn', 'block'],
  ...installDecisions.flatMap((unknown) =>
    (['warn', 'block'] as const).flatMap((review) => [
      ['block', unknown, review, 'block'] as const,
      ['incomplete', unknown, review, 'block'] as const,
    ]),
  ),
];

it.each(cases)(
  'a scan says %s, unknown %s, review %s: %s',
  (verdict, unknown, review, decision) => {
    const report = { ...makeReport(honest, 'pass'), verdict };
    expect(decideScanned('Nobody knows it.', report, { unknown, review }).decision).toBe(decision);
  },
);

it('a folder that nobody scans makes a person decide', () => {
  const report = makeReport(honest, 'pass');
  const policy = { unknown: 'allow', review: 'warn' } as const;
  expect(decideScanned('', report, policy, ['.git']).decision).toBe('warn');
  const strict = { ...policy, unknown: 'block' } as const;
  expect(decideScanned('', report, strict, ['.git']).decision).toBe('block');
});
