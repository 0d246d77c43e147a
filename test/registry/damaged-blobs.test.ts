import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../registry/context.ts';
import { hasDigest } from '../../registry/store/columns/digest-column.ts';
import { publicBlobName, storedBlobName } from '../../registry/store/objects.ts';
import { log, statements } from '../../registry/store/schema.ts';
import { requireVersion } from '../../registry/versions/find-versions.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { makeKey, type TestKey } from './people.ts';
import { call, claimScope, makeSkill, publishApproved, signIn } from './road.ts';
import { expectAnswer, publishIn, rowsOf } from './steps.ts';
import { eachWorld } from './world.ts';

/** What a registry that is started again knows of identities. */
function forget({ identities }: Registry): void {
  delete identities.members;
  delete identities.answers;
  delete identities.verified;
}

describe('a blob that is damaged on its disk', () => {
  const world = eachWorld({}, async () => {
    other = makeKey();
    await claimScope(world, 'other', other);
    await publishApproved(world, skill);
  });
  let other: TestKey;
  const skill = makeSkill('@acme/kept', '1.0.0');
  const file = skill.packed.bundle.files[0]?.sha256 ?? digestOf('');

  const get = (digest: Digest) => world.send(`/blobs/sha256/${digest.slice('sha256:'.length)}`);
  function damage(...names: readonly string[]): void {
    for (const name of names) {
      const bytes = Buffer.from(world.stored.get(name) ?? '');
      expect(bytes.length, name).toBeGreaterThan(0);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      world.stored.set(name, bytes);
    }
  }
  async function statementOf(type: string, index = -1): Promise<Digest> {
    const rows = await rowsOf(world, statements, eq(statements.predicateType, type));
    return parseDigest(rows.at(index)?.bundle ?? '');
  }
  async function requireWhole(digest: Digest, names: readonly string[]): Promise<void> {
    const answer = await get(digest);
    expect(answer.status).toBe(200);
    expect(digestOf(new Uint8Array(await answer.arrayBuffer()))).toBe(digest);
    for (const name of names)
      expect(digestOf(world.stored.get(name) ?? Buffer.alloc(0)), name).toBe(digest);
  }

  it.each([
    ['a bundle', async () => skill.packed.digest],
    ['a file', async () => file],
    [
      'a report',
      async () => parseDigest((await requireVersion(world.registry, skill.manifest)).report ?? ''),
    ],
    ['a publication', () => statementOf(predicateTypes.publish)],
    ['the claim of the scope', () => statementOf(predicateTypes.scope, 0)],
  ])('is never served, and written again from its other copy: %s', async (_, find) => {
    const digest = await find();
    damage(publicBlobName(digest));
    await requireWhole(digest, [publicBlobName(digest)]);
    world.stored.delete(storedBlobName(digest));
    const token = world.tokens.rita;
    const answer = await call(world, `/api/v1/blobs/${digest.replace(':', '/')}`, { token });
    expect(answer.status).toBe(200);
    expect(digestOf(world.stored.get(storedBlobName(digest)) ?? Buffer.alloc(0))).toBe(digest);
  });

  it.each([
    ['a bundle', async () => skill.packed.digest],
    ['a file', async () => file],
    ['a publication', () => statementOf(predicateTypes.publish)],
    ['the claim of the scope', () => statementOf(predicateTypes.scope, 0)],
  ])('is written again where its public copy is gone: %s', async (_, find) => {
    const digest = await find();
    expect(world.stored.delete(publicBlobName(digest))).toBe(true);
    await requireWhole(digest, [publicBlobName(digest)]);
  });

  it('is written again from the rows of the log, where they hold it', async () => {
    const digest = await statementOf(predicateTypes.approval);
    damage(publicBlobName(digest), storedBlobName(digest));
    await requireWhole(digest, [publicBlobName(digest)]);
  });

  it('is made again where a power failure took the publication of a version that waits', async () => {
    const waiting = makeSkill('@acme/waiting', '1.0.0');
    const { objects } = world.registry;
    const rebuildable: string[] = [];
    const putAll: typeof objects.putAll = (all, options) => {
      if (options?.isRebuildable === true) rebuildable.push(...all.keys());
      return objects.putAll(all, options);
    };
    Object.assign(world.registry, { objects: { ...objects, putAll } });
    await publishIn(world, waiting);
    await claimScope(world, 'bystander', makeKey());
    Object.assign(world.registry, { objects });
    const publication = await statementOf(predicateTypes.publish);
    // The claim and the files of the skill have to last: commands read a claim without its rows.
    expect(rebuildable).toEqual([storedBlobName(publication)]);
    const [row] = await rowsOf(world, statements, hasDigest(statements.bundle, publication));
    for (const lose of [
      () => world.stored.delete(storedBlobName(publication)),
      () => world.stored.set(storedBlobName(publication), Buffer.alloc(0)),
    ]) {
      lose();
      const answer = await world.send(`/log/statements/${row?.logIndex}`);
      expect(digestOf(Buffer.from(await answer.arrayBuffer()))).toBe(publication);
      expect(digestOf(world.stored.get(storedBlobName(publication)) ?? '')).toBe(publication);
    }
  });

  it('is refused by name where nothing else holds it, is kept by nobody, and comes back with the next upload', async () => {
    damage(publicBlobName(file), storedBlobName(file));
    const refused = await get(file);
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([503, 'no-store']);
    expect(await refused.json()).toMatchObject({
      code: 'blob-damaged',
      detail: expect.stringContaining(file),
    });
    expect(world.errors).toHaveLength(1);
    const same = Object.fromEntries(
      skill.files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]),
    );
    const next = makeSkill('@acme/kept', '1.0.1', {
      files: { ...same, 'skill.json': JSON.stringify({ ...skill.manifest, version: '1.0.1' }) },
    });
    expect(next.packed.bundle.files.map((one) => one.sha256)).toContain(file);
    await publishIn(world, next);
    await requireWhole(file, [publicBlobName(file), storedBlobName(file)]);
  });

  it('makes nothing public that is not', async () => {
    const draft = makeSkill('@acme/draft', '1.0.0');
    await publishIn(world, draft);
    const publication = await statementOf(predicateTypes.publish);
    for (const digest of [
      draft.packed.digest,
      draft.packed.bundle.files[0]?.sha256 ?? digestOf(''),
      publication,
    ]) {
      await expectAnswer(get(digest), 404);
      expect(world.stored.has(publicBlobName(digest))).toBe(false);
    }
  });

  it('stops nobody when it is who owns a scope: the rows give it back', async () => {
    const claim = await statementOf(predicateTypes.scope, 0);
    damage(storedBlobName(claim), publicBlobName(claim));
    forget(world.registry);
    await signIn(world, other);
    await expectAnswer(publishIn(world, makeSkill('@acme/next', '1.0.0')), 201);
    expect(digestOf(world.stored.get(storedBlobName(claim)) ?? Buffer.alloc(0))).toBe(claim);
  });

  it('freezes the scope that it is about, and no other, when the rows are damaged, too', async () => {
    const claim = await statementOf(predicateTypes.scope, 0);
    damage(storedBlobName(claim), publicBlobName(claim));
    const { db } = world.registry;
    const [row] = await db.read
      .select()
      .from(statements)
      .where(hasDigest(statements.bundle, claim));
    db.read.run(sql`DROP TRIGGER log_no_update`);
    db.read.run(sql`UPDATE ${log} SET root = 'AAAA' WHERE "index" = ${row?.logIndex ?? -1}`);
    forget(world.registry);
    await signIn(world, other);
    await expectAnswer(publishIn(world, makeSkill('@other/lives', '1.0.0'), other), 201);
    const refused = await publishIn(world, makeSkill('@acme/frozen', '1.0.0'));
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'scope-frozen', detail: expect.stringContaining('damaged') },
    });
  });
});
