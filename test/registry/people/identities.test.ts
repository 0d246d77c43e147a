/**
 * Statements of our own log that cannot be verified any more: what they are about is frozen, and
 * the registry goes on.
 */
import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { changedRoot } from '../../../cli/root-rotation/registry-folder.ts';
import { loadKeys } from '../../../registry/log/signing.ts';
import { readIdentities } from '../../../registry/people/identities.ts';
import { hasDigest } from '../../../registry/store/columns/digest-column.ts';
import { log, statements } from '../../../registry/store/schema.ts';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { somebody, TestSigstore } from '../../skills-index/story-sigstore.ts';
import { certify, claim, kim, publishBy, sigstore } from '../certified-road.ts';
import { makeKey } from '../people.ts';
import { call, claimScope, makeSkill, publish, publishApproved, signIn } from '../road.ts';
import { bodyAt, expectAnswer, expectProblem } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

async function staffed(): Promise<Staffed> {
  const world = await ownWorld({ sigstore: sigstore.trustedRoot });
  return world;
}

/** What a registry that is started again knows. */
const restart = (world: Staffed, changed: object) => {
  Object.assign(world.registry, { identities: {}, ...changed });
};

describe('a registry that has logged a claim by certificate and now trusts another Sigstore', () => {
  const next = new TestSigstore('other').trustedRoot;
  it('goes on for everybody else', async () => {
    const world = await staffed();
    await expectAnswer(claim(world, 'kims', { owners: [kim], signer: certify(somebody) }), 201);
    restart(world, { sigstore: next });
    await expectAnswer(call(world, '/api/v1/whoami', { token: world.tokens.rita }), 200);
    await expectAnswer(call(world, '/api/v1/reviews', { token: world.tokens.rita }), 200);
    const skill = makeSkill('@acme/on', '1.0.0');
    await publishApproved(world, skill);
    // Judged as installers judge it: no other scope's statement is among its evidence.
    expect((await bodyAt(world, '/api/v1/versions/@acme/on/1.0.0')).status).toBe('approved');
    expect((await bodyAt(world, '/api/v1/scopes/acme')).owners).toHaveLength(1);
    expect(world.errors).toEqual([]);
  });

  it('lets nobody have that scope, and says why where it is shown and where somebody publishes', async () => {
    const world = await staffed();
    await expectAnswer(claim(world, 'kims', { owners: [kim], signer: certify(somebody) }), 201);
    restart(world, { sigstore: next });
    const why = expect.stringMatching(/the statement at log index \d+ cannot be verified/);
    expect(await bodyAt(world, '/api/v1/scopes/kims')).toMatchObject({
      owners: [],
      frozen: why,
    });
    const frozen = { status: 409, body: { code: 'scope-frozen', detail: why } };
    expect(await publish(world, makeSkill('@kims/t', '1.0.0'), world.author)).toMatchObject(frozen);
    expect(await publishBy(world, makeSkill('@kims/t', '1.0.0'), somebody)).toMatchObject(frozen);
    expect(await claimScope(world, 'kims', world.author)).toMatchObject(frozen);
    restart(world, { sigstore: sigstore.trustedRoot });
    await expectAnswer(publishBy(world, makeSkill('@kims/t', '1.0.0'), somebody), 201);
  });
});

describe('a registry whose log key was retired before entries that it had signed', () => {
  it('freezes whom those are about, and lets the administrators in', async () => {
    const world = await staffed();
    const administrator = await signIn(world, world.trust.administrator);
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    // Indexes 0 to 2 enrolled the scanner, rita and omar, 3 claimed @acme.
    const root = changedRoot(world.registry.root, {
      add: [],
      remove: [],
      keys: { log: spki },
      validUpTo: 1,
    });
    const log = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    restart(world, { root, keys: await loadKeys({ ...world.trust.texts, log }) });
    const reviews = async (token: string) =>
      (await call(world, '/api/v1/reviews', { token })).status;
    expect([await reviews(world.tokens.rita), await reviews(world.tokens.omar)]).toEqual([
      200, 401,
    ]);
    expect(await bodyAt(world, '/api/v1/scopes/acme')).toMatchObject({
      owners: [],
      frozen: expect.any(String),
    });
    expect(await reviews(administrator)).toBe(200);
  });
});

const about = { scopes: [parseScope('acme'), parseScope('kims')] };

describe('a statement of the log', () => {
  it('that nobody can tell whom it concerns stops everything', async () => {
    const world = await staffed();
    const rows = await readIdentities(world.registry, about);
    const { digest } = rows.statements[3] as { digest: string };
    const [name] = [...world.stored.keys()].filter((one) =>
      one.endsWith(digest.slice('sha256:'.length)),
    );
    expect(name).toBeDefined();
    world.stored.set(name ?? '', Buffer.from('{}'));
    // Nor do the rows say it: else they would give the statement back, or at least whom it is
    // about.
    const { read } = world.registry.db;
    const [row] = await read
      .select()
      .from(statements)
      .where(hasDigest(statements.bundle, parseDigest(digest)));
    const envelope = {
      ...JSON.parse(row?.envelope ?? ''),
      payload: Buffer.from('{}').toString('base64'),
    };
    for (const trigger of ['log_no_update', 'statements_no_update'])
      read.run(sql.raw(`DROP TRIGGER ${trigger}`));
    read.run(sql`UPDATE ${log} SET root = 'AAAA' WHERE "index" = ${row?.logIndex ?? -1}`);
    read.run(
      sql`UPDATE ${statements} SET envelope = ${JSON.stringify(envelope)} WHERE "logIndex" = ${row?.logIndex ?? -1}`,
    );
    restart(world, {});
    await expectProblem(readIdentities(world.registry, about), 'statement-invalid');
  });

  it('lets others go on while a question reads many from memory', async () => {
    const world = await staffed();
    // One statement alone is read without a turn, so the question needs two.
    await claimScope(world, 'kims', makeKey());
    expect((await readIdentities(world.registry, about)).statements.length).toBeGreaterThan(1);
    const { verified, members } = world.registry.identities;
    restart(world, { identities: { verified, members } });
    let turns = 0;
    const timer = setImmediate(() => {
      turns += 1;
    });
    await readIdentities(world.registry, about);
    clearImmediate(timer);
    expect(turns).toBe(1);
  });
});
