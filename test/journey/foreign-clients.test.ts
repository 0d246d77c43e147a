/** Unmodified npm packages of other registries' clients against a served registry. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isWhole, sampleOf } from '../sample.ts';
import { type ForeignStage, makeForeignStage } from './foreign-stage.ts';
import { type Person, personIn, programOf } from './npm-person.ts';

/** Both generations of the client are in use: the newer one needs Node 22. */
const clients = [
  { client: 'skills 1.7.4', module: 'skills', renew: () => ['update', '-y'] },
  // It names such skills as ones that it cannot check.
  { client: 'skills 1.5.18', module: 'skills-1.5', renew: (url: string) => ['add', url, '-y'] },
];

let stage: ForeignStage;
beforeAll(async () => {
  stage = await makeForeignStage();
});
afterAll(() => stage.close());

/** A person with nothing, in a project with nothing, until the test ends. */
function npmPerson(module: string, more?: () => Record<string, string>): Person {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-person-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return personIn(home, () => [process.execPath, programOf(module)], more);
}

// The older generations go a shorter way in `npm test`.
const isFull = (module: string): boolean => isWhole || !module.includes('-');

describe.each(clients)('$client', ({ module, renew }) => {
  it('installs an approved skill with each of its files', async () => {
    const { file, run } = npmPerson(module);
    const { code, text } = await run('add', `${stage.base()}/@acme/weekly`, '-y');
    expect([code, text]).toEqual([0, expect.stringContaining('weekly')]);
    expect(file('.agents/skills/weekly/notes/how.md')).toBe('how\n');
    expect(file('.agents/skills/weekly/skill.json')).toContain('1.0.0');
    expect(file('.agents/skills/other/SKILL.md')).toBeUndefined();
  });

  it.each(isFull(module) ? ['@acme', 'all'] : ['all'])(
    'installs everything approved at /%s',
    async (path) => {
      const { file, run } = npmPerson(module);
      expect(await run('add', `${stage.base()}/${path}`, '-y')).toMatchObject({ code: 0 });
      for (const name of ['weekly', 'other'])
        expect(file(`.agents/skills/${name}/SKILL.md`)).toContain('Count the words.');
      for (const name of ['waiting', 'revoked'])
        expect(file(`.agents/skills/${name}/SKILL.md`)).toBeUndefined();
    },
  );

  const refused = [
    '@acme/revoked',
    '@acme/waiting',
    '@nobody/weekly',
    '@acme/absent',
    '@acme/weekly@9.9.9',
  ];
  it.each(sampleOf(refused, 2))('installs nothing at /%s', async (path) => {
    const { file, run } = npmPerson(module);
    const { code, text } = await run('add', `${stage.base()}/${path}`, '-y');
    expect([code, text]).toEqual([
      1,
      // `skills` 1.7 goes on to the page at the address, which is no skill.
      expect.stringMatching(
        /No skills found|Download failed with HTTP 404|not a valid SKILL\.md file or supported archive/,
      ),
    ]);
    expect(file('.agents/skills')).toBeUndefined();
    expect(file('.agents/skills/weekly/SKILL.md')).toBeUndefined();
  });

  it('stays at the version that its address names, and follows the skill otherwise', async () => {
    const name = `@acme/from-${module.replace('.', '-')}`;
    await stage.release(name, '1.0.0');
    const url = `${stage.base()}/${name}`;
    const follower = npmPerson(module);
    const pinned = npmPerson(module);
    await follower.run('add', url, '-y');
    await pinned.run('add', `${url}@1.0.0`, '-y');
    await stage.release(name, '1.1.0');
    await follower.run(...renew(url));
    await pinned.run(...renew(`${url}@1.0.0`));
    const installed = `.agents/skills/${name.slice('@acme/'.length)}/skill.json`;
    expect(follower.file(installed)).toContain('1.1.0');
    expect(pinned.file(installed)).toContain('1.0.0');
  });
});

const clawhubs = [
  { client: 'clawhub 0.23.3', module: 'clawhub', slug: (name: string) => name, folder: '@acme/' },
  // It knows no owners.
  {
    client: 'clawhub 0.20.0',
    module: 'clawhub-0.20',
    slug: (name: string) => name.slice(1).replace('/', '--'),
    folder: 'acme--',
  },
];

describe.each(clawhubs)('$client', ({ module, slug, folder }) => {
  const user = () => {
    const { file, run } = npmPerson(module, () => ({
      CLAWHUB_REGISTRY: stage.base(),
      CLAWHUB_SITE: stage.base(),
      CLAWHUB_DISABLE_TELEMETRY: '1',
    }));
    return { file: (path: string) => file(`skills/${folder}${path}`), run };
  };

  it('installs the offered version, or the one that is named', async () => {
    const { file, run } = user();
    expect(await run('install', slug('@acme/weekly'))).toMatchObject({ code: 0 });
    expect(file('weekly/notes/how.md')).toBe('how\n');
    const other = user();
    const words = ['install', slug('@acme/weekly'), '--version', '1.0.0'];
    expect(await other.run(...words)).toMatchObject({ code: 0 });
    expect(other.file('weekly/SKILL.md')).toContain('Count the words.');
  });

  const whole = isFull(module) ? it : undefined;
  whole?.('installs a skill by its name alone, where one scope has it', async () => {
    const { run } = npmPerson(module, () => ({ CLAWHUB_REGISTRY: stage.base() }));
    expect(await run('install', 'weekly')).toMatchObject({ code: 0 });
  });

  whole?.('updates to a newer version', async () => {
    const name = `@acme/of-${module.replace('.', '-')}`;
    const short = name.slice('@acme/'.length);
    await stage.release(name, '1.0.0');
    const { file, run } = user();
    expect(await run('install', slug(name))).toMatchObject({ code: 0 });
    await stage.release(name, '1.1.0');
    expect(await run('update', '--all', '--no-input')).toMatchObject({ code: 0 });
    expect(file(`${short}/skill.json`)).toContain('1.1.0');
    const listed = await run('list');
    expect([listed.code, listed.text]).toEqual([0, expect.stringContaining('1.1.0')]);
  });

  whole?.('looks at a skill, its versions and its files', async () => {
    const { run } = user();
    const { code, text } = await run('inspect', slug('@acme/weekly'), '--versions', '--files');
    expect([code, text]).toEqual([0, expect.stringContaining('notes/how.md')]);
    const explored = await run('explore');
    expect([explored.code, explored.text]).toEqual([0, expect.stringContaining('weekly')]);
  });

  const refused = [
    ['@acme/revoked', 'version-withheld', 'it sends keys'],
    ['@acme/absent', 'not-found', 'no skill'],
    ['@acme/waiting', 'version-pending', 'is not approved yet'],
    ['@nobody/weekly', 'not-found', 'no skill'],
  ] as const;
  it.each(sampleOf(refused, 2))(
    'is refused %s, also with --force, and shows why',
    async (name, code, why) => {
      const { file, run } = user();
      const ended = await run('install', slug(name), '--force', '--no-input');
      expect(ended.code).toBe(1);
      expect(ended.text).toContain(code);
      expect(ended.text).toContain(why);
      expect(file(`${name.split('/')[1]}/SKILL.md`)).toBeUndefined();
    },
  );
});
