import { parser } from '@lezer/markdown';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marksFrom, noMarks } from '../../../scanner/reports/marks.ts';
import {
  markdownBlock,
  markdownCode,
  markdownText,
  printMarkdown,
} from '../../../scanner/reports/report-markdown.ts';
import { notDecided } from '../../../scanner/reports/report-text.ts';
import { filesOf, hostile, plainSkillMd, reportOf, sender, unfinished } from './scanned-skills.ts';

describe('a report in Markdown', () => {
  it('says the verdict, what was not analysed, what decides with code and steps, the capabilities, and folds the rest', async () => {
    const text = printMarkdown(await reportOf(unfinished, 'skills/a'), unfinished, noMarks);
    expect(
      text.startsWith(
        '## ⛔ BLOCK: <code>&#64;acme/sample 1.0.0</code> in <code>skills/a</code>\n',
      ),
    ).toBe(true);
    expect(text).toContain('**Not analysed:**\n\n- <code>main.go</code>: ');
    expect(text).toMatch(
      /\n### critical: sends secret OPENAI&#95;API&#95;KEY to other\.acme\.example/,
    );
    expect(text).toMatch(/<pre> {4}4 \| def send\(value\):\n {4}5 \| {5}requests\.post\(/);
    expect(text).toMatch(/\n1\. <code>read\.py&#58;4&#58;7<\/code> reads /);
    expect(text).toContain('\n| capability | declared | observed | |\n');
    expect(text).toMatch(/\n<details><summary>\d+ more findings<\/summary>\n/);
  });

  it('speaks of more findings only where some stand above', async () => {
    const given = filesOf({
      'SKILL.md': plainSkillMd,
      'a.py': 'import os\nos.environ["A_NAME"]\n',
    });
    const report = await reportOf(given);
    expect(report.verdict).toBe('pass');
    expect(printMarkdown(report, given, noMarks)).toMatch(/<summary>\d+ findings?<\/summary>/);
  });

  it('says once what no scan decides, unless it is held back anyway', async () => {
    const clean = filesOf({ 'SKILL.md': plainSkillMd });
    expect(printMarkdown(await reportOf(clean), clean, noMarks).split(notDecided)).toHaveLength(2);
    expect(printMarkdown(await reportOf(unfinished), unfinished, noMarks)).not.toContain(
      notDecided,
    );
  });

  it('strikes through what a reviewer accepted, with who, until when and why, and says what is new', async () => {
    const report = await reportOf(sender);
    const [finding] = report.findings.filter(({ rule }) => rule === 'flow/secret-to-network');
    if (finding === undefined) throw new Error('the sample sends a secret');
    const { fingerprint, severity } = finding;
    const accepted = {
      fingerprint,
      severity,
      skill: report.name,
      reason: 'the host is ours, see the ticket',
      by: 'Rita',
      expires: '2026-12-31',
    };
    const text = printMarkdown(report, sender, marksFrom([accepted], [], '2026-11-20'));
    expect(text).toMatch(/### <del>critical: sends secret .*<\/del>/);
    expect(text).toContain('accepted by Rita until 2026-12-31: the host is ours, see the ticket');
    expect(text).toContain(' · **new**');
    expect(text).toContain(`\n1 of ${report.findings.length} findings is accepted.\n`);
  });

  it('lists the capabilities that changed since an earlier report', async () => {
    const now = await reportOf(sender, 'a');
    const before = await reportOf(filesOf({ 'SKILL.md': plainSkillMd }), 'a');
    const text = (marks = noMarks): string => printMarkdown(now, sender, marks);
    const since = (earlier: typeof now): string => text(marksFrom([], [earlier], '2026-11-20'));
    const title = '**New capabilities since the earlier report (a person has to look at them):**';
    expect(since(before)).toMatch(
      /\*\*New capabilities since the earlier report \(a person has to look at them\):\*\*\n\n- <code>/,
    );
    expect(since(now)).toContain('No capability changed since the earlier report.');
    // A skill without an earlier report has the table of all capabilities.
    for (const none of [text(), since({ ...before, path: 'b' })]) expect(none).not.toContain(title);
    const back = printMarkdown(before, sender, marksFrom([], [now], '2026-11-20'));
    expect(back).toMatch(/\*\*Capabilities that are gone:\*\*\n\n- <code>/);
  });

  it('lets nothing of a skill be markup', async () => {
    const text = printMarkdown(await reportOf(hostile), hostile, noMarks);
    const blocks = [...text.matchAll(/<pre>([^<>]*)<\/pre>/g)];
    expect(blocks).toHaveLength((text.match(/<pre>/g) ?? []).length);
    expect(text.replace(/<pre>[^<>]*<\/pre>/g, '')).not.toMatch(
      /<(script|img)|\]\(http|@octocat|#1\b/,
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('makes any text plain: one paragraph without a single sign of markup', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (wild) => {
        const text = `a ${markdownText(wild)} b`;
        const kinds = new Set<string>();
        parser.parse(text).iterate({ enter: ({ name }) => void kinds.add(name) });
        for (const kind of kinds)
          expect(['Document', 'Paragraph', 'Entity', 'Comment']).toContain(kind);
        expect(markdownCode(wild).slice('<code>'.length, -'</code>'.length)).not.toMatch(/[<>@`|]/);
        expect(markdownBlock([wild.replace(/[\r\n]/g, '')]).match(/</g)).toHaveLength(2);
      }),
    );
  });
});
