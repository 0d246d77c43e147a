/** A skill that requires others, from the registry to the project. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRegistries,
  pinRegistry,
} from '../../../../cli/registries/addresses/pin-registry.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { claimScope, type Skill } from '../../../registry/road.ts';
import {
  base,
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  pathsOf,
  release,
  sayOf,
} from '../../installer-world.ts';

let network: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  await offer('c', '1.0.0');
  await offer('b', '1.0.0', { '@acme/c': '^1.0.0' });
  await offer('a', '1.0.0', { '@acme/b': '^1.0.0' });
});
afterEach(() => {
  user.close();
  network.close();
});

const egress = [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }];
const skillOf = (name: string, version: string, requires = {}, capabilities: object = {}): Skill =>
  makeReportSkill(`@acme/${name}`, {
    version,
    requires,
    capabilities,
    files: { 'about.md': `${name} ${version}` },
  });
const offer = (name: string, version: string, requires = {}, capabilities: object = {}) =>
  release(network, skillOf(name, version, requires, capabilities));
const read = (file: string) => JSON.parse(readFileSync(join(user.project, file), 'utf8'));
const versions = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries<{ version: string }>(read('skillgate.lock').skills).map(
      ([name, { version }]) => [name.slice(6), version],
    ),
  );
const done = async (...argv: string[]): Promise<string> => {
  const { err, exit, out } = await user.run(...argv);
  expect([argv, exit, err]).toEqual([argv, 0, '']);
  return out;
};
const refused = async (...argv: string[]): Promise<string> => {
  const { err, exit } = await user.run(...argv);
  expect(exit).not.toBe(0);
  return err;
};

describe('a skill that requires others', () => {
  it('is installed with them, and each is in the lock with its digest', async () => {
    const out = await done('install', '@acme/a');
    expect(out).toContain('Requires @acme/b@^1.0.0: each runs in a sandbox of its own.');
    expect(versions()).toEqual({ a: '1.0.0', b: '1.0.0', c: '1.0.0' });
    const { skills } = read('skillgate.lock');
    expect(skills['@acme/b']).toMatchObject({
      bundle: skillOf('b', '1.0.0', { '@acme/c': '^1.0.0' }).packed.digest,
      requires: { '@acme/c': '^1.0.0' },
    });
    expect(skills['@acme/c']).not.toHaveProperty('requires');
    expect(read('skillgate.json').skills).toEqual({ '@acme/a': '*' });
    for (const name of ['a', 'b', 'c'])
      expect(existsSync(join(user.project, `.agents/skills/${name}/SKILL.md`))).toBe(true);
    expect(await done('ci')).toContain('installed 3 skills');
    expect(await done('list')).toContain('required by @acme/a@1.0.0');
  });

  it('gets no capability of them: each keeps its own plan', async () => {
    await offer('d', '1.0.0', {}, { egress });
    await offer('e', '1.0.0', { '@acme/d': '1' });
    await done('install', '@acme/e');
    const plan = async (name: string) =>
      JSON.parse((await user.run('run', '--plan', '--format', 'json', name, 'report')).out);
    const [own, other] = [await plan('@acme/e'), await plan('@acme/d')];
    expect([own.egress, own.mounts, own.refused]).toEqual([[], [], []]);
    expect(JSON.stringify(own)).not.toContain('@acme/d');
    expect(other.egress).not.toEqual([]);
  });

  it('is shown with them by --dry-run, which writes nothing', async () => {
    const out = await done('install', '@acme/a', '--dry-run');
    expect(out).toContain('would install, and has written nothing:');
    expect(out).toMatch(/@acme\/c@1\.0\.0, which another skill requires\n.*@acme\/b@1\.0\.0/);
    const json = JSON.parse(await done('install', '@acme/a', '--dry-run', '--format', 'json'));
    expect(json).toMatchObject({ dryRun: true, installed: [{}, {}, { name: '@acme/a' }] });
    for (const file of ['skillgate.json', 'skillgate.lock', '.agents'])
      expect(existsSync(join(user.project, file))).toBe(false);
  });

  it('takes them along when it is removed, and keeps them from being removed before', async () => {
    await done('install', '@acme/a');
    expect(await refused('remove', '@acme/b')).toContain('@acme/a@1.0.0 requires it');
    await done('install', '@acme/c');
    const out = await done('remove', '@acme/a');
    expect(out).toContain('removed @acme/b@1.0.0 from .agents/skills/b: no installed skill');
    // The project asks for this one itself.
    expect(versions()).toEqual({ c: '1.0.0' });
    expect(existsSync(join(user.project, '.agents/skills/b'))).toBe(false);
  });

  it('is not installed when a required skill is stopped, and nothing is written', async () => {
    await sayOf(network, skillOf('c', '1.0.0'), 'suspended');
    const err = await refused('install', '@acme/a');
    expect(err).toContain('Cannot install @acme/a@1.0.0');
    expect(err).toContain('suspended');
    expect(existsSync(join(user.project, 'skillgate.lock'))).toBe(false);
  });
});

describe('a required skill of a registry for one scope, while another registry is the default', () => {
  const publicBase = 'https://public.example';
  let strangers: Network;
  beforeEach(async () => {
    strangers = await makeNetwork();
    await release(strangers, skillOf('b', '1.9.0'));
    user.close();
    user = await makeInstaller(network);
    await changeRegistries(pathsOf(user.home), () => ({ default: undefined, registries: [] }));
    await pinRegistry(pathsOf(user.home), publicBase, strangers.registry.trust.root, []);
    await pinRegistry(pathsOf(user.home), base, network.registry.trust.root, [
      parseScope('company'),
    ]);
    const own = makeReportSkill('@company/x', { requires: { '@acme/b': '1' } });
    expect((await claimScope(network.registry, 'company', network.registry.author)).status).toBe(
      201,
    );
    await release(network, own);
    const { runWith } = user;
    const fetch: Network['fetch'] = (input, init) => {
      const url = String(input instanceof Request ? input.url : input);
      return url.startsWith(publicBase)
        ? strangers.fetch(url.replace(publicBase, base), init)
        : network.fetch(input, init);
    };
    user = { ...user, run: (...argv) => runWith({ fetch }, ...argv) };
  });
  afterEach(() => strangers.close());

  it('comes from the registry of the skill that requires it, and so do its updates', async () => {
    const out = await done('install', '@company/x');
    expect(out).toContain(`taken from ${base}.`);
    const { skills } = read('skillgate.lock');
    expect(skills['@acme/b']).toMatchObject({
      version: '1.0.0',
      root: skills['@company/x'].root,
    });
    expect(read('skillgate.json')).toMatchObject({
      skills: { '@company/x': '*' },
      registries: { '@acme': base },
    });
    await offer('b', '1.1.0', { '@acme/c': '^1.0.0' });
    await done('update');
    expect(read('skillgate.lock').skills['@acme/b']).toMatchObject({ version: '1.1.0' });
    await done('ci');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'the user',
      () =>
        pinRegistry(pathsOf(user.home), publicBase, strangers.registry.trust.root, [
          parseScope('acme'),
        ]),
      `@acme is bound to ${publicBase} here`,
    ],
    [
      'an installed skill',
      () => done('install', '@acme/b'),
      'this project has @acme/b from the registry',
    ],
  ])('is refused where %s takes its scope from elsewhere', async (_, bind, says) => {
    await bind();
    expect(await refused('install', '@company/x')).toContain(says);
    expect(existsSync(join(user.project, '.agents/skills/x'))).toBe(false);
  });

  it('is not taken from the lock of a stranger that has it from elsewhere', async () => {
    await done('install', '@acme/b');
    const { '@acme/b': theirs } = read('skillgate.lock').skills;
    await done('remove', '@acme/b');
    await done('install', '@company/x');
    const lock = read('skillgate.lock');
    lock.skills['@acme/b'] = theirs;
    writeFileSync(join(user.project, 'skillgate.lock'), JSON.stringify(lock));
    expect(await refused('ci')).toContain('requires @acme/b from its own registry');
    // Nor where the stranger leaves out which registry it is.
    const { root: _, ...nameless } = theirs;
    lock.skills['@acme/b'] = nameless;
    writeFileSync(join(user.project, 'skillgate.lock'), JSON.stringify(lock));
    expect(await refused('ci')).toContain('requires @acme/b from its own registry');
  });

  it('does not come from elsewhere by another command at the same time', async () => {
    const both = await Promise.all([
      user.run('install', '@company/x'),
      user.run('install', '@acme/b'),
    ]);
    const { skills } = read('skillgate.lock');
    expect(both.some(({ err }) => /\[(lock-differs|install-taken)\]/.test(err))).toBe(true);
    const [x, b] = [skills['@company/x'], skills['@acme/b']];
    expect(x === undefined || x.root === b.root).toBe(true);
  });
});

describe('several installs at once', () => {
  it('are all in the lock and in skillgate.json', async () => {
    const names = ['a', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];
    for (const name of names.slice(2)) await offer(name, '1.0.0');
    const all = await Promise.all(names.map((name) => user.run('install', `@acme/${name}`)));
    expect(all.map(({ exit }) => exit)).toEqual(names.map(() => 0));
    expect(Object.keys(versions()).sort()).toEqual([...names, 'b'].sort());
    expect(Object.keys(read('skillgate.json').skills)).toEqual(
      names.map((name) => `@acme/${name}`),
    );
    await Promise.all(['d', 'e', 'f'].map((name) => done('remove', `@acme/${name}`)));
    expect(Object.keys(versions()).sort()).toEqual(['a', 'b', 'c', 'g', 'h', 'i']);
  });
});

describe('an update', () => {
  it('keeps required skills in the ranges, and makes them no wish of the project', async () => {
    await done('install', '@acme/a');
    for (const version of ['1.1.0', '2.0.0']) await offer('c', version);
    await done('update');
    expect(versions()).toEqual({ a: '1.0.0', b: '1.0.0', c: '1.1.0' });
    expect(read('skillgate.json').skills).toEqual({ '@acme/a': '*' });
    const err = await refused('install', '@acme/c@2.0.0');
    expect(err).toContain('requires-unmet');
    expect(err).toContain('@acme/b@1.0.0 requires @acme/c@^1.0.0');
  });

  it('that brings further skills needs a yes', async () => {
    await done('install', '@acme/c');
    await offer('d', '1.0.0');
    await done('install', '@acme/d');
    await offer('d', '1.1.0', { '@acme/b': '1' });
    expect(await refused('update', '@acme/d')).toContain('not-confirmed');
    expect(versions()).toEqual({ c: '1.0.0', d: '1.0.0' });
    await done('update', '@acme/d', '--yes');
    expect(versions()).toEqual({ b: '1.0.0', c: '1.0.0', d: '1.1.0' });
  });
});

describe('a lock', () => {
  it.each<[string, (skills: Record<string, { version: string }>) => void, string]>([
    [
      'lacks a required skill',
      (skills) => delete skills['@acme/c'],
      '@acme/b@1.0.0 requires @acme/c@^1.0.0, and skillgate.lock does not name @acme/c',
    ],
    [
      'pins a version that does not fit',
      (skills) => Object.assign(skills['@acme/c'] ?? {}, { version: '3.0.0' }),
      'skillgate.lock pins @acme/c@3.0.0',
    ],
  ])('that %s is no whole lock', async (_, change, says) => {
    await done('install', '@acme/a');
    const lock = read('skillgate.lock');
    change(lock.skills);
    writeFileSync(join(user.project, 'skillgate.lock'), JSON.stringify(lock));
    const err = await refused('ci');
    expect(err).toContain('lock-differs');
    expect(err).toContain(says);
  });
});
