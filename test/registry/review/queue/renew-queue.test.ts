import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renewAllWaiting, renewQueue } from '../../../../registry/review/queue/renew-queue.ts';
import { draftMs, listQueue, readReview } from '../../../../registry/review/review.ts';
import { packages } from '../../../../registry/store/package-schema.ts';
import { guard, versions } from '../../../../registry/store/schema.ts';
import { renewals, waiting } from '../../../../registry/store/waiting-schema.ts';
import { requireVersion } from '../../../../registry/versions/find-versions.ts';
import { proseOf } from '../../../../scanner/prose/sentences.ts';
import { extractFacts } from '../../../../scanner/scan.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { memberStatement } from '../../../../skills-index/statement/attestation.ts';
import type { Verdict } from '../../../../skills-index/statement/finding.ts';
import { policyDigest } from '../../../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../../../nonce.ts';
import { finding } from '../../desk/story.ts';
import { look, malware, packagedSkill, wholeLook } from '../../packaged-skill.ts';
import { makeKey, type TestKey } from '../../people.ts';
import {
  claimScope,
  enrol,
  makeSkill,
  type Skill,
  scan,
  signIn,
  sketchOf,
  state,
} from '../../road.ts';
import { approveIn, callAs, expectAnswer, publishIn, rowsOf, stopIn } from '../../steps.ts';
import { makeStaffedWorld, type Staffed } from '../../world.ts';

let world: Staffed;
let stranger: TestKey;
beforeEach(async () => {
  world = await makeStaffedWorld();
  stranger = makeKey();
  await claimScope(world, 'other', stranger);
  // No daily look: what no trigger counts must show.
  await lookedAtAll();
});
afterEach(() => {
  expect(world.errors).toEqual([]);
  world.close();
});

async function lookedAtAll(): Promise<void> {
  const { policy } = world.registry;
  const day = world.registry.now().toISOString().slice(0, 10);
  const row = { kind: 'all' as const, value: `${policyDigest(policy)} ${day}`, after: null };
  await world.registry.db.batch([(db) => db.insert(renewals).values(row)]);
}

const words = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, i) => `w${from + i}${(from + i) % 10 === 9 ? '\n' : ' '}`,
  ).join('');
const skillOf = (name: string, version: string, text = words(0, 400)) =>
  makeSkill(name, version, { files: { 'notes.md': text } });

async function published(skill: Skill, key: TestKey = world.author): Promise<Skill> {
  world.wait(1_000);
  await expectAnswer(publishIn(world, skill, key), 201);
  return skill;
}

interface Told {
  readonly findings?: readonly ReturnType<typeof finding>[];
  readonly scanner?: { readonly key: TestKey; readonly token: string };
  readonly ruleSet?: string;
}

/** Reports on the next job, as a scanner does: with sketch and sentences. */
async function reported(skill: Skill, verdict: Verdict, told: Told = {}): Promise<void> {
  const { key, token } = told.scanner ?? { key: world.scanner, token: world.tokens.scanner };
  const also = { signature: sketchOf(skill), prose: proseOf(await extractFacts(skill.files)) };
  await expectAnswer(scan(world, token, key, skill, verdict, told.findings, also), 200);
}

async function inReview(skill: Skill, key?: TestKey, verdict: Verdict = 'pass'): Promise<Skill> {
  await published(skill, key);
  await reported(skill, verdict);
  return skill;
}

async function approved(skill: Skill, key?: TestKey): Promise<Skill> {
  await inReview(skill, key);
  await expectAnswer(approveIn(world, skill), 201);
  return skill;
}

const move = async ({ manifest: { name, version } }: Skill, to: string) => {
  const json = { to, reason: 'a test' };
  const path = `/api/v1/reviews/${name}/${version}/move`;
  await expectAnswer(callAs(world, 'rita', path, json), 200);
};

async function say(
  kind: 'suspended' | 'lifted' | 'revoked',
  { manifest: { name, version } }: Skill,
): Promise<void> {
  await expectAnswer(stopIn(world, kind, { name, version }), 201);
}

/** What is stored after all events equals what the evidence says now, in the same order. */
async function expectExact(): Promise<void> {
  const { registry } = world;
  for (let slices = 0; await renewQueue(registry); slices++) expect(slices).toBeLessThan(100);
  const stored = await registry.db.read
    .select()
    .from(waiting)
    .innerJoin(versions, eq(versions.id, waiting.versionId))
    .orderBy(waiting.rank, waiting.logIndex);
  const computed = [];
  for (const row of await rowsOf({ registry }, versions)) {
    if (row.status !== 'in review' && row.status !== 'quarantined') continue;
    const { risk } = await readReview(registry, row);
    computed.push({ name: row.name, version: row.version, risk, logIndex: row.logIndex });
  }
  computed.sort((a, b) => b.risk.total - a.risk.total || a.logIndex - b.logIndex);
  expect(
    stored.map(({ versions: { name, version, logIndex }, waiting: { judged } }) => ({
      name,
      version,
      risk: judged?.risk,
      logIndex,
    })),
  ).toEqual(computed);
  const { rows, ...counted } = await listQueue(registry);
  expect(rows.map(({ name, version }) => `${name} ${version}`)).toEqual(
    computed.map(({ name, version }) => `${name} ${version}`),
  );
  const quarantined = rows.filter(({ status }) => status === 'quarantined').length;
  expect(counted).toMatchObject({ waiting: rows.length, quarantined, unsettled: false });
}

const riskOf = async ({ manifest }: Skill): Promise<number | undefined> => {
  const { rows } = await listQueue(world.registry);
  const { name, version } = manifest;
  return rows.find((row) => row.name === name && row.version === version)?.risk.total;
};

/** Each event, with the version whose risk the event changes. */
const events: Readonly<Record<string, () => Promise<Skill>>> = {
  'a report with a finding': async () => {
    await inReview(skillOf('@acme/calm', '1.0.0'));
    const wild = await published(skillOf('@acme/wild', '1.0.0', words(900, 950)));
    await reported(wild, 'review', { findings: [finding({ severity: 'critical' })] });
    return wild;
  },
  'the first approval of a publisher': async () => {
    const other = await inReview(skillOf('@acme/other', '1.0.0', words(900, 950)));
    await expectExact();
    const before = await riskOf(other);
    await approved(skillOf('@acme/first', '1.0.0'));
    await expectExact();
    expect(await riskOf(other)).toBeLessThan(before ?? 0);
    return other;
  },
  'an approval of an earlier version of the skill': async () => {
    const first = await inReview(skillOf('@acme/s', '1.0.0', words(0, 50)));
    const second = await inReview(skillOf('@acme/s', '1.1.0', words(100, 150)));
    await expectExact();
    await approveIn(world, first);
    return second;
  },
  'a suspension of the approved version, and its lift': async () => {
    const first = await approved(skillOf('@acme/s', '1.0.0', words(0, 50)));
    const second = await inReview(skillOf('@acme/s', '1.1.0', words(100, 150)));
    await expectExact();
    await say('suspended', first);
    await expectExact();
    await say('lifted', first);
    return second;
  },
  'a revocation of the approved version': async () => {
    const first = await approved(skillOf('@acme/s', '1.0.0', words(0, 50)));
    const second = await inReview(skillOf('@acme/s', '1.1.0', words(100, 150)));
    await expectExact();
    await say('revoked', first);
    return second;
  },
  'a near copy that is held back, let go and refused': async () => {
    const copy = await inReview(skillOf('@other/copy', '1.0.0', words(0, 402)), stranger);
    await expectExact();
    const before = await riskOf(copy);
    const bad = await inReview(skillOf('@acme/bad', '1.0.0'), world.author, 'block');
    await expectExact();
    expect(await riskOf(copy)).toBeGreaterThan(before ?? 100);
    await move(bad, 'in review');
    await expectExact();
    await move(bad, 'refused');
    return copy;
  },
  'an earlier version that is scanned later, of which this one is a copy': async () => {
    const late = skillOf('@acme/late', '1.0.0');
    await published(late);
    const { body } = await callAs(world, 'scanner', '/api/v1/jobs/lease', {});
    const copy = await inReview(skillOf('@other/copy', '1.0.0', words(0, 402)), stranger);
    await expectExact();
    const before = await riskOf(copy);
    const held = { lease: body.job.lease, reason: 'crash', detail: 'again' };
    await callAs(world, 'scanner', `/api/v1/jobs/${body.job.id}/fail`, held);
    await reported(late, 'pass');
    await expectExact();
    expect(await riskOf(copy)).toBeGreaterThan(before ?? 100);
    return copy;
  },
  'an advisory of malware that comes and goes': async () => {
    const skill = await inReview(packagedSkill('@acme/locks', '1.0.0', ['evil@1.0.0']));
    await expectExact();
    const [row] = await rowsOf(world, packages);
    await look(world.send, world.tokens.scanner, { id: row?.id, advisories: [malware] });
    await expectExact();
    expect(await riskOf(skill)).toBeGreaterThan(60);
    await look(world.send, world.tokens.scanner, { id: row?.id, advisories: [] });
    return skill;
  },
  'a scan of a package that blocks': async () => {
    const skill = await inReview(packagedSkill('@acme/locks', '1.0.0', ['evil@1.0.0']));
    await expectExact();
    const [row] = await rowsOf(world, packages);
    const scan = { ruleSet: digestOf('rules'), verdict: 'block' as const, findings: [], more: 0 };
    await look(world.send, world.tokens.scanner, { ...wholeLook, id: row?.id, scan });
    await expectExact();
    expect(await riskOf(skill)).toBeGreaterThan(40);
    return skill;
  },
  'a scanner that is ended for the time of its scan': async () => {
    const skill = await inReview(skillOf('@acme/s', '1.0.0'), world.author, 'review');
    await expectExact();
    const { scanner, trust } = world;
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'scanner',
      roles: ['scanner'],
      key: scanner.open,
      state: 'ended',
      validUpTo: 0,
    });
    await expectAnswer(state(world, ended, trust.administrator), 201);
    await expectExact();
    const key = makeKey();
    await enrol(world, trust.administrator, { name: 'next', roles: ['scanner'], key });
    await reported(skill, 'pass', { scanner: { key, token: await signIn(world, key) } });
    return skill;
  },
  'a quarantine, and the way out of it': async () => {
    const skill = await inReview(skillOf('@acme/s', '1.0.0'), world.author, 'block');
    await expectExact();
    await move(skill, 'in review');
    return skill;
  },
};

describe('the stored queue', () => {
  it.each(Object.entries(events))('is what the evidence says after %s', async (_, event) => {
    await event();
    await expectExact();
  });

  it.each([
    ['its report', `UPDATE versions SET report = zeroblob(32)`],
    ['its verdict', `UPDATE versions SET verdict = 'review'`],
    [
      'a scan with sentences',
      `INSERT INTO scans SELECT versionId, zeroblob(32), report, verdict, 900, prose FROM scans`,
    ],
    ['the sentences of a scan', `UPDATE scans SET prose = NULL`],
    ['the last scan', `DELETE FROM scans`],
    ['its packages', `INSERT INTO version_packages SELECT id, 7 FROM versions`],
  ])('counts a change of %s', async (_, change) => {
    await inReview(skillOf('@acme/s', '1.0.0'));
    await expectExact();
    await world.registry.db.batch([(db) => db.run(sql.raw(change))]);
    const [row] = await rowsOf(world, waiting);
    expect(row?.changes).toBe((row?.known ?? 0) + 1);
  });

  it.each([
    [
      'a scan',
      `INSERT INTO scans SELECT versionId, zeroblob(32), report, verdict, 900, prose FROM scans WHERE versionId = :approved`,
    ],
    ['another place of a scan', `UPDATE scans SET logIndex = 900 WHERE versionId = :approved`],
    ['the loss of a scan', `DELETE FROM scans WHERE versionId = :approved`],
  ])('counts %s of the approved version before it', async (_, change) => {
    const first = await approved(skillOf('@acme/s', '1.0.0', words(0, 50)));
    await inReview(skillOf('@acme/s', '1.1.0', words(100, 150)));
    await expectExact();
    const { id } = await requireVersion(world.registry, first.manifest);
    const text = change.replace(':approved', id);
    await world.registry.db.batch([(db) => db.run(sql.raw(text))]);
    const open = await rowsOf(world, renewals);
    expect(open.map(({ kind, value }) => `${kind} ${value}`)).toContain('name @acme/s');
  });

  it('counts the approvals of a version anew, since a draft expires', async () => {
    const skill = makeSkill('@acme/two', '1.0.0', {
      capabilities: {
        secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
        egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
      },
    });
    await inReview(skill);
    expect((await listQueue(world.registry)).rows).toMatchObject([{ approvals: 0 }]);
    await approveIn(world, skill);
    const approvalsNeeded = { total: 2, independent: 1 };
    expect((await listQueue(world.registry)).rows).toMatchObject([
      { approvals: 1, approvalsNeeded },
    ]);
    world.wait(draftMs + 1);
    expect((await listQueue(world.registry)).rows).toMatchObject([
      { approvals: 0, approvalsNeeded },
    ]);
  });

  it('loses a version that is decided', async () => {
    const skill = await inReview(skillOf('@acme/s', '1.0.0'));
    await inReview(skillOf('@acme/t', '1.0.0', words(500, 600)));
    await move(skill, 'refused');
    await expectExact();
    const [counted] = await rowsOf(world, guard);
    expect(counted).toMatchObject({ waiting: 1, quarantined: 0 });
  });

  it('keeps a change that comes while a version is judged', async () => {
    const skill = await inReview(skillOf('@acme/s', '1.0.0', words(0, 50)));
    const update = await inReview(skillOf('@acme/s', '1.1.0', words(100, 150)));
    await expectExact();
    const { registry } = world;
    const { id } = await requireVersion(registry, update.manifest);
    const changed = sql`UPDATE waiting SET changes = changes + 1 WHERE versionId = ${id}`;
    await registry.db.batch([(db) => db.run(changed)]);
    const renewing = renewQueue(registry);
    await approveIn(world, skill);
    await renewing;
    await expectExact();
  });

  it('is judged anew each day, whatever no event tells', async () => {
    await inReview(skillOf('@acme/s', '1.0.0'));
    const forged = sql`UPDATE waiting SET rank = 99`;
    await world.registry.db.batch([(db) => db.run(forged)]);
    world.wait(24 * 3_600_000);
    for (const _ of [1, 2]) await renewAllWaiting(world.registry);
    await lookedAtAllEnded();
    await expectExact();
  });
});

async function lookedAtAllEnded(): Promise<void> {
  const looks = await world.registry.db.read
    .select({ after: renewals.after })
    .from(renewals)
    .where(eq(renewals.kind, 'all'));
  expect(looks).toEqual([{ after: null }]);
}
