import { describe, expect, it } from 'vitest';
import { marksFrom } from '../../../scanner/reports/marks.ts';
import { parseSuppressions } from '../../../scanner/reports/suppressions.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { reportOf, sender } from './scanned-skills.ts';

const [finding] = (await reportOf(sender)).findings.filter(
  ({ severity }) => severity === 'critical',
);
if (finding === undefined) throw new Error('the sample is an attack');
const accepted = {
  fingerprint: finding.fingerprint,
  reason: 'the host is ours, see the ticket',
  by: 'Rita',
  expires: '2026-12-31',
  severity: 'critical',
} as const;

describe('what a reviewer accepted', () => {
  it.each([
    ['on its last day', accepted, '2026-12-31', { suppression: accepted }],
    ['after it', accepted, '2027-01-01', { void: 'the suppression by Rita expired on 2026-12-31' }],
    [
      'when the finding became worse',
      { ...accepted, severity: 'high' as const },
      '2026-11-20',
      { void: 'it was high when Rita accepted it, and is critical' },
    ],
    ['for another finding', { ...accepted, fingerprint: '0'.repeat(64) }, '2026-11-20', {}],
  ])('holds or is void %s', (_, suppression, today, mark) => {
    expect(marksFrom([suppression], undefined, today).of(finding, '.')).toEqual(mark);
  });

  it('is told of entries that do nothing: expired ones by their day, and those that match no finding', () => {
    const list = [
      accepted,
      { ...accepted, fingerprint: '1'.repeat(64), expires: '2020-01-31' },
      { ...accepted, fingerprint: '2'.repeat(64), expires: '2019-01-31' },
      { ...accepted, fingerprint: '3'.repeat(64), expires: '2020-01-31' },
      { ...accepted, fingerprint: '4'.repeat(64) },
    ];
    const found = new Set([accepted.fingerprint, '1'.repeat(64)]);
    expect(marksFrom(list, undefined, '2026-11-20').idle(found)).toEqual([
      '1 entry expired on 2019-01-31',
      '2 entries expired on 2020-01-31',
      '1 entry matches no finding',
    ]);
    expect(marksFrom([accepted], undefined, '2026-11-20').idle(found)).toEqual([]);
  });

  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  it('is read from a list', () => {
    expect(parseSuppressions(bytes([accepted]), 'accepted.json')).toEqual([accepted]);
  });

  it.each([
    ['a reason that says nothing', { ...accepted, reason: 'fine              .' }],
    ['nobody', { ...accepted, by: ' ' }],
    ['no day', { ...accepted, expires: 'never' }],
    ['no fingerprint', { ...accepted, fingerprint: 'flow/secret-to-network' }],
    ['a key that is not known', { ...accepted, rule: 'flow/secret-to-network' }],
    ['no severity', { ...accepted, severity: undefined }],
  ])('is refused with %s', (_, wrong) => {
    expect(() => parseSuppressions(bytes([wrong]), 'accepted.json')).toThrow('accepted.json');
  });
});

describe('against a baseline a finding', () => {
  const before = (findings: readonly Finding[]) =>
    marksFrom([], [{ path: 'a', findings }], '2026-11-20');
  it.each([
    ['unchanged', [finding], 'a'],
    ['updated', [{ ...finding, severity: 'low' as const }], 'a'],
    ['new', [], 'a'],
    ['new', [finding], 'another skill'],
  ])('is %s', (state, findings, skill) => {
    expect(before(findings).of(finding, skill)).toEqual({ state });
  });
});
