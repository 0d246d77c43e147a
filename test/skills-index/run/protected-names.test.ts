import { describe, expect, it } from 'vitest';
import { isProtectedName } from '../../../skills-index/run/protected-names.ts';

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
  ])('are brought by no run: %s', (name) => {
    expect(isProtectedName(name)).toBe(true);
  });

  it.each(['report.md', 'notes~', 'a~b.txt', 'environment', 'code-workspace.txt', 'weekly~1report.md'])('are not %s', (name) => {
    expect(isProtectedName(name)).toBe(false);
  });
});
