import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { riskOf } from '../../registry/risk.ts';
import { severities } from '../../skills-index/statement/finding.ts';
import { confidences, declared, finding, report } from './pages/story.ts';

describe('risk', () => {
  it('adds up to its parts and stays within 0 and 100', () => {
    const findings = fc.array(
      fc.record({ severity: fc.constantFrom(...severities), confidence: fc.constantFrom(...confidences) }),
      { maxLength: 30 },
    );
    const copies = fc.array(fc.record({ likeness: fc.constant(0.9), knownBad: fc.boolean(), earlier: fc.boolean() }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(findings, fc.boolean(), fc.nat(5), copies, (some, firstVersion, publisherApprovals, alike) => {
        const risk = riskOf({
          declared,
          report: report({ findings: some.map((one) => finding(one)) }),
          firstVersion,
          publisherApprovals,
          copies: alike,
        });
        expect(risk.total).toBe(
          Math.min(
            100,
            risk.parts.reduce((sum, part) => sum + part.points, 0),
          ),
        );
        expect(risk.total).toBeGreaterThanOrEqual(0);
        expect(risk.total).toBeLessThanOrEqual(100);
        expect(risk.parts.every((part) => part.points > 0 && part.why !== '')).toBe(true);
      }),
    );
  });

  it('puts a copy of what was held back before one of a stranger’s skill, and that before none', () => {
    const of = (...copies: readonly { likeness: number; knownBad: boolean; earlier: boolean }[]): number =>
      riskOf({ declared, report: report({ findings: [] }), firstVersion: true, publisherApprovals: 3, copies }).total;
    const [bad, theirs, later] = [
      of({ likeness: 0.7, knownBad: true, earlier: false }),
      of({ likeness: 0.9, knownBad: false, earlier: true }),
      of({ likeness: 0.9, knownBad: false, earlier: false }),
    ];
    expect([bad > theirs, theirs > later, later === of()]).toEqual([true, true, true]);
  });

  it('puts an attack before a stranger, and a stranger before an update by somebody known', () => {
    const attack = riskOf({
      declared,
      report: report({ findings: [finding({ severity: 'critical' })] }),
      firstVersion: false,
      publisherApprovals: 3,
    });
    const stranger = riskOf({ declared, report: report({ findings: [] }), firstVersion: true, publisherApprovals: 0 });
    const known = riskOf({ declared, report: report({ findings: [] }), firstVersion: false, publisherApprovals: 3 });
    expect(attack.total).toBeGreaterThan(stranger.total);
    expect(stranger.total).toBeGreaterThan(known.total);
  });

  it('counts a version without a report as unread', () => {
    expect(
      riskOf({ declared, report: undefined, firstVersion: true, publisherApprovals: 0 }).parts.map((part) => part.name),
    ).toContain('unread');
  });
});
