import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { actorOf } from '../../../registry/people/actors.ts';
import { takeReport } from '../../../registry/scans/reports.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../../skills-index/statement/scan-report.ts';
import { makeFinding } from '../../finding.ts';
import {
  type Answer,
  call,
  leaseJob,
  makeReport,
  makeSkill,
  type Skill,
  scan,
  scanPredicate,
  signReport,
} from '../road.ts';
import { expectAnswer, publishIn, scanIn, signInAs } from '../steps.ts';
import { oneWorld } from '../world.ts';

const finding = (kind: Finding['kind'], severity: Finding['severity']): Finding =>
  makeFinding({ kind, severity, fingerprint: `${kind}-${severity}` });

describe('scan jobs', () => {
  const world = oneWorld();
  let count = 0;

  const publishNext = async () => {
    count += 1;
    const skill = makeSkill('@acme/scanned', `1.0.${count}`);
    await expectAnswer(publishIn(world, skill), 201);
    return skill;
  };
  const lease = async () => leaseJob(world, await signInAs(world, 'scanner'));
  const post = async (job: { id: string; lease: string } | null, verb: string, json: object) =>
    call(world, `/api/v1/jobs/${job?.id}/${verb}`, {
      token: await signInAs(world, 'scanner'),
      json: { lease: job?.lease, ...json },
    });
  const statusOf = async (skill: Skill): Promise<Answer['body']> =>
    (await call(world, `/api/v1/versions/${skill.manifest.name}/${skill.manifest.version}`)).body;

  it.each([
    ['pass', [], 'in review'],
    ['review', [finding('capability', 'medium')], 'in review'],
    ['block', [finding('malice', 'critical')], 'quarantined'],
    ['block', [finding('policy', 'high')], 'refused'],
    ['incomplete', [], 'quarantined'],
  ] as const)(
    'with verdict %s and findings %j move a version to %s',
    async (verdict, findings, state) => {
      const skill = await publishNext();
      expect(await scanIn(world, skill, verdict, [...findings])).toMatchObject({
        body: { status: state },
      });
      expect(
        (await statusOf(skill)).history.map((move: { to: string; by: string }) => [
          move.to,
          move.by,
        ]),
      ).toEqual([
        ['scanning', 'scanner'],
        [state, 'scanner'],
      ]);
    },
  );

  it('are leased by scanners only, each to one', async () => {
    for (const token of [world.tokens.author, world.tokens.rita]) {
      await expectAnswer(call(world, '/api/v1/jobs/lease', { token, json: {} }), 403, 'forbidden');
    }
    await expectAnswer(call(world, '/api/v1/jobs/lease', { json: {} }), 401);
    await publishNext();
    await publishNext();
    const leased = await Promise.all([lease(), lease(), lease()]);
    expect(leased.filter((job) => job !== null)).toHaveLength(2);
    expect(new Set(leased.map((job) => job?.id)).size).toBe(3);
    for (const job of leased)
      if (job !== null) await post(job, 'fail', { reason: 'crash', detail: '' });
    while ((await lease()) !== null);
    world.wait(3_600_000);
    while ((await lease()) !== null) world.wait(3_600_000);
  });

  it('whose lease ended go to another, and the first one’s report is stale', async () => {
    const skill = await publishNext();
    const first = await lease();
    expect(await post(first, 'renew', {})).toMatchObject({
      status: 200,
      body: { leaseSeconds: 120 },
    });
    world.wait(121_000);
    await expectAnswer(post(first, 'renew', {}), 409, 'job-stale');
    const second = await lease();
    expect([second?.id, second?.attempt]).toEqual([first?.id, 2]);
    const report = makeReport(skill, 'pass');
    const body = { envelope: await signReport(world, skill, report, world.scanner), report };
    await expectAnswer(post(first, 'report', body), 409, 'job-stale');
    await expectAnswer(post({ id: second?.id ?? '', lease: 'x'.repeat(43) }, 'report', body), 409);
    const accepted = await post(second, 'report', body);
    expect(accepted).toMatchObject({ status: 200, body: { status: 'in review' } });
    expect(await post(second, 'report', body)).toEqual(accepted);
  });

  it('are not taken late, even when nobody else came meanwhile', async () => {
    const skill = await publishNext();
    const job = await lease();
    world.wait(121_000);
    const report = makeReport(skill, 'pass');
    const body = { envelope: await signReport(world, skill, report, world.scanner), report };
    await expectAnswer(post(job, 'report', body), 409, 'job-stale');
    await expectAnswer(post(await lease(), 'report', body), 200);
  });

  it('write nothing when their lease is given away between reading and writing', async () => {
    const { registry, scanner } = world;
    const skill = await publishNext();
    const job = await lease();
    const actor = await actorOf(registry, { kind: 'key', keyId: scanner.keyId });
    if (job === null || actor === undefined) throw new Error('no job');
    const steal = sql`UPDATE jobs SET lease = 'sha256:other' WHERE id = ${job.id}`;
    const db = {
      read: registry.db.read,
      batch: async (writes: Parameters<typeof registry.db.batch>[0]) => {
        await registry.db.read.run(steal);
        return registry.db.batch(writes);
      },
    };
    const report = makeReport(skill, 'pass');
    const sent = {
      id: job.id,
      lease: job.lease,
      envelope: await signReport(world, skill, report, scanner),
      report,
    };
    await expect(takeReport({ ...registry, db }, actor, sent)).rejects.toMatchObject({
      code: expect.stringMatching(/registry-busy|job-stale/),
    });
    expect(await statusOf(skill)).toMatchObject({ status: 'scanning' });
    world.wait(121_000);
    const { envelope } = sent;
    await expectAnswer(post(await lease(), 'report', { envelope, report }), 200);
  });

  it('that fail are tried three times; then the version is quarantined, not approved by silence', async () => {
    const skill = await publishNext();
    for (const status of ['scanning', 'scanning', 'quarantined']) {
      const job = await lease();
      expect(await post(job, 'fail', { reason: 'killed', detail: '30 s' })).toMatchObject({
        status: 200,
        body: { status },
      });
    }
    expect(await lease()).toBeNull();
    expect((await statusOf(skill)).history.at(-1)).toMatchObject({
      to: 'quarantined',
      why: 'scan was killed: 30 s',
    });
  });

  it('of workers that die with them are buried after three leases', async () => {
    const skill = await publishNext();
    for (let attempt = 1; attempt <= 3; attempt++) {
      expect((await lease())?.attempt).toBe(attempt);
      world.wait(121_000);
    }
    expect(await lease()).toBeNull();
    expect(await statusOf(skill)).toMatchObject({ status: 'quarantined' });
  });

  it('run once more when a person moves a version to review that was never read, and nobody approves before', async () => {
    const skill = await publishNext();
    for (let i = 0; i < 3; i++) await post(await lease(), 'fail', { reason: 'limit', detail: 'l' });
    const token = await signInAs(world, 'rita');
    const review = `/api/v1/reviews/${skill.manifest.name}/${skill.manifest.version}`;
    const moved = await call(world, `${review}/move`, {
      token,
      json: { to: 'in review', reason: 'I read it' },
    });
    expect(moved).toMatchObject({ status: 200, body: { status: 'in review' } });
    await expectAnswer(
      call(world, `${review}/draft`, { token, json: { reason: 'r' } }),
      403,
      'approval-refused',
    );
    expect(
      await scan(world, await signInAs(world, 'scanner'), world.scanner, skill, 'review'),
    ).toMatchObject({
      body: { status: 'in review' },
    });
    await expectAnswer(call(world, `${review}/draft`, { token, json: { reason: 'r' } }), 201);
  });

  describe('take no report', () => {
    const lie = (skill: Skill, change: (report: ScanReport) => ScanReport): ScanReport =>
      change(makeReport(skill, 'pass'));
    const cases: readonly (readonly [string, (skill: Skill) => Promise<object>])[] = [
      [
        'signed by a reviewer',
        async (skill) => ({
          envelope: await signReport(world, skill, makeReport(skill, 'pass'), world.rita),
          report: makeReport(skill, 'pass'),
        }),
      ],
      [
        'other than the one signed',
        async (skill) => ({
          envelope: await signReport(world, skill, makeReport(skill, 'block'), world.scanner),
          report: makeReport(skill, 'pass'),
        }),
      ],
      [
        'whose coverage leaves a file out',
        async (skill) => {
          const report = lie(skill, (one) => ({
            ...one,
            coverage: { files: one.coverage.files.slice(1) },
          }));
          return { envelope: await signReport(world, skill, report, world.scanner), report };
        },
      ],
      [
        'whose coverage names another content for a file than its statement',
        async (skill) => {
          const honest = makeReport(skill, 'pass');
          const bent = lie(skill, (one) => ({
            ...one,
            coverage: {
              files: one.coverage.files.map((file) => ({ ...file, sha256: digestOf('other') })),
            },
          }));
          const { coverage } = scanPredicate(honest);
          return {
            envelope: await signReport(world, skill, bent, world.scanner, { coverage }),
            report: bent,
          };
        },
      ],
      [
        'that passes what was not analysed',
        async (skill) => {
          const report = lie(skill, (one) => ({
            ...one,
            coverage: {
              files: one.coverage.files.map((file) => ({ ...file, disposition: 'unanalysed' })),
            },
          }));
          return { envelope: await signReport(world, skill, report, world.scanner), report };
        },
      ],
      [
        'about another version',
        async (skill) => {
          const other = makeSkill('@acme/scanned', '9.9.9');
          return {
            envelope: await signReport(world, other, makeReport(other, 'pass'), world.scanner),
            report: makeReport(skill, 'pass'),
          };
        },
      ],
      [
        'that says "pass" where its statement says "block"',
        async (skill) => {
          const report = makeReport(skill, 'pass');
          const block = { verdict: 'block' } as const;
          return {
            envelope: await signReport(world, skill, report, world.scanner, block),
            report,
          };
        },
      ],
      [
        'that compares with other capabilities than the signed manifest has',
        async (skill) => {
          const made = makeReport(skill, 'pass');
          const declared = { ...made.capabilities.declared, env: [{ name: 'TZ' }] };
          const report = { ...made, capabilities: { ...made.capabilities, declared } };
          return { envelope: await signReport(world, skill, report, world.scanner), report };
        },
      ],
      [
        'that treats a file otherwise than its statement',
        async (skill) => {
          const report = makeReport(skill, 'review', [finding('capability', 'medium')]);
          const coverage = scanPredicate(report).coverage.map((file) => ({
            ...file,
            disposition: 'inert' as const,
          }));
          const envelope = await signReport(world, skill, report, world.scanner, { coverage });
          return { envelope, report };
        },
      ],
      [
        'that lists only some of the files',
        async (skill) => {
          const made = makeReport(skill, 'pass');
          const report = { ...made, coverage: { ...made.coverage, unlisted: 1 } };
          return { envelope: await signReport(world, skill, report, world.scanner), report };
        },
      ],
      [
        'that is none',
        async (skill) => ({
          envelope: await signReport(world, skill, makeReport(skill, 'pass'), world.scanner),
          report: { schema: 'x' },
        }),
      ],
    ];
    it.each(cases)('%s', async (_, make) => {
      const skill = await publishNext();
      const job = await lease();
      const answer = await post(job, 'report', await make(skill));
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(['key-unknown', 'subject-mismatch', 'statement-invalid']).toContain(answer.body.code);
      expect(await statusOf(skill)).toMatchObject({ status: 'scanning' });
      expect((await scanLater(job, skill)).body).toMatchObject({ status: 'in review' });
    });
    const scanLater = async (job: { id: string; lease: string } | null, skill: Skill) => {
      const report = makeReport(skill, 'pass');
      return post(job, 'report', {
        envelope: await signReport(world, skill, report, world.scanner),
        report,
      });
    };
  });
});
