import { describe, expect, it } from 'vitest';
import { weaknessLists, weaknessOf } from '../../../../scanner/reports/tables/weaknesses.ts';
import { rules } from '../../../../scanner/rules.ts';

const mapped = rules.flatMap((rule) =>
  Object.values(rule.maps).flatMap((ids) => (ids ?? []).map((id) => ({ rule: rule.id, id }))),
);

describe('the lists of weaknesses', () => {
  it('have every identifier that a rule names', () => {
    expect(mapped.filter(({ id }) => weaknessOf(id) === undefined)).toEqual([]);
  });

  it('are named by every rule at least once', () => {
    expect(
      rules.filter((rule) => !mapped.some((one) => one.rule === rule.id)).map(({ id }) => id),
    ).toEqual([]);
  });

  it('stand under the word of the rule that is theirs', () => {
    const keys = {
      cwe: ['cwe'],
      owasp: ['llm', 'asi', 'ast'],
      attack: ['attack', 'atlas'],
    } as const;
    const strangers = rules.flatMap((rule) =>
      (['cwe', 'owasp', 'attack'] as const).flatMap((word) =>
        (rule.maps[word] ?? [])
          .filter((id) => !keys[word].some((key) => key === weaknessOf(id)?.list.key))
          .map((id) => `${rule.id}: ${id} under ${word}`),
      ),
    );
    expect(strangers).toEqual([]);
  });

  it.each([
    [
      'CWE-506',
      'CWE-506',
      'Embedded Malicious Code',
      'https://cwe.mitre.org/data/definitions/506.html',
    ],
    [
      'LLM06',
      'LLM06:2025',
      'Excessive Agency (LLM03:2026)',
      expect.stringContaining('genai.owasp.org'),
    ],
    [
      'AST01',
      'AST01:2026',
      'Malicious Skills',
      'https://owasp.org/www-project-agentic-skills-top-10/ast01',
    ],
    [
      'T1552.001',
      'T1552.001',
      'Unsecured Credentials: Credentials In Files',
      'https://attack.mitre.org/techniques/T1552/001/',
    ],
    [
      'AML.T0051.001',
      'AML.T0051.001',
      'LLM Prompt Injection: Indirect',
      'https://atlas.mitre.org/techniques/AML.T0051.001',
    ],
  ])('give %s its label, name and address', (id, label, name, url) => {
    expect(weaknessOf(id)).toMatchObject({ id, label, name, url });
  });

  it('do not know what is no identifier, not even words of the language', () => {
    for (const id of ['CWE-0', 'T9999', 'toString', '__proto__', ''])
      expect(weaknessOf(id)).toBeUndefined();
  });

  it('share no identifier', () => {
    const all = weaknessLists.flatMap(({ names }) => Object.keys(names));
    expect(new Set(all).size).toBe(all.length);
  });
});
