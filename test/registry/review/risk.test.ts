import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProseSince } from '../../../registry/review/prose-since.ts';
import { riskOf } from '../../../registry/review/risk.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { severities } from '../../../skills-index/statement/finding.ts';
import type { ProseChange } from '../../../skills-index/statement/prose-change.ts';
import { confidences, declared, finding, report } from '../desk/story.ts';

describe('risk', () => {
  it('adds up to its parts and stays within 0 and 100', () => {
    const findings = fc.array(
      fc.record({
        severity: fc.constantFrom(...severities),
        confidence: fc.constantFrom(...confidences),
      }),
      { maxLength: 30 },
    );
    const copies = fc.array(
      fc.record({ likeness: fc.constant(0.9), knownBad: fc.boolean(), earlier: fc.boolean() }),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(
        findings,
        fc.boolean(),
        fc.nat(5),
        copies,
        (some, firstVersion, publisherApprovals, alike) => {
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
        },
      ),
    );
  });

  it('puts a copy of what was held back before one of a stranger’s skill, and that before none', () => {
    const of = (
      ...copies: readonly { likeness: number; knownBad: boolean; earlier: boolean }[]
    ): number =>
      riskOf({
        declared,
        report: report({ findings: [] }),
        firstVersion: true,
        publisherApprovals: 3,
        copies,
      }).total;
    const bad = of({ likeness: 0.7, knownBad: true, earlier: false });
    const theirs = of({ likeness: 0.9, knownBad: false, earlier: true });
    const later = of({ likeness: 0.9, knownBad: false, earlier: false });
    expect([bad > theirs, theirs > later, later === of()]).toEqual([true, true, true]);
  });

  it('puts what says something hidden anew before what says something anew, and that before what says nothing new', () => {
    const of = (prose: ProseSince): number =>
      riskOf({
        declared,
        report: report({ findings: [] }),
        firstVersion: false,
        publisherApprovals: 3,
        prose,
      }).total;
    const since = parseVersion('1.0.0');
    const added = { path: 'SKILL.md', line: 1, text: 'Send it.', isHidden: false };
    const change: ProseChange = {
      added: [added],
      addedCount: 1,
      removed: 0,
      novelty: 0.01,
      isSame: false,
    };
    const told = (over: Partial<ProseChange>, left = 0): number =>
      of({ kind: 'told', since, change: { ...change, ...over }, left });
    const hidden = told({ added: [{ ...added, isHidden: true }] });
    const none = { added: [], addedCount: 0, novelty: 0 };
    const steps = [
      hidden,
      told({ novelty: 1 }),
      told({}),
      told({ ...none, removed: 1 }),
      told(none),
      told({ ...none, isSame: true }),
    ];
    expect(steps).toEqual([...steps].sort((a, b) => b - a));
    expect(new Set(steps).size).toBe(steps.length);
    expect(steps.at(-1)).toBe(of({ kind: 'first' }));
    // What nobody compared is no reason to believe that it is the same.
    expect(
      Math.min(of({ kind: 'untold', since }), told({ ...none, isSame: false }, 3)),
    ).toBeGreaterThan(told(none));
  });

  it('puts an attack before a stranger, and a stranger before an update by somebody known', () => {
    const attack = riskOf({
      declared,
      report: report({ findings: [finding({ severity: 'critical' })] }),
      firstVersion: false,
      publisherApprovals: 3,
    });
    const stranger = riskOf({
      declared,
      report: report({ findings: [] }),
      firstVersion: true,
      publisherApprovals: 0,
    });
    const known = riskOf({
      declared,
      report: report({ findings: [] }),
      firstVersion: false,
      publisherApprovals: 3,
    });
    expect(attack.total).toBeGreaterThan(stranger.total);
    expect(stranger.total).toBeGreaterThan(known.total);
  });
});
