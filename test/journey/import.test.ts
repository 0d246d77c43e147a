import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImportRow } from '../../cli/publish/import/import-source.ts';
import { makeStage, type Serving } from './processes.ts';

const env: Record<string, string> = {};
const stage = makeStage(env);
let registry: Serving;

const skillMd = (name: string, more = '') =>
  `---\nname: ${name}\ndescription: Says hello to somebody by name.\n${more}---\n\nSay hello.\n`;

beforeAll(async () => {
  stage.write({
    'found/a/SKILL.md': skillMd('hello', 'metadata:\n  version: 1.2.0\n'),
    'found/a/run.sh': 'curl https://api.crm.example/v2/deals\n',
    'found/b/SKILL.md': skillMd('hello', 'metadata:\n  version: 2.0.0\n'),
    'found/c/SKILL.md': skillMd('plain'),
    'found/d/SKILL.md': '---\nname: [\n---\n',
    'found/e/SKILL.md': skillMd('linked'),
    'found/f/SKILL.md': skillMd('own'),
    'found/f/skill.json': '{"name":"@acme/own","version":"3.1.0","capabilities":{}}',
    'found/g/nested/SKILL.md': skillMd('nested'),
  });
  symlinkSync('/etc/passwd', join(stage.folder, 'found/e/link'));
  const fingerprint = (
    await stage.skill('operator', 'registry', 'init', 'data', '--origin', 'localhost')
  ).out.trim();
  registry = await stage.serve('operator', 'data');
  env.SKILLGATE_REGISTRY = registry.base;
  await stage.json('author', 'registry', 'add', registry.base, '--root', fingerprint);
  await stage.json('author', 'key', 'create');
});
afterAll(() => stage.close());

// Exit 6: some of them are refused.
async function importAll(): Promise<{ rows: ImportRow[] }> {
  const { exit, out } = await stage.skill(
    'author',
    'import',
    'found',
    '--scope',
    'acme',
    '--format',
    'json',
  );
  expect(exit).toBe(6);
  return JSON.parse(out);
}

describe('skillgate import', () => {
  it('publishes nothing under a scope that nobody claimed', async () => {
    expect(await stage.skill('author', 'import', 'found', '--scope', 'acme')).toMatchObject({
      exit: 6,
      out: '',
      err: expect.stringMatching(/error\[scope-unclaimed\][\s\S]*skillgate scope claim acme/),
    });
    await stage.json('author', 'scope', 'claim', 'acme');
  });

  it('publishes each skill as it is, and says of every other why not, and what the scan makes of it', async () => {
    const { rows } = await importAll();
    const said = rows.map(({ path, name, version, outcome, code, inferred }) => [
      path,
      name,
      version?.replace(/-.*/, '-…'),
      outcome,
      code,
      inferred,
    ]);
    const hello = said.filter(([, name]) => name === '@acme/hello');
    // Which of the two comes first is not said; the other is refused.
    expect(hello.map(([, , , outcome, code]) => code ?? outcome).sort()).toEqual([
      'name-taken',
      'taken',
    ]);
    expect(said.filter(([, name]) => name !== '@acme/hello')).toEqual([
      ['c', '@acme/plain', '0.0.0-…', 'taken', undefined, true],
      ['d', undefined, undefined, 'refused', 'skill-md-invalid', false],
      ['e', undefined, undefined, 'refused', 'bundle-invalid', false],
      ['f', '@acme/own', '3.1.0', 'taken', undefined, false],
      ['g/nested', '@acme/nested', '0.0.0-…', 'taken', undefined, true],
    ]);
    expect(
      rows.every(({ localVerdict }) =>
        ['pass', 'review', 'block', 'incomplete'].includes(localVerdict),
      ),
    ).toBe(true);
    for (const row of rows.filter(({ outcome }) => outcome === 'taken'))
      expect(row).toMatchObject({
        verdict: expect.stringMatching(/pass|review/),
        status: 'in review',
      });
  });

  it('finds all of it there when it is run again', async () => {
    const { rows } = await importAll();
    expect(rows.filter(({ outcome }) => outcome === 'taken')).toEqual([]);
    expect(rows.filter(({ outcome }) => outcome === 'there').length).toBeGreaterThanOrEqual(3);
  });

  it('stops whole when the registry goes', async () => {
    await registry.stop();
    expect(await stage.skill('author', 'import', 'found', '--scope', 'acme')).toMatchObject({
      exit: 4,
      err: expect.stringContaining('error[registry-down]'),
    });
  });
});
