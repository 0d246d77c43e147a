import { and, eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leaseMs } from '../../../registry/scans/jobs.ts';
import { ruleSetsPerHour } from '../../../registry/scans/rescans.ts';
import { suspensionsPerHour } from '../../../registry/stops/incidents.ts';
import { isOpen } from '../../../registry/store/columns/index-conditions.ts';
import { audit, jobs, versions } from '../../../registry/store/schema.ts';
import { listDoubts } from '../../../registry/versions/second-scans.ts';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import type { Finding, Verdict } from '../../../skills-index/statement/finding.ts';
import { makeFinding } from '../../finding.ts';
import {
  type Leased,
  leaseJob,
  makeReport,
  makeSkill,
  reportOn,
  type Skill,
  stopsShown,
} from '../road.ts';
import {
  approveIn,
  bodyAt,
  callAs,
  deskOf,
  expectAnswer,
  expectCode,
  publishIn,
  rowsOf,
} from '../steps.ts';
import { type Staffed, worldAfter } from '../world.ts';

const first = digestOf('first');
const second = digestOf('second');

const critical = makeFinding({ rule: 'flow/b', path: 'scripts/a.ts', line: 3 });

describe('a new rule set', () => {
  let world: Staffed;
  const sends = makeSkill('@acme/sends', '1.0.0');

  beforeEach(async () => {
    scansBy = first;
    world = await start();
  });
  const start = worldAfter(async (made) => {
    world = made;
    await scanned(sends);
    await expectAnswer(approveIn(world, sends), 201);
    expect(await lease()).toBeNull();
  });
  afterEach(() => world.close());

  const post = (path: string, json: unknown) => callAs(world, 'scanner', path, json);
  let scansBy = first;
  const lease = (by = scansBy) => leaseJob(world, world.tokens.scanner, { ruleSet: by });
  const report = async (
    job: Leased | null,
    skill: Skill,
    by: Digest,
    said: { verdict?: Verdict; findings?: Finding[] },
  ) => {
    const made = {
      ...makeReport(skill, said.verdict ?? 'pass', said.findings),
      ruleSet: by,
    };
    const who = { token: world.tokens.scanner, key: world.scanner };
    return reportOn(world, who, job, [skill, made]);
  };
  const scanned = async (skill: Skill) => {
    await expectAnswer(publishIn(world, skill), 201);
    await expectAnswer(report(await lease(), skill, scansBy, {}), 200);
  };
  const statusOf = async (skill: Skill): Promise<string> =>
    (await bodyAt(world, `/api/v1/versions/${skill.manifest.name}/1.0.0`)).status;
  it('is a reason to scan everything again, new versions first', async () => {
    scansBy = second;
    await expectAnswer(publishIn(world, makeSkill('@acme/new', '1.0.0')), 201);
    expect((await lease())?.name).toBe('@acme/new');
    expect((await lease())?.name).toBe('@acme/sends');
    expect(await lease()).toBeNull();
  });

  it('that says the same leaves the version approved on the report that a person read', async () => {
    const [before] = await rowsOf(world, versions, eq(versions.name, sends.manifest.name));
    scansBy = second;
    expect((await report(await lease(), sends, second, {})).body.status).toBe('approved');
    const [after] = await rowsOf(world, versions, eq(versions.name, sends.manifest.name));
    expect(after).toEqual(before);
    expect(await lease()).toBeNull();
  });

  it('that says worse of a version in review quarantines it, and nobody approves it then', async () => {
    const waits = makeSkill('@acme/waits', '1.0.0');
    await scanned(waits);
    expect(await statusOf(waits)).toBe('in review');
    scansBy = second;
    for (let job = await lease(); job !== null; job = await lease()) {
      const skill = job.name === '@acme/waits' ? waits : sends;
      const bad = skill === waits ? { verdict: 'block' as const, findings: [critical] } : {};
      await expectAnswer(report(job, skill, second, bad), 200);
    }
    expect(await statusOf(waits)).toBe('quarantined');
    await expectCode(approveIn(world, waits), 'move-illegal');
  });

  it('that says again what a person moved to review leaves it there', async () => {
    const held = makeSkill('@acme/held', '1.0.0');
    await expectAnswer(publishIn(world, held), 201);
    const bad = { verdict: 'block' as const, findings: [critical] };
    expect((await report(await lease(), held, first, bad)).body.status).toBe('quarantined');
    const json = { to: 'in review', reason: 'a test of ours' };
    await callAs(world, 'rita', '/api/v1/reviews/@acme/held/1.0.0/move', json);
    scansBy = second;
    for (let job = await lease(); job !== null; job = await lease()) {
      const answer =
        job.name === '@acme/held' ? report(job, held, second, bad) : report(job, sends, second, {});
      await expectAnswer(answer, 200);
    }
    expect(await statusOf(held)).toBe('in review');
  });

  it('is not answered by a scanner of an older one, which gets no job and whose report gives the job back', async () => {
    expect(await lease(second)).not.toBeNull();
    world.wait(leaseMs + 1);
    expect(await lease(first)).toBeNull();
    expect((await post('/api/v1/jobs/lease', {})).body.job).toBeNull();
    const stale = await report(await lease(second), sends, first, {});
    expect([stale.status, stale.body.code]).toEqual([409, 'job-stale']);
    const again = await lease(second);
    expect(again).toMatchObject({ name: '@acme/sends', attempt: 3 });
    const bad = { verdict: 'block' as const, findings: [critical] };
    expect((await report(again, sends, second, bad)).body.status).toBe('suspended');
  });

  it('takes over the job that waits for the one before it', async () => {
    scansBy = second;
    const taken = await lease();
    const third = digestOf('third');
    expect(await lease(third)).toBeNull();
    await expectCode(report(taken, sends, second, {}), 'job-stale');
    expect(await lease(second)).toBeNull();
    await expectAnswer(report(await lease(third), sends, third, {}), 200);
  });

  it('by which a scan fails three times is told at the desk until a later one scans', async () => {
    scansBy = second;
    for (let attempt = 1; attempt <= 3; attempt++) {
      const job = await lease();
      const told = { lease: job?.lease, reason: 'killed', detail: '30 s <b>' };
      expect((await post(`/api/v1/jobs/${job?.id}/fail`, told)).body.status).toBe('approved');
    }
    expect(await lease()).toBeNull();
    expect(await listDoubts(world.registry)).toMatchObject([
      {
        name: '@acme/sends',
        status: 'approved',
        why: 'A rescan failed: scan was killed: 30 s <b>',
      },
    ]);
    const { html } = await (await deskOf(world, 'rita')).get('');
    expect(html).toContain('Rescans that a person has to check');
    expect(html).not.toContain('30 s <b>');
    world.wait(1_000);
    const third = digestOf('third');
    scansBy = third;
    await expectAnswer(report(await lease(), sends, third, {}), 200);
    expect(await listDoubts(world.registry)).toEqual([]);
  });

  it.each(['incomplete', 'review'] as const)(
    'that says %s suspends nothing and asks a person',
    async (verdict) => {
      scansBy = second;
      expect((await report(await lease(), sends, second, { verdict })).body.status).toBe(
        'approved',
      );
      const why = `A rescan says ${verdict} where the approved report said pass`;
      expect(await listDoubts(world.registry)).toMatchObject([{ name: '@acme/sends', why }]);
      expect(await stopsShown(world, '@acme/sends')).toEqual({});
    },
  );

  it('suspends so many in an hour, and of the next a person is asked', async () => {
    const at = world.registry.now().getTime();
    const move = {
      kind: 'move' as const,
      from: 'approved' as const,
      to: 'suspended' as const,
      by: 'registry',
      why: 'w',
      at,
    };
    const [known] = await rowsOf(world, versions);
    const lines = Array.from({ length: suspensionsPerHour }, (_, i) => ({
      ...move,
      versionId: known?.id ?? '',
      move: 1000 + i,
    }));
    await world.registry.db.batch([(db) => db.insert(audit).values(lines)]);
    scansBy = second;
    const bad = { verdict: 'block' as const, findings: [critical] };
    expect((await report(await lease(), sends, second, bad)).body.status).toBe('approved');
    expect(await listDoubts(world.registry)).toMatchObject([
      { name: '@acme/sends', status: 'approved' },
    ]);
  });

  it('is named by one scanner only so often in an hour, the known ones always', async () => {
    const nth = (i: number): unknown => ({ ruleSet: digestOf(`rule set ${i}`) });
    for (let i = 1; i < ruleSetsPerHour; i++)
      await expectAnswer(post('/api/v1/jobs/lease', nth(i)), 200);
    world.wait(leaseMs + 1);
    for (;;)
      if ((await post('/api/v1/jobs/lease', nth(ruleSetsPerHour - 1))).body.job === null) break;
    await expectCode(post('/api/v1/jobs/lease', nth(0)), 'registry-busy');
    await expectAnswer(post('/api/v1/jobs/lease', nth(1)), 200);
  });

  it('does not make a second job of a version that waits', async () => {
    scansBy = second;
    await lease();
    scansBy = digestOf('another');
    await lease();
    const rows = await rowsOf(world, jobs, and(isOpen(jobs.state), eq(jobs.state, 'leased')));
    expect(new Set(rows.map((row) => row.versionId)).size).toBe(rows.length);
  });
});
