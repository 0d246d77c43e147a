import { describe, expect, it } from 'vitest';
import { weaknessOf } from '../../../../scanner/reports/sarif/sarif-rules.ts';
import { rules } from '../../../../scanner/rules.ts';

describe('the weaknesses that rules map to', () => {
  it('have the form of their list', () => {
    const forms = {
      cwe: /^CWE-\d{2,4}$/,
      owasp: /^(?:LLM|ASI|AST)(?:0\d|10)$/,
      attack: /^(?:AML\.)?T\d{4}(?:\.\d{3})?$/,
    } as const;
    for (const { id: rule, maps } of rules) {
      expect(Object.values(maps).flat(), rule).not.toEqual([]);
      for (const list of ['cwe', 'owasp', 'attack'] as const)
        for (const id of maps[list] ?? []) expect(id, rule).toMatch(forms[list]);
    }
  });

  it.each([
    ['CWE-506', 'CWE-506', 'https://cwe.mitre.org/data/definitions/506.html'],
    ['LLM06', 'LLM06:2025', expect.stringContaining('https://genai.owasp.org/')],
    ['AST01', 'AST01:2026', 'https://owasp.org/www-project-agentic-skills-top-10/ast01'],
    ['T1552.001', 'T1552.001', 'https://attack.mitre.org/techniques/T1552/001/'],
    ['AML.T0051.001', 'AML.T0051.001', 'https://atlas.mitre.org/techniques/AML.T0051.001'],
  ])('give %s its label and address', (id, label, url) => {
    expect(weaknessOf(id)).toEqual({ label, url });
  });
});
