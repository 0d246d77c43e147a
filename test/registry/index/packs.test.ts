import { describe, expect, it } from 'vitest';
import { publicBlobName, storedBlobName } from '../../../registry/store/objects.ts';
import { requireVersion } from '../../../registry/versions/find-versions.ts';
import { fileGroups, filePackPath } from '../../../skills-index/client/file-packs.ts';
import { evidencePackPath, parsePack } from '../../../skills-index/client/pack-form.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import {
  type IndexLine,
  parseIndexFile,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { makeSkill, publishApproved, type Skill } from '../road.ts';
import { publishIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld();

async function released(skill: Skill): Promise<IndexLine> {
  const { send } = world;
  await publishApproved(world, skill);
  const { name } = skill.manifest;
  const bytes = new Uint8Array(await (await send(`/index/${name}`)).arrayBuffer());
  const [line] = parseIndexFile(bytes, name);
  if (line === undefined) throw new Error('no line');
  return line;
}

async function packAt(path: string): Promise<ReadonlySet<string> | number> {
  const answer = await world.send(path);
  if (answer.status !== 200) return answer.status;
  return new Set(parsePack(new Uint8Array(await answer.arrayBuffer()))?.keys());
}

const objectOf = (path: string): string => `public${path}`;
const small = makeSkill('@acme/small', '1.0.0');
const large = makeSkill('@acme/large', '1.0.0', {
  files: { 'a.txt': 'a'.repeat(900_000), 'b.txt': 'b'.repeat(900_000) },
});

describe('the evidence pack of a version', () => {
  it('is written when the version enters the index, and has all that an admission reads', async () => {
    const line = await released(small);
    const path = evidencePackPath(line);
    expect(world.stored.has(objectOf(path))).toBe(true);
    const pack = await packAt(path);
    const files = small.packed.bundle.files.map(({ sha256 }) => sha256);
    for (const digest of [...line.statements, line.bundle, ...files])
      expect(pack, digest).toContain(digest);
    const report = (await requireVersion(world.registry, line)).report ?? '';
    expect(pack).toContain(report);
  });

  it.each<[string, (name: string) => void]>([
    ['missing', (name) => world.stored.delete(name)],
    ['cut short', (name) => cut(name, -1)],
    ['changed', (name) => change(name)],
  ])('is made again when it is %s', async (_, damage) => {
    const path = evidencePackPath(await released(small));
    const before = world.stored.get(objectOf(path));
    forgetFiles();
    damage(objectOf(path));
    expect(Buffer.from(await (await world.send(path)).arrayBuffer())).toEqual(
      Buffer.from(before ?? ''),
    );
    expect(world.stored.get(objectOf(path))).toEqual(before);
  });

  it('does not hold up an approval when it cannot be written', async () => {
    const { objects } = world.registry;
    const put = objects.put.bind(objects);
    Object.assign(objects, {
      put: async (name: string, bytes: Uint8Array) => {
        if (name.startsWith('public/packs/')) throw new Error('no room');
        await put(name, bytes);
      },
    });
    const path = evidencePackPath(await released(small));
    expect(await packAt(path)).toBeInstanceOf(Set);
    expect(world.stored.has(objectOf(path))).toBe(false);
    expect(world.errors.map(String)).toContain('Error: no room');
    world.errors.length = 0;
  });

  it('is answered with 404 where a blob is gone, so that installers ask for each blob', async () => {
    const line = await released(small);
    const path = evidencePackPath(line);
    const [file] = small.packed.bundle.files;
    const digest = file?.sha256 ?? digestOf('');
    forgetFiles();
    for (const name of [objectOf(path), publicBlobName(digest), storedBlobName(digest)])
      world.stored.delete(name);
    expect(await packAt(path)).toBe(404);
  });

  it('is there for the line in the index only', async () => {
    const line = await released(small);
    const path = evidencePackPath(line);
    forgetFiles();
    world.stored.delete(objectOf(path));
    for (const other of [
      evidencePackPath({ ...line, logIndex: line.logIndex + 1 }),
      evidencePackPath({ ...line, description: 'another' }),
      path.replace(/evidence\/\d+/, 'evidence/99999999999999999999'),
      path.replace(/evidence\//, 'evidence/0'),
      path.replace(/evidence\/\d+/, 'evidence/1e1'),
    ])
      expect(await packAt(other), other).toBe(404);
    expect([...world.stored.keys()].filter((name) => name.includes('/packs/'))).toEqual([]);
  });
});

describe('the file packs of a version', () => {
  it('are written for a skill that does not fit beside its evidence', async () => {
    const line = await released(large);
    const texts = large.packed.bundle.files.filter(({ path }) => !path.endsWith('.txt'));
    const evidence = await packAt(evidencePackPath(line));
    for (const { sha256 } of texts) expect(evidence).toContain(sha256);
    const files = large.packed.bundle.files.filter(({ path }) => path.endsWith('.txt'));
    for (const { sha256 } of files) expect(evidence).not.toContain(sha256);
    expect(fileGroups(large.packed.bundle)).toHaveLength(1);
    expect(world.stored.has(objectOf(filePackPath(line.bundle, 0)))).toBe(true);
    expect(await packAt(filePackPath(line.bundle, 0))).toEqual(
      new Set(large.packed.bundle.files.map(({ sha256 }) => sha256)),
    );
  });

  it('are made when somebody first asks for them', async () => {
    const line = await released(small);
    const path = filePackPath(line.bundle, 0);
    expect(world.stored.has(objectOf(path))).toBe(false);
    expect(await packAt(path)).toEqual(
      new Set(small.packed.bundle.files.map(({ sha256 }) => sha256)),
    );
    expect(world.stored.has(objectOf(path))).toBe(true);
    expect(await packAt(filePackPath(line.bundle, 1))).toBe(404);
    expect(await packAt(filePackPath(line.statements[0] ?? line.bundle, 0))).toBe(404);
  });

  it('show nothing of a version that nobody approved', async () => {
    await publishIn(world, small);
    expect(await packAt(filePackPath(small.packed.digest, 0))).toBe(404);
  });
});

/** A registry that is started again has no file in memory. */
function forgetFiles(): void {
  for (const name of world.stored.keys()) world.registry.known?.change(name);
}

function change(name: string): void {
  const bytes = Buffer.from(world.stored.get(name) ?? '');
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  world.stored.set(name, bytes);
}

function cut(name: string, end: number): void {
  world.stored.set(name, Buffer.from(world.stored.get(name) ?? '').subarray(0, end));
}
