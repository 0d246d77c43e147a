import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { revocationStatement } from '../../skills-index/statement/attestation.ts';
import { claim } from '../faults/acts.ts';
import { makeServedSite, type ServedSite } from '../faults/served-site.ts';
import { enterStaff, recordTaken, releaseOne, scanOne, type Walk } from '../faults/walk.ts';
import { freshNonce } from '../nonce.ts';
import { makeSkill, registryIdAt, state } from '../registry/road.ts';

/** Both generations of the client are in use: the newer one needs Node 22. */
const clients = [
  { client: 'skills 1.7.4', module: 'skills', renew: () => ['update', '-y'] },
  // It names such skills as ones that it cannot check.
  { client: 'skills 1.5.18', module: 'skills-1.5', renew: (url: string) => ['add', url, '-y'] },
];

const weekly = makeSkill('@acme/weekly', '1.0.0', { files: { 'notes/how.md': 'how\n' } });
const revoked = makeSkill('@acme/revoked', '1.0.0');
let site: ServedSite;
let walk: Walk;

beforeAll(async () => {
  site = await makeServedSite();
  await site.start();
  const send = site.sender('127.0.0.1');
  const staff = await enterStaff(send, site.trust);
  walk = { send, staff, take: recordTaken(send, []) };
  const registry = await registryIdAt(send);
  await walk.take(await claim(registry, 'acme', staff.author));
  const approved = [weekly, revoked, makeSkill('@acme/other', '1.0.0')];
  for (const skill of approved) await releaseOne(walk, skill);
  await scanOne(walk, makeSkill('@acme/waiting', '1.0.0'));
  const target = { bundle: revoked.packed.digest };
  const said = { registry, reason: 'it sends keys', kind: 'revoked', target } as const;
  const stop = revocationStatement({ ...said, nonce: freshNonce() });
  expect((await state(send, stop, staff.reviewer.key)).status).toBe(201);
  await offers('@acme/other/1.0.0');
});
afterAll(() => site.close());

/** Waits until the registry offers a version. */
async function offers(version: string): Promise<void> {
  await vi.waitFor(async () => {
    const answer = await fetch(`${site.base()}/@acme/.well-known/agent-skills/index.json`);
    expect(await answer.text()).toContain(`/archives/${version}`);
  }, 20_000);
}

/** The program of a package from npm. */
function programOf(module: string): string {
  const folder = new URL(`../../node_modules/${module}/`, import.meta.url);
  const { bin } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
  return fileURLToPath(new URL(Object.values<string>(bin)[0] ?? '', folder));
}

interface Ended {
  readonly code: number;
  readonly text: string;
}

/** A person with nothing, in a project with nothing. */
function person(
  module: string,
  more: () => Record<string, string> = () => ({}),
): {
  run(...words: string[]): Promise<Ended>;
  file(path: string): string | undefined;
} {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-person-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const { PATH } = process.env;
  const env = { PATH, HOME: home, CI: '1', DISABLE_TELEMETRY: '1', ...more() };
  return {
    run: (...words) =>
      new Promise((resolve) => {
        execFile(
          process.execPath,
          [programOf(module), ...words],
          { cwd: home, env },
          (error, out, err) => resolve({ code: Number(error?.code ?? 0), text: out + err }),
        );
      }),
    file: (path) => {
      const whole = join(home, path);
      return existsSync(whole) ? readFileSync(whole, 'utf8') : undefined;
    },
  };
}

describe.each(clients)('$client', ({ module, renew }) => {
  it('installs an approved skill with each of its files', async () => {
    const { file, run } = person(module);
    const { code, text } = await run('add', `${site.base()}/@acme/weekly`, '-y');
    expect([code, text]).toEqual([0, expect.stringContaining('weekly')]);
    expect(file('.agents/skills/weekly/notes/how.md')).toBe('how\n');
    expect(file('.agents/skills/weekly/skill.json')).toContain('1.0.0');
    expect(file('.agents/skills/other/SKILL.md')).toBeUndefined();
  });

  it.each(['@acme', 'all'])('installs everything approved at /%s', async (path) => {
    const { file, run } = person(module);
    expect(await run('add', `${site.base()}/${path}`, '-y')).toMatchObject({ code: 0 });
    for (const name of ['weekly', 'other'])
      expect(file(`.agents/skills/${name}/SKILL.md`)).toContain('Count the words.');
    for (const name of ['waiting', 'revoked'])
      expect(file(`.agents/skills/${name}/SKILL.md`)).toBeUndefined();
  });

  it.each([
    '@acme/waiting',
    '@acme/revoked',
    '@acme/absent',
    '@nobody/weekly',
    '@acme/weekly@9.9.9',
  ])('installs nothing at /%s', async (path) => {
    const { file, run } = person(module);
    const { code, text } = await run('add', `${site.base()}/${path}`, '-y');
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/No skills found|Download failed with HTTP 404/),
    ]);
    expect(file('.agents/skills')).toBeUndefined();
    expect(file('.agents/skills/weekly/SKILL.md')).toBeUndefined();
  });

  it('stays at the version that its address names, and follows the skill otherwise', async () => {
    const name = `@acme/from-${module.replace('.', '-')}`;
    await releaseOne(walk, makeSkill(name, '1.0.0'));
    await offers(`${name}/1.0.0`);
    const url = `${site.base()}/${name}`;
    const follower = person(module);
    const pinned = person(module);
    await follower.run('add', url, '-y');
    await pinned.run('add', `${url}@1.0.0`, '-y');
    await releaseOne(walk, makeSkill(name, '1.1.0'));
    await offers(`${name}/1.1.0`);
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
    const { file, run } = person(module, () => ({
      CLAWHUB_REGISTRY: site.base(),
      CLAWHUB_SITE: site.base(),
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

  it('installs a skill by its name alone, where one scope has it', async () => {
    const { run } = person(module, () => ({ CLAWHUB_REGISTRY: site.base() }));
    expect(await run('install', 'weekly')).toMatchObject({ code: 0 });
  });

  it('updates to a newer version', async () => {
    const name = `@acme/of-${module.replace('.', '-')}`;
    const short = name.slice('@acme/'.length);
    await releaseOne(walk, makeSkill(name, '1.0.0'));
    await offers(`${name}/1.0.0`);
    const { file, run } = user();
    expect(await run('install', slug(name))).toMatchObject({ code: 0 });
    await releaseOne(walk, makeSkill(name, '1.1.0'));
    await offers(`${name}/1.1.0`);
    expect(await run('update', '--all', '--no-input')).toMatchObject({ code: 0 });
    expect(file(`${short}/skill.json`)).toContain('1.1.0');
    const listed = await run('list');
    expect([listed.code, listed.text]).toEqual([0, expect.stringContaining('1.1.0')]);
  });

  it('looks at a skill, its versions and its files', async () => {
    const { run } = user();
    const { code, text } = await run('inspect', slug('@acme/weekly'), '--versions', '--files');
    expect([code, text]).toEqual([0, expect.stringContaining('notes/how.md')]);
    const explored = await run('explore');
    expect([explored.code, explored.text]).toEqual([0, expect.stringContaining('weekly')]);
  });

  it.each([
    ['@acme/waiting', 'version-pending', 'is not approved yet'],
    ['@acme/revoked', 'version-withheld', 'it sends keys'],
    ['@acme/absent', 'not-found', 'no skill'],
    ['@nobody/weekly', 'not-found', 'no skill'],
  ])('is refused %s, also with --force, and shows why', async (name, code, why) => {
    const { file, run } = user();
    const ended = await run('install', slug(name), '--force', '--no-input');
    expect(ended.code).toBe(1);
    expect(ended.text).toContain(code);
    expect(ended.text).toContain(why);
    expect(file(`${name.split('/')[1]}/SKILL.md`)).toBeUndefined();
  });
});
