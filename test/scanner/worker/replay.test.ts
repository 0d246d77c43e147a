/**
 * Stored facts are as good as parsing again: for every fixture of every rule, whatever rules
 * changed.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extractFacts } from '../../../scanner/extract.ts';
import { selectorsOf } from '../../../scanner/fact/selectors.ts';
import { currentRuleSet } from '../../../scanner/rule-set.ts';
import { rules } from '../../../scanner/rules.ts';
import { reportOn } from '../../../scanner/scan.ts';
import { replayRules, replayScan } from '../../../scanner/worker/replay.ts';
import { packScan, type StoredScan, unpackScan } from '../../../scanner/worker/stored-facts.ts';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { fileOf, parseTextArchive } from '../txtar.ts';

function attacksOf(id: string): SourceFile[][] {
  const { files } = parseTextArchive(
    readFileSync(new URL(`../rules/${id}.txt`, import.meta.url), 'utf8'),
  );
  const skills = new Map<string, SourceFile[]>();
  for (const [name, content] of files) {
    const { path, bytes } = fileOf(name, content);
    const [skill = '', ...rest] = path.split('/');
    if (skill.startsWith('attack'))
      skills.set(skill, [
        ...(skills.get(skill) ?? []),
        { path: rest.join('/'), bytes, mode: 0o644 },
      ]);
  }
  return [...skills.values()];
}

function unpacked(bytes: Uint8Array): StoredScan {
  const stored = unpackScan(bytes);
  if (stored === undefined) throw new Error('what was packed cannot be unpacked');
  return stored;
}

describe.each(rules.map((rule) => rule.id))('%s', (id) => {
  it('is replayed on stored facts to the same report, and every skill that it finds something in answers to what it reads', async () => {
    for (const files of attacksOf(id).slice(0, 2)) {
      const facts = await extractFacts(files);
      const report = reportOn(facts);
      const stored = unpacked(packScan(facts, report, currentRuleSet()));
      expect(canonicalJson(replayScan(stored))).toBe(canonicalJson(report));
      const whole = canonicalJson(report);
      const others = rules.map((rule) => rule.id).filter((_, at) => at % 3 === id.length % 3);
      fc.assert(
        fc.property(fc.subarray([id, ...others]), (changed) => {
          // What the changed rules found before must not matter.
          const earlier = {
            ...report,
            findings: report.findings.filter(
              (finding) => !changed.some((one) => one === finding.rule),
            ),
          };
          expect(canonicalJson(replayRules({ ...stored, report: earlier }, new Set(changed)))).toBe(
            whole,
          );
        }),
        { numRuns: 5 },
      );
      const found = new Set(report.findings.map((finding) => finding.rule));
      const selectors = new Set<string>(selectorsOf(facts.facts));
      const blind = rules.filter(
        (rule) =>
          found.has(rule.id) &&
          rule.reads.length > 0 &&
          !rule.reads.some((one) => selectors.has(one)),
      );
      expect(blind.map((rule) => rule.id)).toEqual([]);
    }
  });
});

it.each([
  ['nothing', new Uint8Array()],
  ['noise', new Uint8Array(200).fill(7)],
  ['a table that leads nowhere', Buffer.concat([Buffer.from([0, 0, 0, 2]), Buffer.from('{}')])],
])('%s is no stored scan', (_, bytes) => {
  expect(unpackScan(bytes)).toBeUndefined();
});
