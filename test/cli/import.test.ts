import { mkdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type ImportRow, importAnswer } from '../../cli/publish/import/import-source.ts';
import { findName, manifestFor } from '../../cli/publish/import.ts';
import { readSkillFolder } from '../../cli/scan/source-folder.ts';
import { scanSkill } from '../../scanner/scan.ts';
import { printManifest } from '../../skills-index/skill/authoring/print-manifest.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { skill } from './command-line.ts';
import { folderWith } from './temporary-folder.ts';

const acme = parseScope('acme');
const skillMd = (front: string) => `---\n${front}\ndescription: says hello\n---\nhello\n`;

/** A folder of this name with these files. */
function found(name: string, files: Record<string, string>): string {
  const top = folderWith(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [join('x', path), text])),
  );
  mkdirSync(join(top, 'y'));
  renameSync(join(top, 'x'), join(top, 'y', name));
  return join(top, 'y', name);
}

/** The skill of a folder, as an import names it. */
async function readFound(folder: string, scope: typeof acme) {
  const skill = { path: folder, folderName: basename(folder), read: () => readSkillFolder(folder) };
  const taken = findName(skill, await skill.read(), scope);
  return { ...taken, version: taken.versions[0] };
}

describe('an imported skill', () => {
  it.each([
    [
      'its front matter’s name and version',
      'folder',
      'name: hello\nmetadata:\n  version: 1.2.0',
      '@acme/hello',
      '1.2.0',
    ],
    [
      'its folder’s name where the front matter has none',
      'folder',
      'license: MIT',
      '@acme/folder',
      undefined,
    ],
    [
      'its folder’s name where the front matter’s is none',
      'folder',
      'name: Hello World',
      '@acme/folder',
      undefined,
    ],
    [
      'a version of its bytes where it has none that is semver',
      'folder',
      'name: a\nmetadata:\n  version: "1.3"',
      '@acme/a',
      undefined,
    ],
  ])('gets %s', async (_, folder, front, name, version) => {
    const { packed, ...taken } = await readFound(
      found(folder, { 'SKILL.md': skillMd(front) }),
      acme,
    );
    expect(taken.name).toBe(name);
    expect(taken.version).toBe(version ?? `0.0.0-${hexOf(packed.digest).slice(0, 8)}`);
  });

  it('always gets a version that semver takes, however its digest begins', async () => {
    // Eight decimal digits with a zero first are no prerelease in semver: this bundle's digest
    // begins 06700299e.
    const zero = await readFound(
      found('folder', { 'SKILL.md': skillMd('name: a\nmetadata:\n  version: "1.2"') }),
      acme,
    );
    expect(zero.version).toBe('0.0.0-06700299e');
    const versions = new Set<string>();
    for (let i = 0; i < 20; i++)
      versions.add(
        (await readFound(found('a', { 'SKILL.md': skillMd(`name: a${i}`) }), acme)).version,
      );
    expect(versions.size).toBe(20);
    for (const version of versions) expect(version).toMatch(/^0\.0\.0-[0-9a-f]{8,12}$/);
  });

  it.each([
    ['no name at all', 'Bad Name', { 'SKILL.md': skillMd('name: Also Bad') }, 'name-invalid'],
    [
      'a skill.json of another scope',
      'a',
      {
        'SKILL.md': skillMd('name: a'),
        'skill.json': '{"name":"@other/a","version":"1.0.0","capabilities":{}}',
      },
      'name-invalid',
    ],
    [
      'a skill.json that is no manifest',
      'a',
      { 'SKILL.md': skillMd('name: a'), 'skill.json': '{}' },
      'manifest-invalid',
    ],
    ['no description', 'a', { 'SKILL.md': '---\nname: a\n---\n' }, 'skill-md-invalid'],
    [
      'a file of secrets',
      'a',
      { 'SKILL.md': skillMd('name: a'), '.env': 'TOKEN=1' },
      'path-invalid',
    ],
  ])('is refused with %s', async (_, folder, files, code) => {
    await expect(readFound(found(folder, files), acme)).rejects.toMatchObject({ code });
  });

  it('keeps its own manifest, or has one that is marked inferred and that the manifest’s parser takes', async () => {
    const own = found('a', {
      'SKILL.md': skillMd('name: a'),
      'skill.json': '{"name":"@acme/own","version":"3.0.0","capabilities":{}}',
    });
    const bare = found('b', {
      'SKILL.md': skillMd('name: b'),
      'scripts/run.sh': 'curl https://api.crm.example/v2/deals\n',
    });
    const report = await scanSkill([
      {
        path: 'scripts/run.sh',
        bytes: Buffer.from('curl https://api.crm.example/v2/deals\n'),
        mode: 0o755,
      },
    ]);
    const ofOwn = await readFound(own, acme);
    const ofBare = await readFound(bare, acme);
    expect(
      manifestFor(ofOwn, ofOwn.version, { report: await scanSkill([]), isAsIs: false }),
    ).toMatchObject({
      manifest: { name: '@acme/own', capabilities: noCapabilities },
    });
    const { manifest, inferred } = manifestFor(ofBare, ofBare.version, { report, isAsIs: false });
    expect(inferred).toBe(true);
    expect(parseManifest(Buffer.from(printManifest(manifest)))).toEqual(manifest);
    expect(manifest.capabilities.exec).toMatchObject([{ program: 'curl' }]);
  });
});

it('refuses an own manifest that lacks entries, as publish does, unless it is taken as it is', async () => {
  const files = {
    'SKILL.md': skillMd('name: a'),
    'skill.json': '{"name":"@acme/own","version":"3.0.0","capabilities":{}}',
    'scripts/run.sh': 'curl https://api.crm.example/v2/deals\n',
  };
  const taken = await readFound(found('a', files), acme);
  const report = await scanSkill(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  expect(() => manifestFor(taken, taken.version, { report, isAsIs: false })).toThrow(
    expect.objectContaining({ code: 'capability-undeclared' }),
  );
  expect(manifestFor(taken, taken.version, { report, isAsIs: true })).toEqual({
    manifest: taken.manifest,
  });
});

describe('the table of an import', () => {
  const row = (part: Partial<ImportRow>): ImportRow => ({
    path: 'a',
    outcome: 'taken',
    inferred: false,
    verdict: 'pass',
    status: 'in review',
    localVerdict: 'pass',
    seconds: 1,
    ...part,
  });

  it('counts what was taken, what was refused and why, and the verdicts', async () => {
    const stdout = Object.assign(new PassThrough(), {});
    const context = { stdout, env: {}, format: 'json' } as unknown as Parameters<
      typeof importAnswer
    >[0];
    const refused = {
      outcome: 'refused',
      code: 'name-taken',
      reason: '\u001b[2J',
      verdict: null,
      status: null,
    } as const;
    importAnswer(context, '@acme', [row({}), row({}), row({ ...refused, localVerdict: 'block' })]);
    expect(JSON.parse(String(stdout.read()))).toMatchObject({
      schema: 'skillgate.import/1',
      skills: 3,
      outcomes: { taken: 2, refused: 1 },
      refusals: { 'name-taken': 1 },
      verdicts: { pass: 2 },
      localVerdicts: { pass: 2, block: 1 },
    });
    importAnswer({ ...context, format: 'text' }, '@acme', [row(refused)]);
    expect(String(stdout.read())).toContain('name-taken: ⟨U+001B⟩[2J');
  });

  it.each([
    [['import', '.'], 2, 'usage'],
    [['import', '.', '--scope', 'A b'], 2, 'name-invalid'],
    [['import', 'nowhere', '--scope', 'acme'], 3, 'file-not-found'],
  ])('is not begun for %j', async (argv, exit, code) => {
    const env = { SKILLGATE_HOME: folderWith() };
    await skill(['key', 'create'], { env });
    expect(await skill(argv, { env, cwd: folderWith() })).toMatchObject({
      exit,
      stderr: expect.stringContaining(`error[${code}]`),
    });
  });
});
