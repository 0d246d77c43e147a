/** Files that versions of several scopes have, where some of the scopes are private. */
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { Readers } from '../../../registry/readers/readers.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { blobScopes } from '../../../registry/store/identity-schema.ts';
import { statements, versionBlobs, versions } from '../../../registry/store/schema.ts';
import { addBlobs, numberOf } from '../../../registry/versions/version-blobs.ts';
import { type Digest, digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill, publishApproved, type Skill, signIn } from '../road.ts';
import { oneWorld, type Staffed } from '../world.ts';

const license = 'Permission is hereby granted.\n';
const secret = 'limit: 4000 euros\n';
const tokens = { acme: 'r'.repeat(43), other: 'o'.repeat(43) };
const acme = parseScope('acme');
const file = {
  schema: 'skillgate.readers/1' as const,
  readers: [
    { name: 'agents', token: digestOf(tokens.acme), scopes: [acme] },
    { name: 'others', token: digestOf(tokens.other), scopes: [parseScope('other')] },
  ],
};
const manyVersions = 3_000;

describe('a blob', () => {
  const world = oneWorld({ readers: { ...file, private: [acme] } });
  let stranger = '';
  beforeAll(async () => {
    const inner = { LICENSE: license, 'limit.txt': secret };
    await enter(makeSkill('@acme/inner', '1.0.0', { files: inner }), world.author);
    // As if very many versions of the private scope had both files.
    const rows = Array.from({ length: manyVersions }, (_, at) => idOfVersion(at - manyVersions));
    await world.registry.db.batch(
      rows.flatMap((versionId) =>
        [license, secret].map(
          (text) => (db) =>
            db
              .insert(versionBlobs)
              .values({ digest: digestOf(text), scope: numberOf(sql`${acme}`), versionId }),
        ),
      ),
    );
    const owner = makeKey();
    await claimScope(world, 'zebra', owner);
    await enter(makeSkill('@zebra/open', '1.0.0', { files: { LICENSE: license } }), owner);
    stranger = await signIn(world, owner);
  });

  async function enter(skill: Skill, owner: Staffed['author']): Promise<void> {
    await publishApproved(world, skill, owner);
  }

  const ask = async (digest: Digest, token?: string): Promise<number> =>
    (await call(world, `/blobs/sha256/${hexOf(digest)}`, token ? { token } : {})).status;
  const everybody = (digest: Digest): Promise<number[]> =>
    Promise.all([undefined, stranger, tokens.other].map((token) => ask(digest, token)));

  it('of a public version is shown to strangers, however many private versions have it', async () => {
    expect(await everybody(digestOf(license))).toEqual([200, 200, 200]);
  });

  it('of private versions alone is shown to nobody else, and to each who may read the scope', async () => {
    expect(await everybody(digestOf(secret))).toEqual([404, 404, 404]);
    const all = [tokens.acme, world.tokens.author, world.tokens.omar];
    expect(await Promise.all(all.map((token) => ask(digestOf(secret), token)))).toEqual([
      200, 200, 200,
    ]);
  });

  it('follows readers.json: a scope that becomes private or public takes its files along', async () => {
    const { readers } = world.registry;
    const withPrivate = (scopes: 'everything' | readonly string[]) => {
      const list = scopes === 'everything' ? scopes : scopes.map((scope) => parseScope(scope));
      const changed = new Readers(
        { ...file, private: list as (typeof acme)[] },
        'readers.json',
        () => undefined,
      );
      Object.assign(world.registry, { readers: changed });
    };
    withPrivate(['acme', 'zebra']);
    // The session of zebra's owner is the second.
    expect(await everybody(digestOf(license))).toEqual([404, 200, 404]);
    withPrivate(['zebra']);
    expect(await everybody(digestOf(secret))).toEqual([200, 200, 200]);
    withPrivate('everything');
    expect(await everybody(digestOf(license))).toEqual([401, 200, 404]);
    expect(await everybody(digestOf(secret))).toEqual([401, 404, 404]);
    expect(await ask(digestOf(secret), tokens.acme)).toBe(200);
    Object.assign(world.registry, { readers });
  });

  it('that is a public statement stays public when a private skill has the same bytes', async () => {
    const about = await claimScope(world, 'heron', makeKey());
    const [row] = await world.registry.db.read
      .select({ bundle: statements.bundle })
      .from(statements)
      .where(eq(statements.logIndex, about.body.logIndex));
    const bundle = row?.bundle ?? expect.fail();
    expect(await ask(bundle)).toBe(200);
    const bytes = Buffer.from(world.stored.get(`public/blobs/sha256/${hexOf(bundle)}`) ?? []);
    const copy = { 'statement.json': bytes.toString('utf8') };
    expect(digestOf(bytes)).toBe(bundle);
    await enter(makeSkill('@acme/copy', '1.0.0', { files: copy }), world.author);
    expect(await everybody(bundle)).toEqual([200, 200, 200]);
  });

  it('of a report that comes after the approval belongs to the scope at once', async () => {
    const { db } = world.registry;
    const scopesOf = async (text: string): Promise<unknown[]> => {
      const scopes = await db.read.select().from(blobScopes);
      return (await db.read.select().from(versionBlobs)).flatMap((blob) =>
        blob.digest === digestOf(text)
          ? [scopes.find(({ number }) => number === blob.scope)?.scope ?? blob.scope]
          : [],
      );
    };
    const isIt = eq(versions.name, parseSkillName('@acme/inner'));
    const [approved] = await db.read.select().from(versions).where(isIt);
    const row = approved ?? expect.fail();
    await db.batch([addBlobs(row, [digestOf('a later report')])]);
    await db.batch([addBlobs({ ...row, id: 'waits' }, [digestOf('the report of another')])]);
    expect(await scopesOf('a later report')).toEqual([scopeOf(row.name)]);
    expect(await scopesOf('the report of another')).toEqual([0]);
  });

  it('of a private scope is shown to nobody else when somebody edits the numbers of scopes', async () => {
    const { read } = world.registry.db;
    const attacks = [
      sql`UPDATE blob_scopes SET number = 99 WHERE scope = 'acme'`,
      sql`DELETE FROM blob_scopes`,
      sql`INSERT OR REPLACE INTO blob_scopes (scope) VALUES ('acme')`,
      sql`INSERT OR REPLACE INTO blob_scopes SELECT number, 'zebra2' FROM blob_scopes WHERE scope = 'acme'`,
      sql`INSERT INTO version_blobs SELECT digest, 'acme', versionId FROM version_blobs`,
    ];
    for (const attack of attacks) await expect(async () => read.run(attack)).rejects.toThrow();
    await read.run(sql`DROP TRIGGER blob_scopes_no_delete`);
    await read.run(sql`DELETE FROM blob_scopes WHERE scope = 'acme'`);
    expect(await ask(digestOf(secret))).toBe(404);
    expect(await ask(digestOf(secret), stranger)).toBe(404);
  });
});
