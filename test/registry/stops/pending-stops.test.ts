/**
 * A publisher is stopped, and the process is killed while the rows of the publisher's versions
 * follow. Nobody may see one of the versions as approved from the moment of the stop's log entry.
 */

import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { indexEntriesMax, writeLackingFiles } from '../../../registry/index/index-file.ts';
import { untilDone } from '../../../registry/keep-on.ts';
import { checkStops, followStops, moveSome } from '../../../registry/stops/pending-stops.ts';
import { pendingStops } from '../../../registry/store/advice-schema.ts';
import { isAmong } from '../../../registry/store/batch.ts';
import { predicateTypeNumber } from '../../../registry/store/columns/predicate-type-column.ts';
import { indexLines, versions } from '../../../registry/store/schema.ts';
import {
  type PendingStop,
  readVisible,
  visibleColumns,
} from '../../../registry/versions/visible-versions.ts';
import type { GetFile } from '../../../skills-index/client/blobs.ts';
import { fetchIndex } from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { type Digest, parseDigest } from '../../../skills-index/skill/digest.ts';
import type { SkillName } from '../../../skills-index/skill/name.ts';
import type { Version } from '../../../skills-index/skill/version.ts';
import {
  keyStatement,
  predicateTypes,
  type RevocationPredicate,
  type RevocationTarget,
  revocationStatement,
} from '../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../skills-index/statement/identity-id.ts';
import { parseNameProofsFile } from '../../../skills-index/trust/index-files/name-proofs.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { makeReportSkill } from '../../cli/installer-world.ts';
import { freshNonce } from '../../nonce.ts';
import { someWorkflow } from '../../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, publishBy, sigstore } from '../certified-road.ts';
import { failWrite } from '../failing-write.ts';
import { makeKey, type TestKey } from '../people.ts';
import {
  type Answer,
  call,
  claimScope,
  makeSkill,
  publishScanned,
  type Skill,
  state,
  stopsShown,
} from '../road.ts';
import {
  approveIn,
  bodyAt,
  deskOf,
  expectAnswer,
  publishIn,
  reviewerStatement,
  rowsOf,
  scanIn,
} from '../steps.ts';
import { eachWorld, worldAfter } from '../world.ts';

/** Three slices for five versions. */
const atOnce = 2;
const numbers = [1, 2, 3, 4, 5];
const skillAt = (number: number, name = '@acme/t') =>
  makeSkill(name, `1.0.${number}`, { files: { 'n.md': `${name} ${number}\n` } });

const world = eachWorld({ sigstore: sigstore.trustedRoot });

const withFive = worldAfter(
  async (made) => {
    Object.assign(world, made);
    for (const number of numbers) await release(skillAt(number));
  },
  { sigstore: sigstore.trustedRoot },
);
/** Goes on in a world where the five versions are approved. */
async function openFive(): Promise<void> {
  world.close();
  Object.assign(world, await withFive());
}

async function release(skill: Skill, by: TestKey = world.author): Promise<void> {
  await expectAnswer(publishIn(world, skill, by), 201);
  await admit(skill);
}

async function admit(skill: Skill): Promise<void> {
  await scanIn(world, skill);
  await expectAnswer(approveIn(world, skill), 201);
}

async function say(
  kind: RevocationPredicate['kind'],
  target: RevocationTarget = { publisher: world.author.keyId },
  by: TestKey = world.rita,
): Promise<Answer> {
  world.wait(1_000);
  const registry = registryIdOf(world.registry.root);
  const said = { registry, nonce: freshNonce(), kind, target, reason: `${kind} here` };
  return state(world, revocationStatement(said), by);
}

/** A word whose first slices are killed: the writes from the nth on fail. */
async function killed(nth: number, act: () => Promise<Answer>): Promise<boolean> {
  const storage = failWrite(world.registry, nth, { forGood: true });
  const { status, body } = await act();
  storage.mend();
  // A statement that is in the log counts, also where the answer lacks something.
  expect([status, body.code]).toEqual(
    status === 201 ? [201, undefined] : [503, 'logged-unfinished'],
  );
  return storage.failed();
}

const killedFromSlices = (act: () => Promise<Answer>) => killed(firstSlice, act);
/** Writes of a statement before the first slice: its batch, its bundle and the bundle's address. */
const firstSlice = 3;

async function finish(): Promise<number> {
  for (let slices = 1; ; slices++) if (!(await moveSome(world.registry, atOnce))) return slices;
}

const storedStates = async (): Promise<string[]> => {
  const rows = await world.registry.db.read.select().from(versions).orderBy(versions.logIndex);
  return rows.map(({ status }) => status);
};

const shownStates = async (): Promise<string[]> => {
  const { db } = world.registry;
  const ids = (await db.read.select().from(versions)).map(({ id }) => id);
  const read = async () =>
    db.read.select(visibleColumns).from(versions).where(isAmong(versions.id, ids));
  const rows = await readVisible(world.registry, read);
  return rows.sort((a, b) => a.logIndex - b.logIndex).map(({ status }) => status);
};

/** The states of the versions, from everywhere where somebody reads them. */
async function everywhere(): Promise<Record<string, readonly unknown[]>> {
  const { author, registry, send, tokens } = world;
  const get = async (path: string, token?: string) =>
    (await call(send, path, token === undefined ? {} : { token })).body;
  const all: { status: string; history: { to: string }[] }[] = [];
  const reviews: { status: string }[] = [];
  // The slices go from the first version to the last.
  const ends = [1, numbers.length];
  for (const number of ends) {
    all.push(await get(`/api/v1/versions/@acme/t/1.0.${number}`));
    reviews.push(await get(`/api/v1/reviews/@acme/t/1.0.${number}`, tokens.rita));
  }
  const listed = (await get('/api/v1/versions/@acme/t')).versions;
  const inScope = (await get('/api/v1/scopes/acme/versions')).versions;
  const ofKey = (await get(`/api/v1/keys/${author.keyId}`)).versions;
  const statusOf = ({ status }: { status: string }) => status;
  const ofT = (rows: { name: string; status: string }[]) =>
    rows.filter(({ name }) => name === '@acme/t').map(statusOf);
  const inIndex = async (): Promise<string[]> => {
    const shown = await stopsShown(send);
    return numbers.map((number) => shown[skillAt(number).packed.digest] ?? 'approved');
  };
  const desk = await deskOf(world, 'rita');
  const pages: string[] = [];
  for (const number of ends) {
    const { html } = await desk.get(`/@acme/t/1.0.${number}`);
    pages.push(/<h1[\s\S]*?(approved|suspended|revoked)/.exec(html)?.[1] ?? 'none');
  }
  const rows = await rowsOf({ registry }, versions, eq(versions.name, skillAt(1).manifest.name));
  const id = registryIdOf(registry.root).slice(7, 19);
  const advised: string[] = [];
  for (const { logIndex } of rows.sort((a, b) => a.logIndex - b.logIndex)) {
    const answer = await call(send, `/osv/x_skillgate-${id}-${logIndex}.json`);
    advised.push(
      answer.status === 404 || answer.body.withdrawn !== undefined
        ? 'approved'
        : answer.body.database_specific.state,
    );
  }
  const [waiting] = (await get('/api/v1/reviews/@other/needs/1.0.1', tokens.rita)).required;
  return {
    versions: all.map(statusOf),
    history: all.map(({ history }) => history.at(-1)?.to),
    reviews: reviews.map(statusOf),
    list: listed.map(statusOf),
    scope: ofT(inScope),
    key: ofT(ofKey).reverse(),
    index: await inIndex(),
    'index out of memory': await inIndex(),
    desk: pages,
    advisories: advised,
    required: [waiting.fits],
  };
}

function allAre(shown: Record<string, readonly unknown[]>, wanted: string): void {
  const { required, ...states } = shown;
  for (const [where, all] of Object.entries(states))
    expect([where, ...new Set(all)]).toEqual([where, wanted]);
  // A version whose lift is due is offered again behind its slice.
  if (wanted !== 'approved') expect(required).toEqual([undefined]);
}

/** Log indexes of the words on the publisher that an installer of a version gets. */
async function wordsOnPublisher(): Promise<readonly number[]> {
  await world.send('/index/status.json');
  const answer = await world.send('/proofs/@acme/t/1.0.5');
  const { names } = parseNameProofsFile(new Uint8Array(await answer.arrayBuffer()));
  return names.get(`identity/${world.author.keyId}`)?.at ?? [];
}

describe('a stop of a publisher that is killed between two slices', () => {
  beforeEach(async () => {
    await openFive();
    const other = makeKey();
    await claimScope(world, 'other', other);
    const needs = makeReportSkill('@other/needs', {
      version: '1.0.1',
      requires: { '@acme/t': '^1.0.0' },
    });
    await expectAnswer(publishIn(world, needs, other), 201);
    await scanIn(world, needs);
  });

  it('is shown everywhere from its log entry on, wherever the kill comes, and so is its lift', async () => {
    const before = await everywhere();
    allAre(before, 'approved');
    expect(before.required).toEqual(['1.0.5']);
    let writes = 1;
    let isKilled = true;
    while (isKilled) {
      const words = (await wordsOnPublisher()).length;
      isKilled = await killed(writes, () => say('suspended'));
      allAre(await everywhere(), 'suspended');
      expect((await wordsOnPublisher()).length).toBe(words + 1);
      await finish();
      await killed(writes, () => say('lifted'));
      allAre(await everywhere(), 'approved');
      await finish();
      writes++;
    }
    allAre(await everywhere(), 'approved');
    expect(writes).toBeGreaterThan(firstSlice + 1);
    expect((await storedStates()).slice(0, 5)).toEqual(numbers.map(() => 'approved'));
  });

  it('is shown to a reader whose rows the slices overtake', async () => {
    await killedFromSlices(() => say('suspended'));
    let reads = 0;
    const shown = await readVisible(world.registry, async () => {
      const rows = await world.registry.db.read
        .select(visibleColumns)
        .from(versions)
        .where(eq(versions.name, skillAt(1).manifest.name));
      // Only the second time: then the stops are known.
      if (reads++ > 0) await finish();
      return rows;
    });
    expect(shown.map(({ status }) => status)).not.toContain('approved');
    expect(reads).toBe(2);
  });

  it('goes on behind the last slice after each kill, and moves each version once', async () => {
    await killedFromSlices(() => say('revoked'));
    expect(await storedStates()).toContain('approved');
    let slices = 0;
    for (let isMore = true; isMore; slices++) {
      // Another process begins with what the database has.
      isMore = await moveSome({ ...world.registry, identities: {} }, atOnce);
      expect((await shownStates()).slice(0, 5)).toEqual(numbers.map(() => 'revoked'));
    }
    expect(slices).toBe(3);
    expect((await storedStates()).slice(0, 5)).toEqual(numbers.map(() => 'revoked'));
    const [moved] = (await bodyAt(world, '/api/v1/versions/@acme/t/1.0.4')).history.slice(-1);
    expect(moved).toMatchObject({ from: 'approved', to: 'revoked', by: 'rita' });
    expect(moved.why).toBe('revoked here');
    expect(await rowsOf(world, pendingStops)).toEqual([]);
  });

  it('that is lifted before the slices ends with every version as the log says', async () => {
    await killedFromSlices(() => say('suspended'));
    await moveSome(world.registry, atOnce);
    expect(new Set(await storedStates())).toEqual(new Set(['suspended', 'approved', 'in review']));
    await killedFromSlices(() => say('lifted'));
    allAre(await everywhere(), 'approved');
    await finish();
    allAre(await everywhere(), 'approved');
    expect((await storedStates()).slice(0, 5)).toEqual(numbers.map(() => 'approved'));
  });

  it('lets a reviewer decide on one version by the state that is shown', async () => {
    const one = { name: skillAt(4).manifest.name, version: skillAt(4).manifest.version };
    await killedFromSlices(() => say('suspended'));
    await expectAnswer(say('lifted', one), 201);
    const wanted = ['suspended', 'suspended', 'suspended', 'approved', 'suspended'];
    expect((await shownStates()).slice(0, 5)).toEqual(wanted);
    await finish();
    expect((await storedStates()).slice(0, 5)).toEqual(wanted);
  });

  it('whose lift is due leaves a version stopped that is stopped meanwhile', async () => {
    const one = { bundle: skillAt(5).packed.digest };
    await expectAnswer(say('suspended'), 201);
    await finish();
    await killedFromSlices(() => say('lifted'));
    await expectAnswer(say('suspended', one), 201);
    const wanted = ['approved', 'approved', 'approved', 'approved', 'suspended'];
    expect((await shownStates()).slice(0, 5)).toEqual(wanted);
    await finish();
    expect((await storedStates()).slice(0, 5)).toEqual(wanted);
  });

  it('keeps a version of the publisher out that was in review', async () => {
    const late = skillAt(6);
    await publishScanned(world, late);
    await killedFromSlices(() => say('suspended'));
    await expectAnswer(approveIn(world, late), 403);
    expect((await shownStates()).at(-1)).toBe('in review');
  });

  it('is shown by a Worker, which reads the files of the index from the storage', async () => {
    const { known, ...registry } = world.registry;
    const { createApp } = await import('../../../registry/app.ts');
    const app = createApp(registry, { logError: () => undefined, addressOf: () => 'one' });
    const send = async (path: string) => app.request(`http://localhost${path}`);
    expect(await stopsShown(send)).toEqual({});
    await killedFromSlices(() => say('suspended'));
    expect(Object.keys(await stopsShown(send))).toHaveLength(5);
    await killedFromSlices(() => say('lifted'));
    expect(await stopsShown(send)).toEqual({});
    await say('revoked');
    await finish();
    const [one] = await rowsOf(world, versions);
    expect(one?.status).toBe('revoked');
    expect(Object.values(await stopsShown(send))).toEqual(numbers.map(() => 'revoked'));
    expect(known).toBeDefined();
  });
});

describe('a stop of a skill with many versions', () => {
  it('is shown by the older lines of its index, which are in parts', async () => {
    const { registry, send } = world;
    const base = 'http://localhost';
    const { name } = skillAt(1).manifest;
    await release(skillAt(1));
    const more = indexEntriesMax + 8;
    const count = sql`WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${more})`;
    await registry.db.batch([
      (db) =>
        db.run(
          sql`${count} INSERT INTO statements (logIndex, predicateType, payload, signer, envelope, versionId, createdAt, bundle) SELECT 10000 + i, predicateType, CAST(i AS BLOB), signer, envelope, 100000 + i, createdAt, CAST('b' || i AS BLOB) FROM c, statements WHERE predicateType = ${predicateTypeNumber(predicateTypes.publish)}`,
        ),
      (db) =>
        db.run(
          sql`${count} INSERT INTO versions (id, name, version, bundle, status, move, publisher, createdAt, logIndex, bytes) SELECT 100000 + i, name, '1.1.' || i, unhex(printf('%064d', i)), status, move, publisher, createdAt, 1000 + i, 0 FROM c, versions`,
        ),
      (db) =>
        db.run(
          sql`${count} INSERT INTO index_lines (logIndex, versionId, name, line, written) SELECT 1000 + i, 100000 + i, name, replace(line, '"1.0.1"', '"1.1.' || i || '"'), 0 FROM c, index_lines`,
        ),
    ]);
    await writeLackingFiles(registry);
    const stopped = async (): Promise<(string | undefined)[]> => {
      const fetch: GetFile = async (url, { headers }) =>
        (await send(url.slice(base.length), { headers })) as Awaited<ReturnType<GetFile>>;
      const lines = await fetchIndex({ fetch, store: memoryStore(), base }, name);
      return lines.map((line) => line.stopped?.kind);
    };
    expect(await stopped()).toEqual(Array(more + 1).fill(undefined));
    await killedFromSlices(() => say('revoked'));
    expect(await stopped()).toEqual(Array(more + 1).fill('revoked'));
    await finish();
    expect(await stopped()).toEqual(Array(more + 1).fill('revoked'));
  });
});

describe('two stops that overlap', () => {
  it('let a version go only when both are lifted', async () => {
    const next = makeKey();
    const rotation = keyStatement({
      key: next.open,
      state: 'enrolled',
      replaces: world.author.keyId,
    });
    await expectAnswer(state(world, rotation, world.author), 201);
    for (const number of numbers) await release(skillAt(number), next);
    for (const { keyId } of [world.author, next])
      await killedFromSlices(() => say('suspended', { publisher: keyId }));
    expect(await shownStates()).toEqual(numbers.map(() => 'suspended'));
    await moveSome(world.registry, atOnce);
    await killedFromSlices(() => say('lifted', { publisher: next.keyId }));
    expect(await shownStates()).toEqual(numbers.map(() => 'suspended'));
    await finish();
    expect(await storedStates()).toEqual(numbers.map(() => 'suspended'));
    await killedFromSlices(() => say('lifted'));
    expect(await shownStates()).toEqual(numbers.map(() => 'approved'));
    await finish();
    expect(await storedStates()).toEqual(numbers.map(() => 'approved'));
  });
});

describe('a stop whose slices fail', () => {
  const publisher = parseDigest(`sha256:${'0'.repeat(64)}`);
  const named = new RegExp(`cannot follow the stop of publisher ${publisher} .*nowhere`);

  /** A stop that waits, and one before it that cannot be followed. */
  async function damage(): Promise<PendingStop> {
    await openFive();
    await killedFromSlices(() => say('revoked'));
    const [pending] = await rowsOf(world, pendingStops);
    if (pending === undefined) throw new Error('no stop is pending');
    const damaged = { ...pending, publisher, after: 'certificates nowhere' };
    await world.registry.db.batch([(db) => db.insert(pendingStops).values(damaged)]);
    world.errors.length = 0;
    return damaged;
  }

  it('keeps no other stop and no index file waiting, and is named at each slice and when it alone is left', async () => {
    const damaged = await damage();
    expect(await moveSome(world.registry, atOnce)).toBe(true);
    expect(world.errors.map(String)).toEqual([expect.stringMatching(named)]);
    await expect(untilDone(() => followStops(world.registry))).rejects.toThrow(named);
    expect(await storedStates()).toEqual(numbers.map(() => 'revoked'));
    expect(await rowsOf(world, pendingStops)).toEqual([damaged]);
    const { read } = world.registry.db;
    const lacking = read.select().from(indexLines).where(sql`${indexLines.written} = 0`);
    expect(await lacking.limit(1)).toEqual([]);
  });
});

describe('a check of the stops', () => {
  const check = async (): Promise<string[]> => {
    const said: string[] = [];
    await checkStops(world.registry, new AbortController().signal, (line) => said.push(line));
    return said;
  };

  it.each([
    ['before the first slice', 0],
    ['between two slices', 1],
  ])('finds a pending stop that somebody deleted %s', async (_, slices) => {
    await openFive();
    await killedFromSlices(() => say('revoked'));
    for (let slice = 0; slice < slices; slice++) await moveSome(world.registry, atOnce);
    await world.registry.db.read.run(sql`DELETE FROM ${pendingStops}`);
    expect(await shownStates()).toContain('approved');
    expect(await check()).toEqual([
      expect.stringMatching(
        new RegExp(`^warning: Not all versions of the publisher ${world.author.keyId} followed`),
      ),
    ]);
    expect(await shownStates()).toEqual(numbers.map(() => 'revoked'));
    await finish();
    expect(await storedStates()).toEqual(numbers.map(() => 'revoked'));
    expect(await check()).toEqual([]);
  });

  it('finds nothing where the versions followed, follow, or were let go', async () => {
    await openFive();
    await killedFromSlices(() => say('suspended'));
    expect(await check()).toEqual([]);
    await finish();
    expect(await check()).toEqual([]);
    await expectAnswer(say('lifted'), 201);
    await say('suspended', { name: '@acme/t' as SkillName, version: '1.0.2' as Version });
    expect(await check()).toEqual([]);
    expect(await rowsOf(world, pendingStops)).toEqual([]);
    const suspended = numbers.map((number) => (number === 2 ? 'suspended' : 'approved'));
    expect(await storedStates()).toEqual(suspended);
  });
});

describe('a stop of an identity in certificates', () => {
  it('is about every publication by it, and about no other', async () => {
    await claim(world, 'kimco', {
      owners: [kim],
      publishers: [job],
      signer: certify({ issuer: kim.issuer, subject: kim.subject }),
    });
    for (const number of numbers) {
      const run = { ...someWorkflow, run: `https://ci.example/acme/skills/runs/${number}` };
      const skill = skillAt(number, '@kimco/t');
      await expectAnswer(publishBy(world, skill, run), 201);
      await admit(skill);
    }
    await release(skillAt(9));
    const wanted = [...numbers.map(() => 'revoked'), 'approved'];
    await killedFromSlices(() => say('revoked', { publisher: identityId(job) as Digest }));
    expect(await shownStates()).toEqual(wanted);
    await finish();
    expect(await storedStates()).toEqual(wanted);
  });
});

describe('a lift by a reviewer who no longer counted then', () => {
  it('ends with the reviewer, also while its slices are due', async () => {
    await openFive();
    await expectAnswer(say('suspended'), 201);
    await finish();
    const before = (await bodyAt(world, `/api/v1/keys/${world.author.keyId}`)).logSize;
    await killedFromSlices(() => say('lifted', undefined, world.omar));
    expect(await shownStates()).toEqual(numbers.map(() => 'approved'));
    await moveSome(world.registry, atOnce);
    const ending = reviewerStatement('omar', { key: world.omar.open }, 'ended', {
      validUpTo: before - 1,
    });
    await expectAnswer(state(world, ending, world.trust.administrator), 201);
    expect(await shownStates()).toEqual(numbers.map(() => 'suspended'));
    await finish();
    expect(await storedStates()).toEqual(numbers.map(() => 'suspended'));
  });
});
