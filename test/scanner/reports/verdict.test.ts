import { describe, expect, it } from 'vitest';
import { judge } from '../../../scanner/reports/findings.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { makeFinding } from '../../finding.ts';

const finding = (
  kind: Finding['kind'],
  severity: Finding['severity'],
  fingerprint = `${kind} ${severity}`,
): Finding => makeFinding({ kind, severity, fingerprint });

describe('a verdict', () => {
  it.each([
    ['pass', true, []],
    ['pass', true, [finding('capability', 'low'), finding('malice', 'info')]],
    ['review', true, [finding('capability', 'medium')]],
    ['review', true, [finding('capability', 'critical')]],
    ['review', true, [finding('malice', 'low')]],
    ['review', true, [finding('policy', 'medium')]],
    ['pass', true, [finding('form', 'medium')]],
    ['incomplete', false, [finding('form', 'medium')]],
    ['block', true, [finding('form', 'medium'), finding('malice', 'high')]],
    ['block', true, [finding('malice', 'high')]],
    ['block', true, [finding('policy', 'high')]],
    ['incomplete', false, []],
    ['incomplete', false, [finding('capability', 'medium')]],
    ['block', false, [finding('malice', 'critical')]],
  ] as const)('is %s (complete: %s) for %j', (verdict, complete, findings) => {
    expect(judge(findings, complete).verdict).toBe(verdict);
  });

  it('names at most three findings that decide, the worst first', () => {
    const all = [
      finding('malice', 'high', 'a'),
      finding('malice', 'critical', 'b'),
      finding('policy', 'high', 'c'),
      finding('malice', 'high', 'd'),
    ];
    expect(
      judge([finding('capability', 'critical', 'e'), ...all], true).deciding.map(
        (one) => one.fingerprint,
      ),
    ).toEqual(['b', 'a', 'c']);
  });

  it('prefers the surest of equal ones, then different rules, then the order of places', () => {
    const at = (
      rule: string,
      fingerprint: string,
      confidence: Finding['confidence'] = 'exact',
    ): Finding => ({
      ...finding('malice', 'high', fingerprint),
      rule,
      confidence,
    });
    const deciding = (...all: Finding[]) => judge(all, true).deciding.map((one) => one.fingerprint);
    expect(deciding(at('a/a', '1'), at('a/a', '2'), at('a/a', '3'), at('b/b', '4'))).toEqual([
      '1',
      '4',
      '2',
    ]);
    expect(
      deciding(
        at('a/a', '1', 'widened'),
        at('b/b', '2', 'lexical'),
        at('b/b', '3'),
        at('b/b', '4'),
      ),
    ).toEqual(['3', '4', '2']);
    expect(deciding(at('a/a', '1'), at('b/b', '2'), at('c/c', '3'), at('d/d', '4'))).toEqual([
      '1',
      '2',
      '3',
    ]);
  });
});
