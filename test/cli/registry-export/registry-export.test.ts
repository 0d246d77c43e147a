/** Export a registry, carry the folder, trust it, and install from it without a network. */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { indexInParts } from '../index-in-parts.ts';
import { makeReportSkill, sayOf } from '../installer-world.ts';
import { type ExportStage, makeExportStage } from './export-world.ts';

const hour = 3_600_000;

let stage: ExportStage;
beforeEach(async () => {
  stage = await makeExportStage();
});
afterEach(() => stage.close());

const version = (number: number, name = '@acme/report') =>
  makeReportSkill(name, { version: `1.0.${number}`, files: { 'n.md': `${number}\n` } });

describe('a host without a network', () => {
  it('installs, verifies and plans a run from the exported folder', async () => {
    await stage.release(version(1));
    const exported = await stage.export();
    expect(exported.stderr).not.toContain('private skills');
    expect(exported).toMatchObject({ exit: 0 });
    expect(JSON.parse(exported.stdout)).toMatchObject({
      schema: 'skillgate.registry-export/1',
      versions: 1,
      lacking: [],
    });
    expect(await stage.install('host', '@acme/report')).toMatchObject({ exit: 0 });
    expect(await stage.offline('host', 'verify', '@acme/report')).toMatchObject({ exit: 0 });
    expect(await stage.offline('host', 'run', '@acme/report', 'report', '--plan')).toMatchObject({
      exit: 0,
    });
  });

  it('installs a large skill, and a skill of which the folder has no packs', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`data/${at}.txt`, `${at} `.repeat(40_000)]),
    );
    await stage.release(makeReportSkill('@acme/large', { files }));
    expect(await stage.export()).toMatchObject({ exit: 0 });
    expect([...stage.files().keys()].filter((path) => path.startsWith('packs/'))).toHaveLength(2);
    expect(await stage.install('host', '@acme/large')).toMatchObject({ exit: 0 });
    rmSync(join(stage.folder, 'packs'), { recursive: true });
    expect(await stage.install('other', '@acme/large')).toMatchObject({ exit: 0 });
  });

  it('installs a version whose index line the registry shows in a part', async () => {
    for (const number of [1, 2, 3]) await stage.release(version(number));
    await stage.export();
    const whole = stage.files().get('index/@acme/report');
    rmSync(stage.folder, { recursive: true });
    const inParts = indexInParts(parseSkillName('@acme/report'));
    stage.lie = async (path, honest) => inParts(path, await honest());
    expect(JSON.parse((await stage.export()).stdout)).toMatchObject({ versions: 3, lacking: [] });
    expect(stage.asked).toContainEqual(expect.stringContaining('/index/parts/@acme/report/'));
    expect(stage.files().get('index/@acme/report')).toBe(whole);
    expect(await stage.install('host', '@acme/report@1.0.1')).toMatchObject({ exit: 0 });
    expect(JSON.parse((await stage.export()).stdout)).toMatchObject({ versions: 0, lacking: [] });
  });

  it('has a log that a monitor replays without a difference', async () => {
    await stage.release(version(1));
    await stage.export();
    await stage.install('host', '@acme/report');
    const replay = await stage.offline('host', 'monitor', `file://${stage.folder}`);
    expect(replay).toMatchObject({ exit: 0 });
  });

  it('skips a version that the author yanked after it was copied', async () => {
    await stage.release(version(1));
    await stage.release(version(2));
    await stage.export();
    expect(await stage.yank('@acme/report', '1.0.2')).toBe(201);
    const exported = await stage.export();
    expect(JSON.parse(exported.stdout)).toMatchObject({ versions: 0, entries: 1 });
    expect(await stage.install('host', '@acme/report')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('@acme/report@1.0.1'),
    });
  });

  it('chooses the version before one that was revoked after it was copied', async () => {
    await stage.release(version(1));
    const revoked = await stage.release(version(2));
    await stage.export();
    await sayOf(stage.network, revoked, 'revoked');
    expect(await stage.export()).toMatchObject({ exit: 0 });
    expect(await stage.install('host', '@acme/report')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('@acme/report@1.0.1'),
    });
  });

  it('refuses a copy that is older than a day, and has the grace of host policy', async () => {
    await stage.release(version(1));
    await stage.export();
    for (const host of ['strict', 'lenient']) await stage.install(host, '@acme/report');
    stage.setPolicy('lenient', { statusGraceHours: 12 });
    stage.network.ahead = 30 * hour;
    expect(await stage.offline('strict', 'install', '@acme/report')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('expired'),
    });
    const graced = await stage.offline('lenient', 'install', '@acme/report');
    expect(graced).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('does not know later revocations'),
    });
    stage.network.ahead = 40 * hour;
    expect(await stage.offline('lenient', 'install', '@acme/report')).toMatchObject({ exit: 6 });
  });

  it('does not begin to trust a copy that is older than a day', async () => {
    await stage.release(version(1));
    await stage.export();
    stage.setPolicy('host', { statusGraceHours: 96 });
    stage.network.ahead = 30 * hour;
    expect(await stage.install('host', '@acme/report')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('tuf-expired'),
    });
  });

  it('refuses a copy that somebody replaced by an older one', async () => {
    const report = await stage.release(version(1));
    await stage.export();
    const older = `${stage.folder}-older`;
    cpSync(stage.folder, older, { recursive: true });
    await sayOf(stage.network, report, 'revoked');
    await stage.export();
    expect(await stage.install('host', '@acme/report')).toMatchObject({ exit: 6 });
    rmSync(stage.folder, { recursive: true });
    cpSync(older, stage.folder, { recursive: true });
    // A new host cannot know better within a day. This host has seen the revocation.
    expect(await stage.install('new', '@acme/report')).toMatchObject({ exit: 0 });
    expect(await stage.install('host', '@acme/report')).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(/rollback|rolled-back|revoked/),
    });
  });
});
