/** What installers and authors see of yanked and deprecated versions. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  type AdvicePredicate,
  adviceStatement,
} from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import type { TestKey } from '../../registry/people.ts';
import { state } from '../../registry/road.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
  sayOf,
} from '../installer-world.ts';

const name = parseSkillName('@acme/report');
let network: Network;
let user: Installer;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  for (const version of ['1.0.0', '1.1.0', '2.0.0'])
    await release(network, makeReportSkill(name, { version, files: { 'v.md': version } }));
});
afterEach(() => {
  user.close();
  network.close();
});

const advise = async (
  version: string,
  kind: AdvicePredicate['kind'],
  more: Partial<AdvicePredicate> = {},
  by: TestKey = network.registry.author,
): Promise<number> => {
  const statement = adviceStatement({
    name,
    version: parseVersion(version),
    kind,
    reason: 'totals are wrong',
    nonce: freshNonce(),
    ...more,
  });
  const { status, body } = await state(network.registry, statement, by);
  expect(status).toBe(201);
  return body.logIndex;
};
const installed = async (reference: string): Promise<string> => {
  const { exit, out } = await user.run('install', reference, '--format', 'json');
  const said = JSON.parse(out);
  return exit === 0 ? said.installed[0].version : said.code;
};

describe('a yanked version', () => {
  it.each<[string, string[], string]>([
    ['@acme/report', ['2.0.0'], '1.1.0'],
    ['@acme/report', ['2.0.0', '1.1.0'], '1.0.0'],
    ['@acme/report@^1.0.0', ['1.1.0'], '1.0.0'],
    ['@acme/report@^1.0.0', ['1.0.0'], '1.1.0'],
    ['@acme/report@^2.0.0', ['2.0.0'], 'version-yanked'],
    ['@acme/report', ['2.0.0', '1.1.0', '1.0.0'], 'version-yanked'],
    ['@acme/report@2.0.0', ['2.0.0'], '2.0.0'],
    ['@acme/report@^3.0.0', ['2.0.0'], 'not-found'],
  ])('%s with %j yanked installs %s', async (reference, yanked, expected) => {
    for (const version of yanked) await advise(version, 'yanked');
    expect(await installed(reference)).toBe(expected);
  });

  it('is never chosen in the place of a suspended one', async () => {
    await advise('2.0.0', 'yanked');
    for (const version of ['1.0.0', '1.1.0'])
      await sayOf(
        network,
        makeReportSkill(name, { version, files: { 'v.md': version } }),
        'suspended',
      );
    const { err } = await user.run('install', name);
    expect(err).toContain('suspended');
  });

  it('names the exact version as the way out when only yanked versions fit', async () => {
    await advise('2.0.0', 'yanked');
    const { exit, err } = await user.run('install', '@acme/report@^2.0.0');
    expect(exit).toBe(6);
    expect(err).toContain('the author yanked every version that fits');
    expect(err).toContain('name it: @acme/report@2.0.0');
  });

  it('goes on in a project that locks the version, with a note', async () => {
    expect(await installed(name)).toBe('2.0.0');
    await advise('2.0.0', 'yanked');
    const note = 'note: the author yanked @acme/report@2.0.0: totals are wrong';
    for (const line of [['install', name], ['ci'], ['run', '--plan', name, 'report']]) {
      const { err, exit } = await user.run(...line);
      expect([line, exit, err]).toEqual([line, 0, expect.stringContaining(note)]);
    }
    expect((await user.run('update')).out).toContain('no newer version is approved');
    await advise('2.0.0', 'unyanked');
    expect((await user.run('ci')).err).not.toContain('yanked');
  });

  it('is still passed over by an update of an older lock', async () => {
    expect(await installed('@acme/report@1.0.0')).toBe('1.0.0');
    await advise('2.0.0', 'yanked');
    writeFileSync(
      join(user.project, 'skillgate.json'),
      JSON.stringify({ skills: { [name]: '*' } }),
    );
    expect((await user.run('update')).out).toContain('→ 1.1.0');
  });
});

describe('a deprecated version', () => {
  it('is installed, shown and started with the note of the author', async () => {
    const replacement = parseSkillName('@acme/sums');
    await advise('2.0.0', 'deprecated', { replacement });
    expect(await installed(name)).toBe('2.0.0');
    const note =
      'the author deprecated @acme/report@2.0.0: totals are wrong; use @acme/sums instead';
    expect((await user.run('show', name)).err).toContain(note);
    expect((await user.run('run', '--plan', name, 'report')).err).toContain(note);
    const status = await user.run('status', '@acme/report@2.0.0');
    expect(status.out).toContain(
      'deprecated by the author: totals are wrong; use @acme/sums instead',
    );
    expect((await user.run('status', name)).out).toContain('approved, deprecated');
  });
});

describe('the hint of a lying registry', () => {
  const lieAbout = (advice: object): void => {
    network.lie = async (path, honest) => {
      const answer = await honest();
      if (path !== `/index/${name}`) return answer;
      const lines = (await answer.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const changed = lines.map((line) => JSON.stringify({ ...line, advice }));
      return new Response(changed.join('\n'));
    };
  };
  const says = async (): Promise<string> => (await user.run('show', '@acme/report@2.0.0')).err;

  it('puts no words into the mouth of the author', async () => {
    const unfounded = 'calls @acme/report@2.0.0 yanked, and this host found no valid statement';
    for (const yanked of [0, 1, 7, 1_000_000]) {
      lieAbout({ yanked });
      expect(await says()).toContain(unfounded);
    }
    // The author said so of another version, and said something else of this one.
    lieAbout({ yanked: await advise('1.0.0', 'yanked') });
    expect(await says()).toContain(unfounded);
    lieAbout({ yanked: await advise('2.0.0', 'deprecated') });
    expect(await says()).toContain(unfounded);
    lieAbout({ yanked: await advise('2.0.0', 'yanked') });
    expect(await says()).toContain('the author yanked @acme/report@2.0.0: totals are wrong');
  });
});
