import { and, eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { makeExclusive } from '../../../registry/context.ts';
import { settlePauseMs } from '../../../registry/index/put-off.ts';
import {
  packageLeaseMs,
  packageReportAgainMs,
  packageReportRetryMs,
} from '../../../registry/scans/package-reports.ts';
import { suspensionsPerHour } from '../../../registry/stops/incidents.ts';
import { packageAdvisories, packages } from '../../../registry/store/package-schema.ts';
import { statements } from '../../../registry/store/schema.ts';
import { listDoubts } from '../../../registry/versions/second-scans.ts';
import { judgedFromFirst } from '../../../registry/versions/version-packages.ts';
import { predicateTypes } from '../../../skills-index/statement/attestation.ts';
import { statusOf } from '../desk-visit.ts';
import { failWrite } from '../failing-write.ts';
import {
  leasedPackage,
  look,
  malware,
  packagedSkill,
  vulnerability,
  wholeLook,
} from '../packaged-skill.ts';
import { call, type Skill, state, stopsShown } from '../road.ts';
import {
  approveIn,
  callAs,
  draftIn,
  expectAnswer,
  expectCode,
  publishIn,
  rowsOf,
  scanIn,
  signInAs,
  stopIn,
} from '../steps.ts';
import { eachWorld, type Staffed } from '../world.ts';

const world = eachWorld();

const lease = () => leasedPackage(world.send, world.tokens.scanner);
const seen = (id: number | undefined, said: Parameters<typeof look>[2] | object = {}) =>
  look(world.send, world.tokens.scanner, { id, ...said });
const signInAgain = async () =>
  Object.assign(world.tokens, { scanner: await signInAs(world, 'scanner') });
const giveBack = (who: 'scanner' | 'author' | 'rita', id: number | undefined) =>
  call(world, `/api/v1/packages/${id}/fail`, { token: world.tokens[who], json: {} });
const inReview = async (skill: Skill) => {
  await expectAnswer(publishIn(world, skill), 201);
  await expectAnswer(scanIn(world, skill), 200);
  return skill;
};
const approved = async (skill: Skill) => {
  await inReview(skill);
  await expectAnswer(approveIn(world, skill), 201);
  return skill;
};
const idOf = async (name: string): Promise<number | undefined> =>
  (await rowsOf(world, packages, and(eq(packages.ecosystem, 'npm'), eq(packages.name, name))))[0]
    ?.id;
const doubts = async (): Promise<readonly string[]> =>
  (await listDoubts(world.registry)).map(({ why }) => why);
const lift = ({ manifest: { name, version } }: Skill) => stopIn(world, 'lifted', { name, version });
const about = (kind: 'suspended' | 'lifted') =>
  stopIn(world, kind, { publisher: world.author.keyId });
const reason = 'The advisory MAL-2026-1 names evil 1.0.0 of npm as malicious';

/** From now on requests wait for none before: as if another process over the database took them. */
function asOtherProcess({ registry }: Staffed): void {
  Object.assign(registry, { exclusive: makeExclusive() });
}

describe('a package', () => {
  it('keeps its advisories after a look of a host without advisories', async () => {
    await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const id = await idOf('evil');
    await seen(id, { advisories: [malware, vulnerability] });
    const { facts: _, scan: __, advisories: ___, ...nothing } = wholeLook;
    const path = `/api/v1/packages/${id}/report`;
    const json = { ...nothing, looked: 'advisories' };
    const { status } = await callAs(world, 'scanner', path, json);
    expect(status).toBe(200);
    expect(await rowsOf(world, packageAdvisories)).toHaveLength(2);
  });

  it('of many versions is looked at once, and then once a day', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0', 'ms@2.1.3']));
    await inReview(packagedSkill('@acme/a', '1.1.0', ['left-pad@1.3.0']));
    const first = await lease();
    expect(first).toMatchObject({ ecosystem: 'npm', name: 'left-pad', lookedBefore: false });
    const second = await lease();
    expect(second).toMatchObject({ name: 'ms' });
    expect(await lease()).toBeNull();
    expect(await seen(first?.id)).toEqual({ status: 200, body: { taken: true } });
    await seen(second?.id, {
      looked: 'not fetched',
      why: 'gone',
      facts: undefined,
      scan: undefined,
    });
    world.wait(packageReportAgainMs);
    await signInAgain();
    expect(await lease()).toBeNull();
    world.wait(1_000);
    expect(await lease()).toMatchObject({ name: 'left-pad', lookedBefore: true });
    expect(await lease()).toMatchObject({ name: 'ms', lookedBefore: false });
  });

  it('is compared with advisories again however many new packages a publisher lists', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0']));
    await seen((await lease())?.id);
    world.wait(packageReportAgainMs + 1_000);
    await signInAgain();
    await inReview(packagedSkill('@acme/b', '1.0.0', ['x1@1.0.0', 'x2@1.0.0', 'x3@1.0.0']));
    // A new package goes first, until the other one waits for a second day.
    expect(await lease()).toMatchObject({ lookedBefore: false });
    world.wait(packageReportAgainMs);
    await signInAgain();
    expect(await lease()).toMatchObject({ name: 'left-pad', lookedBefore: true });
    expect(await lease()).toMatchObject({ lookedBefore: false });
  });

  it('whose scanner ended without a look is leased again, behind the others', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['crashes@1.0.0']));
    await lease();
    world.wait(packageLeaseMs + 1_000);
    await inReview(packagedSkill('@acme/b', '1.0.0', ['ms@2.1.3']));
    expect(await lease()).toMatchObject({ name: 'ms' });
    expect(await lease()).toMatchObject({ name: 'crashes' });
  });

  it('whose lease is given back waits a minute, and holds no other package up', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['fails@1.0.0', 'ms@2.1.3']));
    for (let next = await lease(); next !== null; next = await lease()) {
      await seen(next.id);
      world.wait(1_000);
    }
    world.wait(3 * packageReportAgainMs);
    await signInAgain();
    const failed = await lease();
    await expectAnswer(giveBack('scanner', failed?.id), 200);
    world.wait(1_000);
    const other = await lease();
    expect(other?.name).not.toBe(failed?.name);
    await seen(other?.id);
    expect(await lease()).toBeNull();
    world.wait(packageReportRetryMs + 1);
    expect(await lease()).toMatchObject({ name: failed?.name });
  });

  it('whose lease is given back twice waits no longer', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['ms@2.1.3']));
    const id = (await lease())?.id;
    await giveBack('scanner', id);
    world.wait(packageReportRetryMs - 1_000);
    await giveBack('scanner', id);
    world.wait(1_001);
    expect(await lease()).toMatchObject({ name: 'ms' });
  });

  it('that a clock three days ahead leased and looked at is looked at again', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['a@1.0.0', 'b@1.0.0']));
    world.wait(3 * packageReportAgainMs);
    await lease();
    await seen((await lease())?.id);
    world.wait(-3 * packageReportAgainMs);
    expect([(await lease())?.name, (await lease())?.name]).toEqual(['a', 'b']);
  });

  it('keeps the facts of a whole look when a later look compares advisories only', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0']));
    const id = (await lease())?.id;
    await seen(id, { advisories: [vulnerability, malware] });
    await seen(id, {
      looked: 'advisories',
      facts: undefined,
      scan: undefined,
      advisories: [vulnerability],
    });
    const [row] = await rowsOf(world, packages);
    expect(row).toMatchObject({
      looked: 'advisories',
      facts: wholeLook.facts,
      scan: wholeLook.scan,
    });
    expect(await rowsOf(world, packageAdvisories)).toEqual([
      { packageId: id, advisory: 'GHSA-aaaa', isMalware: false, summary: 'slow expression' },
    ]);
  });
});

describe('the routes for scanners', () => {
  it.each(['author', 'rita'] as const)('refuse %s', async (who) => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0']));
    await expectAnswer(
      call(world, '/api/v1/packages/lease', { token: world.tokens[who], json: {} }),
      403,
    );
    const leased = await lease();
    await expectAnswer(giveBack(who, leased?.id), 403);
    world.wait(packageReportRetryMs + 1);
    expect(await lease()).toBeNull();
    const lied = await look(world.send, world.tokens[who], { id: 1, advisories: [malware] });
    await expectAnswer(lied, 403, 'forbidden');
    expect(await rowsOf(world, packageAdvisories)).toEqual([]);
  });

  it('refuse a client without a session', async () => {
    const answer = await call(world, '/api/v1/packages/1/report', { json: wholeLook });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['a package that does not exist', '77', {}, 404],
    ['a package whose id is no number', '1%27--', {}, 404],
    [
      'more findings than a look has',
      '1',
      {
        scan: {
          ...wholeLook.scan,
          findings: Array(21).fill({
            rule: 'a/b',
            severity: 'low',
            path: 'a',
            line: 1,
            message: 'm',
          }),
        },
      },
      400,
    ],
  ])('refuse %s', async (_, id, said, status) => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0']));
    const json = { ...wholeLook, ...said };
    const token = world.tokens.scanner;
    expect((await call(world, `/api/v1/packages/${id}/report`, { token, json })).status).toBe(
      status,
    );
  });

  it('take the same look from two scanners at once', async () => {
    await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const id = await idOf('evil');
    const both = await Promise.all([
      seen(id, { advisories: [malware] }),
      seen(id, { advisories: [malware] }),
    ]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    const revoked = await rowsOf(
      world,
      statements,
      eq(statements.predicateType, predicateTypes.revocation),
    );
    expect(revoked).toHaveLength(1);
  });
});

describe('an advisory of malware', () => {
  it('suspends each approved version that locks the package, and no other', async () => {
    const uses = await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0', 'ms@2.1.3']));
    const other = await approved(packagedSkill('@acme/b', '1.0.0', ['evil@2.0.0']));
    await seen(await idOf('evil'), { advisories: [malware, vulnerability] });
    expect([await statusOf(world, uses), await statusOf(world, other)]).toEqual([
      'suspended',
      'approved',
    ]);
    expect(await stopsShown(world, '@acme/a')).toEqual({ [uses.packed.digest]: 'suspended' });
    const { body } = await callAs(world, 'rita', '/api/v1/reviews/@acme/a/1.0.0');
    expect(body.history.at(-1)).toMatchObject({ to: 'suspended', by: 'registry', why: reason });
  });

  it('suspends at most so many versions in an hour, and asks a person about the others', async () => {
    const skills: Skill[] = [];
    for (let patch = 0; patch < suspensionsPerHour + 3; patch++)
      skills.push(await approved(packagedSkill('@acme/a', `1.0.${patch}`, ['evil@1.0.0'])));
    await seen(await idOf('evil'), { advisories: [malware] });
    const states = await Promise.all(skills.map((skill) => statusOf(world, skill)));
    expect(states.filter((one) => one === 'suspended')).toHaveLength(suspensionsPerHour);
    expect(states.filter((one) => one === 'approved')).toHaveLength(3);
    expect(await doubts()).toEqual([reason, reason, reason]);
    // The daily look says the same, and asks nobody again.
    await seen(await idOf('evil'), { advisories: [malware] });
    expect(await doubts()).toHaveLength(3);
  });

  it('loses nothing when the registry ends between the look and the suspension', async () => {
    const uses = await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const storage = failWrite(world.registry, 1, { forGood: true });
    await expectAnswer(seen(await idOf('evil'), { advisories: [malware] }), 200);
    expect(storage.failed()).toBe(true);
    storage.mend();
    expect(await statusOf(world, uses)).toBe('approved');
    await lease();
    expect(await statusOf(world, uses)).toBe('suspended');
  });

  it('that comes while the versions are judged by an earlier look misses none of them', async () => {
    const uses = await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const id = (await idOf('evil')) ?? 0;
    const { db } = world.registry;
    const batch = db.batch.bind(db);
    let writes = 0;
    db.batch = async (list) => {
      writes++;
      // Before the first step of the judging is written, and after the step was decided.
      if (writes === 2) {
        const row = { packageId: id, advisory: malware.id, isMalware: true, summary: '' };
        await batch([
          (write) => write.insert(packageAdvisories).values(row),
          (write) => write.update(packages).set(judgedFromFirst).where(eq(packages.id, id)),
        ]);
      }
      return batch(list);
    };
    await seen(id, { scan: { ...wholeLook.scan, verdict: 'block' } });
    expect(await statusOf(world, uses)).toBe('suspended');
    expect(await doubts()).toEqual([]);
  });

  it('refuses an approval that was signed before the look and is sent after it', async () => {
    const skill = await inReview(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const signed = await draftIn(world, skill);
    await seen((await lease())?.id, { advisories: [malware] });
    const late = await state(world, signed, world.rita);
    await expectAnswer(late, 403, 'package-malicious');
    expect(await statusOf(world, skill)).toBe('in review');
    // The advisory is withdrawn: the same statement counts now.
    await seen(1, { advisories: [] });
    await expectAnswer(state(world, signed, world.rita), 201);
    expect(await statusOf(world, skill)).toBe('approved');
  });

  it('refuses an approval that the look overtakes between the check and the write', async () => {
    const skill = await inReview(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const signed = await draftIn(world, skill);
    const { db } = world.registry;
    const batch = db.batch.bind(db);
    db.batch = async (writes) => {
      db.batch = batch;
      asOtherProcess(world);
      await seen(1, { advisories: [malware] });
      return batch(writes);
    };
    const late = await state(world, signed, world.rita);
    await expectAnswer(late, 403, 'package-malicious');
    expect(await statusOf(world, skill)).toBe('in review');
  });

  it('keeps a version out of the index whose approvals suffice, until it is withdrawn', async () => {
    const skill = await inReview(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    const { db } = world.registry;
    const batch = db.batch.bind(db);
    let writes = 0;
    db.batch = async (list) => {
      writes++;
      await batch(list);
      // The draft and the approval are written. The look comes before the version enters.
      if (writes !== 2) return;
      db.batch = batch;
      asOtherProcess(world);
      await seen(1, { advisories: [malware] });
    };
    await expectAnswer(approveIn(world, skill), 201);
    expect(await statusOf(world, skill)).toBe('in review');
    await seen(1, { advisories: [] });
    world.wait(settlePauseMs + 1_000);
    await world.send('/index/status.json');
    await expect.poll(() => statusOf(world, skill)).toBe('approved');
  });

  it('reaches versions whose publisher is suspended, once the publisher may publish again', async () => {
    const uses = await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0', 'ms@2.1.3']));
    const other = await approved(packagedSkill('@acme/b', '1.0.0', ['ms@2.1.3']));
    await expectAnswer(about('suspended'), 201);
    await seen(await idOf('evil'), { advisories: [malware] });
    await expectAnswer(about('lifted'), 201);
    await lease();
    expect([await statusOf(world, uses), await statusOf(world, other)]).toEqual([
      'suspended',
      'approved',
    ]);
  });

  it('refuses another entry of the package before anybody looks at the entry', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    await seen(await idOf('evil'), { advisories: [malware, vulnerability] });
    const nested = await inReview(
      packagedSkill('@acme/b', '1.0.0', ['ms@2.1.3', 'ms/node_modules/evil@1.0.0']),
    );
    await expectAnswer(approveIn(world, nested), 403, 'package-malicious');
    await approved(packagedSkill('@acme/c', '1.0.0', ['ms@2.1.3', 'ms/node_modules/evil@1.0.1']));
    // The look at the entry itself counts from then on.
    for (let next = await lease(); next !== null; next = await lease())
      await seen(next.id, { advisories: [] });
    await expectAnswer(approveIn(world, nested), 201);
  });

  it('counts for another entry although a scanner without advisories looked later', async () => {
    await inReview(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    await seen(await idOf('evil'), { advisories: [malware] });
    const places = ['ms@2.1.3', 'ms/node_modules/evil@1.0.0'];
    const before = await inReview(packagedSkill('@acme/b', '1.0.0', places));
    const isEvil = and(eq(packages.ecosystem, 'npm'), eq(packages.name, 'evil'));
    const rows = await rowsOf(world, packages, isEvil);
    const nested = Math.max(...rows.map(({ id }) => id));
    // As an entry that was listed before the advisory was known.
    await world.registry.db.read
      .delete(packageAdvisories)
      .where(eq(packageAdvisories.packageId, nested));
    world.wait(1_000);
    await seen(nested, { advisories: undefined });
    // Each later list of the entry brings the advisory back, and a third entry has it, too.
    const again = await inReview(packagedSkill('@acme/c', '1.0.0', places));
    const third = ['left-pad@1.3.0', 'left-pad/node_modules/evil@1.0.0'];
    const other = await inReview(packagedSkill('@acme/d', '1.0.0', third));
    for (const skill of [before, again, other])
      await expectCode(approveIn(world, skill), 'package-malicious');
  });

  it('suspends approved versions of an entry that takes the advisory from another', async () => {
    const places = ['ms@2.1.3', 'ms/node_modules/evil@1.0.0'];
    const skill = await approved(packagedSkill('@acme/a', '1.0.0', places));
    const harmless = await approved(packagedSkill('@acme/b', '1.0.0', ['ms@2.1.3']));
    const own = await inReview(packagedSkill('@acme/c', '1.0.0', ['evil@1.0.0']));
    await seen(3, { advisories: [malware] });
    await expectCode(approveIn(world, own), 'package-malicious');
    expect(await statusOf(world, skill)).toBe('approved');
    await inReview(packagedSkill('@acme/d', '1.0.0', places));
    // The look at the entry itself says what is known already.
    await seen(await idOf('evil'), { advisories: [malware] });
    await lease();
    expect(await statusOf(world, skill)).toBe('suspended');
    expect(await statusOf(world, harmless)).toBe('approved');
  });

  it('keeps a suspension from being lifted until it is withdrawn', async () => {
    const skill = await approved(packagedSkill('@acme/a', '1.0.0', ['evil@1.0.0']));
    await seen(await idOf('evil'), { advisories: [malware] });
    await expectAnswer(lift(skill), 403, 'package-malicious');
    await seen(await idOf('evil'), { advisories: [] });
    expect(await statusOf(world, skill)).toBe('suspended');
    await expectAnswer(lift(skill), 201);
    expect(await statusOf(world, skill)).toBe('approved');
    await lease();
    expect(await statusOf(world, skill)).toBe('approved');
  });
});

describe('honest packages', () => {
  it('with a vulnerability are approved as before', async () => {
    const skill = await inReview(packagedSkill('@acme/a', '1.0.0', ['left-pad@1.3.0']));
    await seen((await lease())?.id, { advisories: [vulnerability] });
    await expectAnswer(approveIn(world, skill), 201);
    await lease();
    expect(await statusOf(world, skill)).toBe('approved');
    expect(await doubts()).toEqual([]);
  });

  it('may be three hundred', async () => {
    const names = Array.from({ length: 300 }, (_, at) => `p${at}@1.0.${at}`);
    await inReview(packagedSkill('@acme/a', '1.0.0', names));
    expect(await rowsOf(world, packages)).toHaveLength(300);
    expect(await lease()).toMatchObject({ name: expect.stringMatching(/^p\d+$/) });
  });
});

it('a scan that blocks asks a person once about each approved version, and suspends none', async () => {
  const skill = await approved(packagedSkill('@acme/a', '1.0.0', ['odd@1.0.0']));
  const finding = {
    rule: 'code/eval',
    severity: 'high',
    path: 'a\u202e.js',
    line: 3,
    message: 'm',
  };
  const scan = { ...wholeLook.scan, verdict: 'block', findings: [finding] };
  const id = await idOf('odd');
  await seen(id, { scan });
  await seen(id, { scan });
  expect(await doubts()).toEqual([
    'The scan of odd 1.0.0 of npm says block: code/eval at a\ufffd.js:3',
  ]);
  expect(await statusOf(world, skill)).toBe('approved');
  // Whoever publishes another version with the package asks nobody again.
  await inReview(packagedSkill('@acme/b', '1.0.0', ['odd@1.0.0']));
  await lease();
  expect(await doubts()).toHaveLength(1);
});
