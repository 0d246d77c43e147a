/**
 * The number of requests of an installation and of a start. Each request costs a round trip, and
 * every installer sends it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { diskStore } from '../../../cli/registries/carry-memory.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import type { Skill } from '../../registry/road.ts';
import { deadFetch } from '../../skills-index/story-server.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  pathsOf,
  release,
  sayOf,
  withoutPacks,
} from '../installer-world.ts';

/** A file of name proofs as JSON. */
interface KeptWords {
  readonly names: readonly object[];
}

let network: Network;
let user: Installer;
let other: Skill;
beforeEach(async () => {
  network = await makeNetwork();
  user = await makeInstaller(network);
  await release(network, makeReportSkill('@acme/report'));
  other = await release(network, makeReportSkill('@acme/other'));
});
afterEach(() => {
  user.close();
  network.close();
});

/** The requests of a command line, as `/index/status.json 200`. */
async function requestsOf(...argv: string[]): Promise<string[]> {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const answer = await network.fetch(input, init);
    const path = new URL(String(input)).pathname.replace(
      /^(\/packs\/\w+|\/blobs|\/proofs)\/.*/,
      '$1',
    );
    asked.push(`${path} ${answer.status}`);
    return answer;
  };
  expect(await user.runWith({ fetch }, ...argv)).toMatchObject({ exit: 0 });
  return asked;
}

it('a new host installs a skill with 5 requests, and one for the root of trust', async () => {
  // The log has grown since the version entered the index.
  expect(await requestsOf('install', '@acme/report')).toEqual([
    '/tuf/1.root.json 404',
    '/index/@acme/report 200',
    '/index/status.json 200',
    '/proofs 200',
    '/packs/evidence 200',
    '/log/tile/0/000.p/12 200',
  ]);
});

it('the second skill of a host takes 4 requests', async () => {
  await requestsOf('install', '@acme/report');
  expect(await requestsOf('install', '@acme/other')).toEqual([
    '/index/@acme/other 200',
    '/index/status.json 304',
    '/proofs 200',
    '/packs/evidence 200',
  ]);
});

it('the newest version of a registry needs no tile of the log', async () => {
  expect(await requestsOf('install', '@acme/other')).toEqual([
    '/tuf/1.root.json 404',
    '/index/@acme/other 200',
    '/index/status.json 200',
    '/proofs 200',
    '/packs/evidence 200',
  ]);
});

it('an installed skill starts while the registry is down', async () => {
  await requestsOf('install', '@acme/report');
  expect(
    await user.runWith({ fetch: deadFetch }, 'run', '@acme/report', 'report', '--plan'),
  ).toMatchObject({ exit: 0, err: expect.stringContaining('does not answer') });
});

it('a start of an unchanged skill takes 2 conditional requests, and so does an installation again', async () => {
  await requestsOf('install', '@acme/report');
  const unchanged = ['/index/@acme/report 304', '/index/status.json 304'];
  expect(await requestsOf('run', '@acme/report', 'report', '--plan')).toEqual(unchanged);
  expect(await requestsOf('verify', '@acme/report')).toEqual(unchanged);
  expect(await requestsOf('install', '@acme/report')).toEqual(unchanged);
});

it('a start after a revocation entered the log takes 4 requests', async () => {
  await requestsOf('install', '@acme/report');
  await sayOf(network, other, 'revoked');
  expect(await requestsOf('run', '@acme/report', 'report', '--plan')).toEqual([
    '/index/@acme/report 304',
    '/index/status.json 200',
    '/log/tile/0/000.p/13 200',
    '/proofs 200',
  ]);
});

it('a start after a publication entered the log asks for no proofs of names again', async () => {
  await requestsOf('install', '@acme/report');
  await release(network, makeReportSkill('@acme/another'));
  expect(await requestsOf('run', '@acme/report', 'report', '--plan')).toEqual([
    '/index/@acme/report 304',
    '/index/status.json 200',
    '/log/tile/0/000.p/16 200',
  ]);
});

it.each<[string, (words: KeptWords) => unknown]>([
  ['damaged', () => 'words'],
  ['without a name', ({ names, ...rest }) => ({ ...rest, names: names.slice(1) })],
  [
    'with a left-out statement',
    ({ names, ...rest }) => ({ ...rest, names: names.map((one) => ({ ...one, at: [] })) }),
  ],
])('a kept file of name proofs %s is asked for again, and the skill starts', async (_, change) => {
  await requestsOf('install', '@acme/report');
  const place = diskStore(
    pathsOf(user.home),
    rootFingerprint(network.registry.trust.root),
  ).placeOf?.('proofs/@acme/report/1.0.0');
  const path = place ?? '';
  writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))));
  const asked = await requestsOf('run', '@acme/report', 'report', '--plan');
  expect(asked).toContain('/proofs 200');
  expect(await requestsOf('run', '@acme/report', 'report', '--plan')).not.toContain('/proofs 200');
});

it('a new host installs a skill of 3 MiB with one request more for the files', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [`data/${at}.txt`, `${at} `.repeat(40_000)]),
  );
  await release(network, makeReportSkill('@acme/large', { files }));
  expect(await requestsOf('install', '@acme/large')).toEqual([
    '/tuf/1.root.json 404',
    '/index/@acme/large 200',
    '/index/status.json 200',
    '/proofs 200',
    '/packs/evidence 200',
    '/packs/files 200',
  ]);
});

it('a registry without packs is asked for each blob', async () => {
  network.lie = withoutPacks;
  const asked = await requestsOf('install', '@acme/report');
  expect(asked.filter((one) => one.startsWith('/packs/'))).toEqual([
    '/packs/evidence 404',
    '/packs/files 404',
  ]);
  expect(asked.filter((one) => one === '/blobs 200').length).toBeGreaterThan(10);
});
