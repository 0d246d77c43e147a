import { describe, expect, it } from 'vitest';
import { rules } from '../../../scanner/rules.ts';
import { skill } from '../command-line.ts';

describe('skillgate explain RULE', () => {
  it('shows why, how to fix it, an attack and a near miss with their findings, the weaknesses and what is near', async () => {
    const { exit, stdout } = await skill(['explain', 'flow/secret-to-network']);
    expect(exit).toBe(0);
    const titles = [
      'Why it matters',
      'How to fix it',
      'What it finds',
      'What it does not report',
      'Maps to',
      'Related rules',
    ];
    expect(stdout.split('\n').filter((line) => titles.includes(line))).toEqual(titles);
    expect(stdout).toMatch(/\n {2}CWE-522 +https:\/\/cwe\.mitre\.org/);
    expect(stdout).toMatch(
      /What it finds\n {2}\S+\n( {2}\|.*\n)+(.*\n)* {2}found at \S+:\d+ critical/,
    );
    expect(stdout).toContain('/rules/flow/secret-to-network');
  });

  it('knows every rule, and says of each what JSON needs', async () => {
    for (const { id } of rules) {
      const { exit, stdout } = await skill(['explain', id, '--format', 'json']);
      expect([exit, JSON.parse(stdout)]).toMatchObject([
        0,
        { schema: 'skillgate.rule/1', id, weaknesses: expect.any(Array) },
      ]);
    }
  });

  it('prints the attacks of fixtures without a sign that a terminal obeys or hides', async () => {
    for (const { id } of rules) {
      const { stdout } = await skill(['explain', id]);
      expect([
        id,
        /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/.test(
          stdout,
        ),
      ]).toEqual([id, false]);
    }
  });
});
