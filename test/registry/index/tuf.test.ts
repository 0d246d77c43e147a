import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, MetadataKind } from '@tufjs/models';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createApp } from '../../../registry/app.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { tufBytes } from '../../../skills-index/trust/root/ceremony.ts';
import { parseTufRepository } from '../../../skills-index/trust/root/repository.ts';
import { makeSkill, type Send } from '../road.ts';
import { expectAnswer, publishIn } from '../steps.ts';
import { holdCeremony } from '../tuf-maker.ts';
import { makeWorld, oneWorld } from '../world.ts';

const folder = mkdtempSync(join(tmpdir(), 'skillgate-tuf-'));
afterAll(() => rmSync(folder, { recursive: true }));

class WorldFetcher extends BaseFetcher {
  readonly send: Send;
  constructor(send: Send) {
    super();
    this.send = send;
  }
  override async fetch(url: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const answer = await this.send(new URL(url).pathname);
    if (!answer.ok || answer.body === null) throw new DownloadHTTPError(url, answer.status);
    return answer.body;
  }
}

describe('/tuf/', () => {
  const world = oneWorld();
  let send: Send;
  let made = 0;
  beforeAll(async () => {
    const now = world.registry.now().getTime();
    const tuf = await holdCeremony({
      root: world.trust.root,
      signers: [world.trust.administrator],
      now,
    });
    expect(parseTufRepository(JSON.stringify(tuf))).toEqual(tuf);
    const app = createApp(
      { ...world.registry, tuf },
      { logError: (error) => world.errors.push(error) },
    );
    send = async (path, init) => app.request(`http://localhost${path}`, init);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A client that starts from root 1. */
  const client = async (): Promise<Updater> => {
    vi.useFakeTimers({ toFake: ['Date'], now: world.registry.now() });
    made += 1;
    const metadataDir = join(folder, String(made));
    mkdirSync(metadataDir);
    writeFileSync(join(metadataDir, 'root.json'), await text('/tuf/1.root.json'));
    return new Updater({
      metadataDir,
      metadataBaseUrl: 'http://localhost/tuf',
      targetDir: metadataDir,
      targetBaseUrl: 'http://localhost/tuf/targets',
      fetcher: new WorldFetcher(send),
    });
  };
  const text = async (path: string): Promise<string> => (await send(path)).text();
  const targetOf = async (updater: Updater, name: string): Promise<string> => {
    const info = await updater.getTargetInfo(name);
    if (info === undefined) throw new Error(`there is no target ${name}`);
    return text(`/tuf/targets/${info.hashes.sha256}.${name}`);
  };

  it('gives the files that change with each status in one answer', async () => {
    const newest = JSON.parse(await text('/tuf/newest.json'));
    expect(newest).toMatchObject({ schema: 'skillgate.tuf-newest/1', root: 1 });
    const names = Object.keys(newest.files).map((name) => name.replace(/[0-9a-f]{64}|\d+/, 'N'));
    expect(names.sort()).toEqual([
      'N.online.json',
      'N.snapshot.json',
      'targets/N.checkpoint',
      'targets/N.status.json',
      'timestamp.json',
    ]);
    for (const [name, file] of Object.entries(newest.files))
      expect(await text(`/tuf/${name}`), name).toBe(file);
  });

  it('gives a stock client the root file, the policy, and the same bytes as /index/status.json', async () => {
    const updater = await client();
    await updater.refresh();
    expect(await targetOf(updater, 'root.json')).toBe(canonicalJson(world.trust.root));
    expect(await targetOf(updater, 'policy.json')).toBe(canonicalJson(world.registry.policy));
    expect(await targetOf(updater, 'status.json')).toBe(await text('/index/status.json'));
    expect(await targetOf(updater, 'checkpoint')).toBe(await text('/log/checkpoint'));
  });

  it('has a new set as soon as the status is another one, and the same one until then', async () => {
    const first = await text('/tuf/timestamp.json');
    expect(await text('/tuf/timestamp.json')).toBe(first);
    await publishIn(world, makeSkill('@acme/one', '1.0.0'));
    const second = await text('/tuf/timestamp.json');
    expect(JSON.parse(second).signed.version).toBeGreaterThan(JSON.parse(first).signed.version);
    const updater = await client();
    await updater.refresh();
    expect(await targetOf(updater, 'status.json')).toBe(await text('/index/status.json'));
  });

  it('signs a timestamp for at most 24 hours and renews it within two', async () => {
    const at = world.registry.now().getTime();
    const expires = Date.parse(JSON.parse(await text('/tuf/timestamp.json')).signed.expires);
    expect(expires - at).toBeLessThanOrEqual(24 * 3_600_000);
    world.wait(2 * 3_600_000);
    expect(
      Date.parse(JSON.parse(await text('/tuf/timestamp.json')).signed.expires) - expires,
    ).toBeGreaterThan(3_600_000);
  });

  it('still serves every part of the set that a client began to read', async () => {
    const before = JSON.parse(await text('/tuf/timestamp.json')).signed.meta['snapshot.json']
      .version;
    await publishIn(world, makeSkill('@acme/one', '1.0.1'));
    await send('/tuf/timestamp.json');
    const snapshot = JSON.parse(await text(`/tuf/${before}.snapshot.json`)).signed;
    const online = JSON.parse(
      await text(`/tuf/${snapshot.meta['online.json'].version}.online.json`),
    ).signed;
    for (const [name, { hashes }] of Object.entries<{ hashes: { sha256: string } }>(
      online.targets,
    )) {
      await expectAnswer(send(`/tuf/targets/${hashes.sha256}.${name}`), 200);
    }
  });

  it('has roots and no timestamp while the log is empty', async () => {
    const empty = await makeWorld();
    const tuf = await holdCeremony({
      root: empty.trust.root,
      signers: [empty.trust.administrator],
      now: Date.now(),
    });
    const app = createApp(
      { ...empty.registry, tuf },
      { logError: (error) => empty.errors.push(error) },
    );
    const ask = async (path: string) => (await app.request(`http://localhost${path}`)).status;
    expect([await ask('/tuf/1.root.json'), await ask('/tuf/timestamp.json')]).toEqual([200, 404]);
    empty.close();
  });

  it('two writers at once make two versions, never two of one', async () => {
    world.wait(4_000_000);
    const answers = await Promise.all(Array.from({ length: 6 }, () => text('/tuf/timestamp.json')));
    expect(new Set(answers).size).toBe(1);
  });

  it('writes what @tufjs/models reads and writes back unchanged', async () => {
    const snapshotVersion = JSON.parse(await text('/tuf/timestamp.json')).signed.meta[
      'snapshot.json'
    ].version;
    const all = [
      [MetadataKind.Root, '1.root.json'],
      [MetadataKind.Targets, '1.targets.json'],
      [MetadataKind.Timestamp, 'timestamp.json'],
      [MetadataKind.Snapshot, `${snapshotVersion}.snapshot.json`],
      [MetadataKind.Targets, `${snapshotVersion}.online.json`],
    ] as const;
    for (const [kind, name] of all) {
      const json = JSON.parse(await text(`/tuf/${name}`));
      expect(canonicalJson(readBack(kind, json))).toBe(Buffer.from(tufBytes(json)).toString());
    }
  });

  it.each([
    '/tuf/2.root.json',
    '/tuf/targets/root.json',
    `/tuf/targets/${'0'.repeat(64)}.status.json`,
  ])('has no %s', async (path) => {
    await expectAnswer(send(path), 404);
  });
});

function readBack(kind: MetadataKind, json: Parameters<typeof Metadata.fromJSON>[1]): unknown {
  switch (kind) {
    case MetadataKind.Root:
      return Metadata.fromJSON(MetadataKind.Root, json).toJSON();
    case MetadataKind.Targets:
      return Metadata.fromJSON(MetadataKind.Targets, json).toJSON();
    case MetadataKind.Snapshot:
      return Metadata.fromJSON(MetadataKind.Snapshot, json).toJSON();
    case MetadataKind.Timestamp:
      return Metadata.fromJSON(MetadataKind.Timestamp, json).toJSON();
  }
}
