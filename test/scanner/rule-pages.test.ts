import { describe, expect, it } from 'vitest';
import { rules } from '../../scanner/rules.ts';
import { ruleNote, ruleNotes } from '../../skills-index/statement/rule-note.ts';
import { notesOf } from './rule-notes.ts';
import { rulePages } from './rule-pages.ts';

describe('what is written about the rules (npm run docs:rules)', () => {
  it('is what rules and fixtures say now', () => {
    expect(ruleNotes).toEqual(JSON.parse(JSON.stringify(notesOf(rules))));
  });

  it('has a page for each rule, and a table of all', () => {
    const pages = rulePages(ruleNotes);
    expect([...pages.keys()]).toEqual(['README.md', ...rules.map(({ id }) => `${id}.md`).sort()]);
    for (const { id, fix } of rules) expect(pages.get(`${id}.md`)).toContain(fix);
  });

  it('says where an example is of another severity than is usual, and only there', () => {
    const pages = rulePages(ruleNotes);
    for (const [id, { severity, attack, near }] of Object.entries(ruleNotes)) {
      const differs = [attack, near].filter(({ findings }) =>
        findings.some((one) => !one.endsWith(` ${severity}`)),
      ).length;
      expect([
        id,
        (pages.get(`${id}.md`) ?? '').split(`The usual severity is ${severity}; `).length - 1,
      ]).toEqual([id, differs]);
    }
  });

  it('shows of each rule an attack that it finds and a near miss', () => {
    for (const [id, { attack, near }] of Object.entries(ruleNotes)) {
      expect([
        id,
        attack.files.length > 0,
        attack.findings.length > 0,
        near.files.length > 0,
        near.findings,
      ]).toEqual([id, true, true, true, []]);
    }
  });

  it('knows no rule by a word of the language', () => {
    expect(ruleNote('toString')).toBeUndefined();
  });
});
