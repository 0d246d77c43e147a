/** A publisher takes a copy of everything in a scope, and others get no private file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { makeKey } from '../../registry/people.ts';
import { call, claimScope, publish, type Skill, scan } from '../../registry/road.ts';
import { makeReportSkill } from '../installer-world.ts';
import { writeKey } from '../registry-users.ts';
import { type ExportStage, makeExportStage } from './export-world.ts';

let stage: ExportStage;
beforeEach(async () => {
  stage = await makeExportStage();
});
afterEach(() => stage.close());

const useKey = (key: ReturnType<typeof makeKey>): void =>
  writeKey(join(stage.folder, '../operator/config/keys'), 'default', key);
const blob = (digest: string): string => join(stage.folder, 'own/blobs/sha256', digest.slice(7));

/** A version that a reviewer asked about, and its author answered. */
async function waiting(): Promise<Skill> {
  const { send, author, scanner, tokens } = stage.network.registry;
  const skill = makeReportSkill('@acme/drafted', { files: { 'secret.md': 'not public yet\n' } });
  await publish(send, skill, author);
  await scan(send, tokens.scanner, scanner, skill, 'pass');
  const path = '/api/v1/reviews/@acme/drafted/1.0.0';
  await call(send, `${path}/ask`, { token: tokens.rita, json: { reason: 'Why the file?' } });
  await call(send, `${path}/answer`, { token: tokens.author, json: { text: 'For the report.' } });
  return skill;
}

it('gets every version with its files, report and conversation', async () => {
  await stage.release(makeReportSkill('@acme/report'));
  const drafted = await waiting();
  useKey(stage.network.registry.author);
  const said = await stage.export('--scope', 'acme', '--own');
  expect({ exit: said.exit, err: said.stderr }).toMatchObject({ exit: 0 });
  expect(JSON.parse(said.stdout)).toMatchObject({ own: { count: 2, lacking: [] } });
  const own = JSON.parse(readFileSync(join(stage.folder, 'own/@acme/drafted/1.0.0.json'), 'utf8'));
  expect(own).toMatchObject({
    schema: 'skillgate.own-version/1',
    status: 'in review',
    bundle: drafted.packed.digest,
    questions: [{ by: 'rita', text: 'Why the file?' }],
    answers: [{ text: 'For the report.' }],
  });
  // Files of a public version are in the public part.
  const places = (sha256: string) => [blob(sha256), blob(sha256).replace('/own/', '/')];
  for (const { sha256 } of drafted.packed.bundle.files) {
    const [place = ''] = places(sha256).filter((one) => existsSync(one));
    expect(digestOf(readFileSync(place))).toBe(sha256);
  }
  expect(existsSync(blob(own.report))).toBe(true);
  expect(existsSync(join(stage.folder, 'own/@acme/report/1.0.0.json'))).toBe(true);
  // The public part has no private byte, and is as it was.
  expect(existsSync(join(stage.folder, 'blobs/sha256', hexOf(drafted.packed.digest)))).toBe(false);
  expect(await stage.install('host', '@acme/report')).toMatchObject({ exit: 0 });
  expect(await stage.install('host', '@acme/drafted')).toMatchObject({ exit: 3 });
});

it('asks again only for what the folder lacks', async () => {
  await waiting();
  useKey(stage.network.registry.author);
  await stage.export('--scope', 'acme', '--own');
  stage.asked.length = 0;
  await stage.export('--scope', 'acme', '--own');
  expect(stage.asked.filter((path) => path.startsWith('/api/v1/blobs/'))).toEqual([]);
});

it('gives nobody else a private file, and says which version lacks it', async () => {
  const drafted = await waiting();
  const stranger = makeKey();
  await claimScope(stage.network.registry.send, 'others', stranger);
  useKey(stranger);
  const said = await stage.export('--scope', 'acme', '--own');
  expect(said.exit).toBe(6);
  expect(JSON.parse(said.stdout).own.lacking).toMatchObject([{ name: '@acme/drafted' }]);
  expect(existsSync(blob(drafted.packed.digest))).toBe(false);
  const names = [...stage.files().keys()].join();
  for (const { sha256 } of drafted.packed.bundle.files) expect(names).not.toContain(hexOf(sha256));
});

it('keeps no byte that a registry changed, and takes no name that leaves the folder', async () => {
  await waiting();
  useKey(stage.network.registry.author);
  stage.lie = async (path, honest) =>
    path.startsWith('/api/v1/blobs/') ? new Response('other bytes') : honest();
  const changed = await stage.export('--scope', 'acme', '--own');
  expect(changed.exit).not.toBe(0);
  expect(changed.stdout + changed.stderr).toContain('signature-invalid');
  stage.lie = async (path, honest) => {
    if (!path.includes('/versions')) return honest();
    const evil = { name: '@acme/../../evil', version: '1.0.0', bundle: digestOf('') };
    return Response.json({ versions: [evil] });
  };
  expect((await stage.export('--scope', 'acme', '--own')).exit).not.toBe(0);
  expect([...stage.files().keys()].join()).not.toContain('evil');
});

it('needs a scope', async () => {
  expect((await stage.export('--own')).exit).toBe(2);
});
