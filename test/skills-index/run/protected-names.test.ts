import { describe, expect, it } from 'vitest';
import { isProtectedName, makesRepository } from '../../../skills-index/run/protected-names.ts';

describe('names that hosts or agents obey', () => {
  it.each([
    'AGENTS.md',
    'agents.MD',
    'AGENTS.override.md',
    'QWEN.md',
    '.hg',
    '.jj',
    '.cargo',
    '.env',
    '.gitlab-ci.yml',
    'lefthook.yml',
    'team.code-workspace',
    'git~1',
    'CLAUDE~1',
    'MCP~1.JSO',
    'AGENTS~1.MD',
    '.GIT.',
    'CLAUDE.md:stream',
    '.githooks',
  ])('are brought by no run: %s', (name) => {
    expect(isProtectedName(name)).toBe(true);
  });

  it.each(['report.md', 'notes~', 'a~b.txt', 'environment', 'code-workspace.txt', 'weekly~1report.md'])('are not %s', (name) => {
    expect(isProtectedName(name)).toBe(false);
  });
});

it('a folder of many names that look like a repository’s is folded once', () => {
  let looks = 0;
  class Names extends Set<string> {
    override [Symbol.iterator]() {
      looks++;
      return super[Symbol.iterator]();
    }
  }
  const siblings = new Names(Array.from({ length: 50 }, (_, index) => `HEAD:${index}`));
  for (const name of siblings.values()) expect(makesRepository(name, siblings)).toBe(false);
  expect(looks).toBe(1);
});
