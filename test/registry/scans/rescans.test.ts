import { and, eq } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ruleSetsPerHour, suspensionsPerHour } from '../../../registry/limits.ts';
import { isOpen } from '../../../registry/store/columns/index-conditions.ts';
import { audit, jobs, versions } from '../../../registry/store/schema.ts';
import { listDoubts } from '../../../registry/versions/doubts.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { Finding, Verdict } from '../../../skills-index/statement/finding.ts';
import { digestOfRuleSet, type RuleSet } from '../../../skills-index/statement/rule-set.ts';
import { makeFinding } from '../../finding.ts';
import { signedIn } from '../desk-visit.ts';
import {
  type Answer,
  approve,
  call,
  makeReport,
  makeSkill,
  publish,
  type Skill,
  signReport,
  stopsShown,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

const rule = (id: string, digest: string, reads: string[]): RuleSet['rules'][number] => ({
  id,
  digest: digestOf(digest),
  reads,
});
const ruleSet = (rules: RuleSet['rules'], extractor = 'extractor'): RuleSet => {
  const said = { extractor: digestOf(extractor), judging: digestOf('judging'), rules };
  return { digest: digestOfRuleSet(said), ...said };
};
const first = ruleSet([
  rule('env/a', 'a1', ['capability:env']),
  rule('flow/b', 'b1', ['flow:network']),
]);
const second = ruleSet([
  rule('env/a', 'a1', ['capability:env']),
  rule('flow/b', 'b2', ['flow:network']),
]);

const critical = makeFinding({ rule: 'flow/b', path: 'scripts/a.ts', line: 3 });

describe('a new rule set', () => {
  let world: Staffed;
  const quiet = makeSkill('@acme/quiet', '1.0.0');
  const sends = makeSkill('@acme/sends', '1.0.0');

  beforeEach(async () => {
    world = await makeStaffedWorld();
    await describeRules(first);
    await scanned(quiet, first, { selectors: ['source', 'text'] });
    await scanned(sends, first, { selectors: ['flow:network', 'source'] });
    for (const skill of [quiet, sends])
      expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
  });
  afterEach(() => world.close());

  const post = (path: string, json: unknown): Promise<Answer> =>
    call(world.send, path, { token: world.tokens.scanner, json });
  let scansBy = first;
  const describeRules = async (rules: RuleSet): Promise<void> => {
    scansBy = rules;
    expect(await post('/api/v1/jobs/rule-set', rules)).toEqual({
      status: 200,
      body: { digest: rules.digest },
    });
  };
  const lease = async (by = scansBy): Promise<{ id: string; lease: string; name: string } | null> =>
    (await post('/api/v1/jobs/lease', { ruleSet: by.digest })).body.job;
  const report = async (
    job: { id: string; lease: string } | null,
    skill: Skill,
    by: RuleSet,
    said: { verdict?: Verdict; findings?: Finding[]; selectors?: string[] },
  ): Promise<Answer> => {
    const made = {
      ...makeReport(skill, said.verdict ?? 'pass', said.findings),
      ruleSet: by.digest,
    };
    const envelope = await signReport(world.send, skill, made, world.scanner);
    return post(`/api/v1/jobs/${job?.id}/report`, {
      lease: job?.lease,
      envelope,
      report: made,
      selectors: said.selectors,
    });
  };
  const scanned = async (
    skill: Skill,
    by: RuleSet,
    said: { verdict?: Verdict; selectors?: string[] },
  ): Promise<void> => {
    expect((await publish(world.send, skill, world.author)).status).toBe(201);
    expect((await report(await lease(), skill, by, said)).status).toBe(200);
  };
  const statusOf = async (skill: Skill): Promise<string> =>
    (await call(world.send, `/api/v1/versions/${skill.manifest.name}/1.0.0`)).body.status;
  it('is no reason to scan what its change cannot touch', async () => {
    expect(await lease()).toBeNull();
    await describeRules(second);
    expect(await lease()).toMatchObject({ name: '@acme/sends' });
    expect(await lease()).toBeNull();
  });

  it('with another extractor is a reason to scan everything, new versions first', async () => {
    await describeRules(ruleSet(second.rules, 'another'));
    expect((await publish(world.send, makeSkill('@acme/new', '1.0.0'), world.author)).status).toBe(
      201,
    );
    expect((await lease())?.name).toBe('@acme/new');
    expect(new Set([(await lease())?.name, (await lease())?.name])).toEqual(
      new Set(['@acme/quiet', '@acme/sends']),
    );
    expect(await lease()).toBeNull();
  });

  it('that says the same leaves the version approved on the report that a person read', async () => {
    const [before] = await world.registry.db.read
      .select()
      .from(versions)
      .where(eq(versions.name, sends.manifest.name));
    await describeRules(second);
    expect((await report(await lease(), sends, second, {})).body.status).toBe('approved');
    const [after] = await world.registry.db.read
      .select()
      .from(versions)
      .where(eq(versions.name, sends.manifest.name));
    expect(after).toEqual(before);
    expect(await lease()).toBeNull();
  });

  it('that says worse suspends an approved version, by a statement of the registry’s key that reaches every installation', async () => {
    await describeRules(second);
    expect(
      (await report(await lease(), sends, second, { verdict: 'block', findings: [critical] })).body
        .status,
    ).toBe('suspended');
    expect(await stopsShown(world.send, '@acme/sends')).toEqual({
      [sends.packed.digest]: 'suspended',
    });
    expect(await statusOf(quiet)).toBe('approved');
    const { history } = (await call(world.send, `/api/v1/versions/${sends.manifest.name}/1.0.0`))
      .body;
    expect(history.at(-1)).toMatchObject({
      from: 'approved',
      to: 'suspended',
      by: 'registry',
      why: 'A rescan says block where the approved report said pass: flow/b at scripts/a.ts:3',
    });
    // A person lifts it or revokes it; the same rule set does not ask again.
    expect(await lease()).toBeNull();
  });

  it('that says worse of a version in review quarantines it, and nobody approves it then', async () => {
    const waits = makeSkill('@acme/waits', '1.0.0');
    await scanned(waits, first, { selectors: ['flow:network', 'source'] });
    expect(await statusOf(waits)).toBe('in review');
    await describeRules(second);
    for (let job = await lease(); job !== null; job = await lease()) {
      const skill = job.name === '@acme/waits' ? waits : sends;
      const bad = skill === waits ? { verdict: 'block' as const, findings: [critical] } : {};
      expect((await report(job, skill, second, bad)).status).toBe(200);
    }
    expect(await statusOf(waits)).toBe('quarantined');
    expect((await approve(world.send, world.tokens.rita, world.rita, waits)).body.code).toBe(
      'move-illegal',
    );
  });

  it('that says again what a person moved to review leaves it there', async () => {
    const held = makeSkill('@acme/held', '1.0.0');
    expect((await publish(world.send, held, world.author)).status).toBe(201);
    const bad = { verdict: 'block' as const, findings: [critical], selectors: ['flow:network'] };
    expect((await report(await lease(), held, first, bad)).body.status).toBe('quarantined');
    const json = { to: 'in review', reason: 'a test of ours' };
    await call(world.send, '/api/v1/reviews/@acme/held/1.0.0/move', {
      token: world.tokens.rita,
      json,
    });
    await describeRules(second);
    for (let job = await lease(); job !== null; job = await lease()) {
      const answer =
        job.name === '@acme/held' ? report(job, held, second, bad) : report(job, sends, second, {});
      expect((await answer).status).toBe(200);
    }
    expect(await statusOf(held)).toBe('in review');
  });

  it('is not answered by a scanner of an older one, which gets no job and whose report gives the job back', async () => {
    await describeRules(second);
    expect(await lease(first)).toBeNull();
    expect((await post('/api/v1/jobs/lease', {})).body.job).toBeNull();
    const stale = await report(await lease(second), sends, first, {});
    expect([stale.status, stale.body.code]).toEqual([409, 'job-stale']);
    const again = await lease(second);
    expect(again).toMatchObject({ name: '@acme/sends', attempt: 2 });
    const bad = { verdict: 'block' as const, findings: [critical] };
    expect((await report(again, sends, second, bad)).body.status).toBe('suspended');
  });

  it('takes over the job that waits for the one before it', async () => {
    await describeRules(second);
    const taken = await lease();
    const third = ruleSet(second.rules, 'another');
    await describeRules(third);
    expect((await lease())?.name).toBe('@acme/quiet');
    expect((await report(taken, sends, second, {})).body.code).toBe('job-stale');
    expect((await report(await lease(), sends, third, {})).status).toBe(200);
    expect(await lease(second)).toBeNull();
  });

  it('by which a scan fails three times is told at the desk until a later one scans', async () => {
    await describeRules(second);
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
    const { html } = await (await signedIn(world.send, world.tokens.rita)).get('');
    expect(html).toContain('Rescans that a person has to check');
    expect(html).not.toContain('30 s <b>');
    world.wait(1_000);
    const third = ruleSet([rule('flow/b', 'b2', ['flow:network'])]);
    await describeRules(third);
    expect((await report(await lease(), sends, third, {})).status).toBe(200);
    expect(await listDoubts(world.registry)).toEqual([]);
  });

  it.each(['incomplete', 'review'] as const)(
    'that says %s suspends nothing and asks a person',
    async (verdict) => {
      await describeRules(second);
      expect((await report(await lease(), sends, second, { verdict })).body.status).toBe(
        'approved',
      );
      const why = `A rescan says ${verdict} where the approved report said pass`;
      expect(await listDoubts(world.registry)).toMatchObject([{ name: '@acme/sends', why }]);
      expect(await stopsShown(world.send, '@acme/sends')).toEqual({});
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
    const [known] = await world.registry.db.read.select().from(versions);
    const lines = Array.from({ length: suspensionsPerHour }, (_, i) => ({
      ...move,
      versionId: known?.id ?? '',
      move: 1000 + i,
    }));
    await world.registry.db.batch([(db) => db.insert(audit).values(lines)]);
    await describeRules(second);
    const bad = { verdict: 'block' as const, findings: [critical] };
    expect((await report(await lease(), sends, second, bad)).body.status).toBe('approved');
    expect(await listDoubts(world.registry)).toMatchObject([
      { name: '@acme/sends', status: 'approved' },
    ]);
  });

  it('is described by one scanner only so often in an hour, the known ones always', async () => {
    const nth = (i: number): RuleSet => ruleSet(second.rules, `extractor ${i}`);
    for (let i = 1; i < ruleSetsPerHour; i++) await describeRules(nth(i));
    expect((await post('/api/v1/jobs/rule-set', nth(0))).body.code).toBe('registry-busy');
    await describeRules(nth(1));
  });

  it('is described by scanners only', async () => {
    const answer = await call(world.send, '/api/v1/jobs/rule-set', {
      token: world.tokens.rita,
      json: second,
    });
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
    expect((await post('/api/v1/jobs/rule-set', { ...second, rules: 'all' })).body.code).toBe(
      'statement-invalid',
    );
  });

  it('does not make a second job of a version that waits', async () => {
    await describeRules(second);
    await lease();
    await describeRules(ruleSet(second.rules, 'another'));
    await lease();
    const rows = await world.registry.db.read
      .select()
      .from(jobs)
      .where(and(isOpen(jobs.state), eq(jobs.state, 'leased')));
    expect(new Set(rows.map((row) => row.versionId)).size).toBe(rows.length);
  });
});
