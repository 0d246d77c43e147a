/** A package of an approved skill turns out malicious: an advisory stops the skill as a revocation. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { printPylock } from '../../cli/packages/resolve-python.ts';
import { lockedEntries } from '../../skills-index/packages/require-locked.ts';
import {
  type Installer,
  lastAudited,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from '../cli/installer-world.ts';
import { makePackageWorld } from '../runner/package-store/package-world.ts';

let network: Network;
let user: Installer;
let advise: (text: string) => void;
let refuseVulnerable: () => Promise<unknown>;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  const world = makePackageWorld();
  const locked = [world.wheel('evil', { 'evil.py': '' })];
  const lock = 'pylock.toml';
  const python = { requires: ['evil'], why: 'draws', lock, locked: lockedEntries(locked) };
  await release(
    network,
    makeReportSkill('@acme/weekly-report', {
      commands: { report: 'scripts/report.py' },
      packages: { python },
      files: { 'scripts/report.py': 'import evil\n', [lock]: printPylock(locked, new Map()) },
    }),
  );
  const advisories = join(user.home, 'osv');
  mkdirSync(join(advisories, 'PyPI'), { recursive: true });
  mkdirSync(join(user.home, 'config'), { recursive: true });
  const indexes = { python: { url: `file://${world.index}` } };
  writeFileSync(join(user.home, 'config/host.json'), JSON.stringify({ indexes, advisories }));
  refuseVulnerable = () => user.run('host', 'advisories', 'add', 'vulnerable', 'refuse');
  advise = (id) => {
    const affected = [{ package: { ecosystem: 'PyPI', name: 'evil' }, versions: ['1.0'] }];
    const text = JSON.stringify({ id, summary: 'steals keys', affected });
    writeFileSync(join(advisories, 'PyPI', `${id}.json`), text);
  };
});
afterEach(() => {
  user.close();
  network.close();
});

const refused = /package-malicious.*Cannot .*: the advisory MAL-2026-1 names evil 1\.0 of python/;

it('the skill is not installed', async () => {
  advise('MAL-2026-1');
  const said = await user.run('install', '@acme/weekly-report');
  expect(said).toMatchObject({ exit: 6, err: expect.stringMatching(refused) });
  expect((await user.run('packages')).out).toContain('0 sets');
});

it('the installed skill does not start, and the audit log says why', async () => {
  expect(await user.run('install', '@acme/weekly-report')).toMatchObject({ exit: 0 });
  const plan = () => user.run('run', '--plan', '@acme/weekly-report', 'report');
  expect(await plan()).toMatchObject({ exit: 0 });
  // A vulnerable package starts, and is shown.
  advise('PYSEC-2026-7');
  expect(await plan()).toMatchObject({ exit: 0 });
  expect(await user.run('packages', 'audit')).toMatchObject({
    exit: 0,
    out: expect.stringMatching(
      /^vulnerable {2}python evil 1\.0 {2}PYSEC-2026-7 {2}steals keys.*\nCompared 1 stored package with the advisories of .*: 1 match\n/,
    ),
  });
  advise('MAL-2026-1');
  const said = await plan();
  expect(said).toMatchObject({ exit: 6, err: expect.stringMatching(refused) });
  expect(said.err).toMatch(/help: Do not run the skill\. .*skillgate log/);
  expect(lastAudited(user)).toMatchObject({
    event: 'refused',
    code: 'package-malicious',
    skill: '@acme/weekly-report',
    why: expect.stringContaining('MAL-2026-1'),
  });
  expect(await user.run('packages', 'audit')).toMatchObject({
    exit: 6,
    out: expect.stringMatching(/^malicious {3}python evil 1\.0 {2}MAL-2026-1/),
  });
});

it('a vulnerable package is refused where the operator says so, but for an exception', async () => {
  expect(await user.run('install', '@acme/weekly-report')).toMatchObject({ exit: 0 });
  advise('GHSA-a-b-c');
  expect(await refuseVulnerable()).toMatchObject({ exit: 0 });
  const plan = () => user.run('run', '--plan', '@acme/weekly-report', 'report');
  const why =
    /package-vulnerable.*GHSA-a-b-c names evil 1\.0 of python as vulnerable: steals keys.*host advisories add allow GHSA-a-b-c/s;
  for (const said of [await plan(), await user.run('install', '@acme/weekly-report')])
    expect(said).toMatchObject({ exit: 6, err: expect.stringMatching(why) });
  expect(lastAudited(user)).toMatchObject({ event: 'refused', code: 'package-vulnerable' });
  expect(await user.run('host', 'advisories', 'add', 'allow', 'GHSA-a-b-c')).toMatchObject({
    exit: 0,
  });
  expect(await plan()).toMatchObject({ exit: 0 });
  advise('MAL-2026-1');
  expect(await plan()).toMatchObject({ exit: 6, err: expect.stringMatching(refused) });
});

it('an audit says what this host knows of each package, with and without advisories', async () => {
  expect(await user.run('install', '@acme/weekly-report')).toMatchObject({ exit: 0 });
  const audit = (...more: string[]) => user.run('packages', 'audit', ...more);
  const row =
    /package +licence +size +machine code .*\npython evil 1\.0 +unknown +\d+ bytes +no +unknown +unknown +unknown +@acme\/weekly-report\n/;
  expect(await audit()).toMatchObject({ exit: 0, out: expect.stringMatching(row) });
  await user.run('host', 'advisories', 'remove', 'folder');
  const without = await audit();
  expect(without).toMatchObject({ exit: 0, out: expect.stringMatching(row) });
  expect(without.out).toMatch(
    /^1 stored package\. Host policy names no advisories, so Skillgate compared nothing/,
  );
  expect(JSON.parse((await audit('--format', 'json')).out)).toMatchObject({
    schema: 'skillgate.packages-audit/1',
    checked: 0,
    folder: null,
    packages: [
      { name: 'evil', licence: 'unknown', publisher: 'unknown', skills: ['@acme/weekly-report'] },
    ],
  });
  rmSync(join(user.home, 'cache/blobs'), { recursive: true });
  expect((await audit()).out).toContain('the cache has lost its files');
});
