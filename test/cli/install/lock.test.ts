import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findProject,
  type Lock,
  type LockedSkill,
  lockFileName,
  printLock,
  projectFileName,
  readLock,
  readProject,
  scopeClaimIn,
  writeLock,
  writeProject,
} from '../../../cli/install/lock.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName, type SkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const locked: fc.Arbitrary<[SkillName, LockedSkill]> = fc
  .tuple(part, part, fc.nat(1_000_000))
  .map(([scope, name, logIndex]) => [
    parseSkillName(`@${scope}/${name}`),
    {
      registry: 'localhost',
      version: parseVersion(`1.0.${logIndex}`),
      bundle: digestOf(name),
      publisher: digestOf(scope),
      scopeClaim: logIndex,
      capabilities: digestOf('none'),
      logIndex,
    },
  ]);

describe('skillgate.lock', () => {
  it('is read back as it was written, whatever it holds', async () => {
    const path = join(folder, lockFileName);
    await fc.assert(
      fc.asyncProperty(fc.array(locked, { maxLength: 5 }), async (skills) => {
        const lock: Lock = new Map(skills);
        await writeLock(path, lock);
        expect(new Map(await readLock(path))).toEqual(new Map(lock));
      }),
      { numRuns: 20 },
    );
  });

  it('knows the claim that the first skill of a scope showed, for each registry', () => {
    const one = {
      version: parseVersion('1.0.0'),
      bundle: digestOf('b'),
      publisher: 'p',
      capabilities: digestOf('c'),
      logIndex: 9,
    };
    const at = (registry: string, scopeClaim: number): LockedSkill => ({
      ...one,
      registry,
      scopeClaim,
    });
    const here = { origin: 'localhost', id: digestOf('root') };
    const own: Lock = new Map([[parseSkillName('@acme/a'), at('localhost', 3)]]);
    const project: Lock = new Map([
      [parseSkillName('@acme/b'), at('localhost', 17)],
      [parseSkillName('@acme/c'), at('skills.example', 1)],
      [parseSkillName('@other/a'), at('localhost', 0)],
    ]);
    expect(scopeClaimIn([own, project], parseScope('acme'), here)).toBe(3);
    expect(scopeClaimIn([project], parseScope('acme'), here)).toBe(17);
    expect(scopeClaimIn([own, project], parseScope('nobody'), here)).toBeUndefined();
    // Two registries of one origin are two.
    const named = (root: string): Lock =>
      new Map([[parseSkillName('@acme/a'), { ...at('localhost', 5), root: digestOf(root) }]]);
    expect(scopeClaimIn([named('root'), named('another root')], parseScope('acme'), here)).toBe(5);
    expect(scopeClaimIn([named('another root')], parseScope('acme'), here)).toBeUndefined();
  });

  it('has the same bytes in whatever order skills were added', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(locked, { selector: ([name]) => name, maxLength: 6 }),
        (skills) => {
          expect(printLock(new Map(skills))).toBe(printLock(new Map(skills.toReversed())));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([
    ['{', /Cannot read .*skillgate\.lock/],
    ['{"schema":"skillgate.lock/2","skills":{}}', /schema .*\(line 1, column 2\)/],
    ['{"schema":"skillgate.lock/1","skills":{"../../x":{}}}', /skill name/],
    ['{"schema":"skillgate.lock/1","skills":{},"extra":1}', /extra/],
    ['{"schema":"skillgate.lock/1","schema":"skillgate.lock/1","skills":{}}', /twice/],
    [
      '{"schema":"skillgate.lock/1","skills":{"@a/b":{"registry":"r","version":"1.0","bundle":"x"}}}',
      /: 6 reasons, first: skills\["@a\/b"\]\.publisher is missing \(line 1, column 40\)/,
    ],
  ])('refuses %s', async (text, message) => {
    const path = join(folder, lockFileName);
    writeFileSync(path, text);
    await expect(readLock(path)).rejects.toThrow(message);
  });

  it.each<[keyof LockedSkill, unknown, string]>([
    ['version', '1.0', 'is not a version'],
    ['bundle', 'x', 'is not a digest'],
    ['root', 'x', 'is not a digest'],
    ['capabilities', 'x', 'is not a digest'],
    ['logIndex', -1, 'is not a log index'],
    ['requires', { b: '*' }, 'is not a skill name'],
  ])('refuses a skill whose %s is %j', async (field, value, reason) => {
    const path = join(folder, lockFileName);
    const name = parseSkillName('@acme/a');
    const [[, good] = []] = fc.sample(locked, 1);
    await writeLock(path, new Map([[name, { ...good, [field]: value } as LockedSkill]]));
    await expect(readLock(path)).rejects.toThrow(reason);
  });
});

describe('skillgate.json', () => {
  it('writes a range alone as a string, and keeps the options of an installation', async () => {
    const path = join(folder, projectFileName);
    const skills = new Map([
      [parseSkillName('@acme/b'), { range: '^1.0.0' }],
      [
        parseSkillName('@acme/a'),
        { range: '*', as: 'other', agents: ['claude'], copy: true, plain: false },
      ],
    ]);
    await writeProject(path, { skills, registries: { '@acme': 'https://skills.acme.example' } });
    const read = await readProject(path);
    expect([...read.skills]).toEqual([
      ['@acme/a', { range: '*', as: 'other', agents: ['claude'], copy: true }],
      ['@acme/b', { range: '^1.0.0' }],
    ]);
    expect(read.registries).toEqual({ '@acme': 'https://skills.acme.example' });
  });

  it.each(['../x', '/etc', 'A', '.git'])('refuses the folder name %s', async (as) => {
    const path = join(folder, projectFileName);
    writeFileSync(path, JSON.stringify({ skills: { '@acme/a': { range: '*', as } } }));
    await expect(readProject(path)).rejects.toMatchObject({ code: 'lock-invalid' });
  });
});

describe('findProject', () => {
  it('finds the nearest folder upwards that has a lock or a project file', async () => {
    const deep = join(folder, 'a/b/c');
    mkdirSync(deep, { recursive: true });
    expect(await findProject(deep)).toBeUndefined();
    writeFileSync(join(folder, lockFileName), '');
    expect(await findProject(deep)).toBe(folder);
    writeFileSync(join(folder, 'a/b', projectFileName), '');
    expect(await findProject(deep)).toBe(join(folder, 'a/b'));
  });

  // As any user may do in /tmp.
  it.runIf(process.getuid?.() === 0)('passes over what another user put there', async () => {
    const deep = join(folder, 'a');
    mkdirSync(deep);
    writeFileSync(join(folder, lockFileName), '');
    const plant = join(folder, lockFileName);
    chownSync(plant, 65_534, 65_534);
    expect(await findProject(deep)).toBeUndefined();
    expect(await findProject(folder)).toBe(folder);
    chmodSync(folder, 0o1777);
    expect(await findProject(folder)).toBeUndefined();
    chmodSync(folder, 0o755);
    chownSync(deep, 65_534, 65_534);
    expect(await findProject(deep)).toBe(folder);
    // The file is root's, and the link to it is not.
    renameSync(plant, join(deep, 'own'));
    chownSync(join(deep, 'own'), 0, 0);
    chownSync(deep, 0, 0);
    symlinkSync(join(deep, 'own'), plant);
    lchownSync(plant, 65_534, 65_534);
    expect(await findProject(deep)).toBeUndefined();
  });
});
