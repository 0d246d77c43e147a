import { describe, expect, it } from 'vitest';
import { marksFrom, noMarks } from '../../../scanner/reports/marks.ts';
import { printAnnotations } from '../../../scanner/reports/report-github.ts';
import { hostile, reportOf, sender, unfinished } from './scanned-skills.ts';

describe('annotations for GitHub', () => {
  it('say the verdict, what was not analysed, and each finding at its line with the steps of its flow', async () => {
    const lines = printAnnotations(await reportOf(unfinished, 'skills/a'), noMarks)
      .trimEnd()
      .split('\n');
    expect(lines[0]).toBe(
      '::error title=Skillgate%3A block::@acme/sample 1.0.0 in skills/a: evidence of an attack, or something that may not be in a skill: it is held back',
    );
    expect(lines[1]).toMatch(/^::warning file=skills\/a\/main\.go,title=not analysed::./);
    expect(lines[2]).toMatch(
      /^::error file=skills\/a\/send\.py,line=5,endLine=5,col=5,endColumn=\d+,title=critical flow\/secret-to-network::sends secret OPENAI_API_KEY to other\.acme\.example.*%0A1\. read\.py:4:7 reads .*%0AFix: .*%0Askillgate explain flow\/secret-to-network$/,
    );
  });

  it('only count what a reviewer has accepted', async () => {
    const report = await reportOf(sender);
    const accepted = report.findings.map(({ fingerprint, severity }) => ({
      fingerprint,
      severity,
      skill: report.name,
      reason: 'looked at, and found to be harmless',
      by: 'Rita',
      expires: '2026-12-31',
    }));
    const lines = (today: string) =>
      printAnnotations(report, marksFrom(accepted, undefined, today))
        .trimEnd()
        .split('\n');
    expect(lines('2026-12-31').slice(1)).toEqual([
      `::notice title=accepted::${report.findings.length} accepted findings are not shown`,
    ]);
    expect(lines('2027-01-01')).toHaveLength(1 + report.findings.length);
  });

  it('say what is new against a baseline', async () => {
    const report = await reportOf(sender);
    const [first, ...more] = report.findings;
    const titles = (before: typeof report.findings) => [
      ...printAnnotations(
        report,
        marksFrom([], [{ path: '.', findings: before }], '2026-11-20'),
      ).matchAll(/title=[^:]* \(new\)::/g),
    ];
    expect(titles([])).toHaveLength(report.findings.length);
    expect(titles(more)).toHaveLength(1);
    expect(first).toBeDefined();
    expect(titles(report.findings)).toHaveLength(0);
  });

  it('let nothing of a skill be a command of its own or end a property', async () => {
    const text = printAnnotations(await reportOf(hostile), noMarks);
    for (const line of text.trimEnd().split('\n')) {
      expect(line).toMatch(/^::(error|warning|notice) (file|title)=[^\r\n]*::/);
      const properties = /^::\w+ (.*?)::/.exec(line)?.[1] ?? '';
      for (const one of properties.split(','))
        expect(one).toMatch(/^(file|line|endLine|col|endColumn|title)=[^:,]*$/);
    }
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});
