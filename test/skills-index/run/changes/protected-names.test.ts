import { describe, expect, it } from 'vitest';
import {
  isObeyedThere,
  isProtectedName,
  makesRepository,
} from '../../../../skills-index/run/changes/protected-names.ts';

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
    'opencode.jsonc',
    '.crush.json',
    'lefthook.yaml',
    '.lefthook-local.json',
    'LEFTHOOK.TOML',
    '.lintstagedrc.mjs',
    'lint-staged.config.js',
    '.huskyrc.json',
    'app.sublime-project',
    '.nvim.lua',
    'rust-toolchain.toml',
    'mise.production.toml',
    '.mise.ci.local.toml',
    '.env.local',
    '.env.production',
    '.Renviron',
    '.bash_aliases',
    '.autoenv',
  ])('are brought by no run: %s', (name) => {
    expect(isProtectedName(name)).toBe(true);
  });

  it.each([
    'report.md',
    'notes~',
    'a~b.txt',
    'environment',
    'code-workspace.txt',
    'weekly~1report.md',
    '.env.example',
    'lefthook.md',
    'mise.md',
    'yarn.lock',
    'Makefile',
    'Jenkinsfile',
    'azure-pipelines.yml',
    'pyproject.toml',
  ])('are not %s', (name) => {
    expect(isProtectedName(name)).toBe(false);
  });
});

it('names that host policy adds are shut as well, where they are there and where they are new', () => {
  expect(isObeyedThere('dir/deploy.conf')).toBe(false);
  expect(isObeyedThere('dir/deploy.conf', ['deploy.conf'])).toBe(true);
  expect(isProtectedName('DEPLOY.conf', ['deploy.conf'])).toBe(true);
  expect(isProtectedName('deploy.config', ['deploy.conf'])).toBe(false);
});

it.each(['team.code-workspace', 'a/lefthook.yaml', '.env.local'])(
  'an existing %s is shut',
  (path) => {
    expect(isObeyedThere(path)).toBe(true);
  },
);

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
