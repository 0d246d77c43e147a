import { describe, expect, it } from 'vitest';
import { marksFrom, noMarks } from '../../../scanner/reports/marks.ts';
import { gitLabIssues } from '../../../scanner/reports/report-gitlab.ts';
import { filesOf, hostile, plainSkillMd, reportOf, sender, unfinished } from './scanned-skills.ts';

describe('a Code Quality report for GitLab', () => {
  it('has what was not analysed, then each finding at its line', async () => {
    const issues = gitLabIssues(await reportOf(unfinished, 'skills/a'), noMarks);
    expect(issues[0]).toEqual({
      description: expect.stringMatching(/^Not analysed: ./),
      check_name: 'not-analysed',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'critical',
      location: { path: 'skills/a/main.go', lines: { begin: 1 } },
    });
    expect(issues[1]).toEqual({
      description: expect.stringMatching(
        /^sends secret OPENAI_API_KEY to other\.acme\.example.*\(skillgate explain flow\/secret-to-network\)$/,
      ),
      check_name: 'flow/secret-to-network',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'blocker',
      location: { path: 'skills/a/send.py', lines: { begin: 5 } },
    });
  });

  it('is empty for a skill without findings, and never for one that was not read', async () => {
    const plain = filesOf({ 'SKILL.md': plainSkillMd });
    expect(gitLabIssues(await reportOf(plain), noMarks)).toEqual([]);
    const report = await reportOf(plain);
    const cut = { ...report, coverage: { ...report.coverage, unlisted: 3 } };
    expect(gitLabIssues(cut, noMarks).map(({ description }) => description)).toEqual([
      'Not analysed: 3 more files',
    ]);
  });

  it('gives equal files of two skills different fingerprints', async () => {
    const issues = [...(await issuesIn('a')), ...(await issuesIn('b'))];
    expect(issues.length).toBeGreaterThan(2);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  });

  it('leaves out what a reviewer has accepted', async () => {
    const report = await reportOf(sender);
    const [first, ...others] = report.findings;
    const marks = marksFrom(
      others.map(({ fingerprint, severity }) => ({
        fingerprint,
        severity,
        skill: report.name,
        reason: 'looked at, and found to be harmless',
        by: 'Rita',
        expires: '2026-12-31',
      })),
      undefined,
      '2026-12-31',
    );
    const issues = gitLabIssues(report, marks);
    expect(issues.map(({ check_name }) => check_name)).toEqual([first?.rule]);
  });

  it('spells out what a skill hides in its texts', async () => {
    for (const { description } of gitLabIssues(await reportOf(hostile), noMarks))
      expect(description).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

async function issuesIn(path: string) {
  return gitLabIssues(await reportOf(unfinished, path), noMarks);
}
