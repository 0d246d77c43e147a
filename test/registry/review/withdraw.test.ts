import { describe, expect, it } from 'vitest';
import { deleteSomeFiles } from '../../../registry/retention/delete-files.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import type { VersionState } from '../../../registry/versions/status.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  call,
  claimScope,
  makeReport,
  makeSkill,
  signIn,
  signReport,
  state,
} from '../road.ts';
import {
  approveIn,
  bodyAt,
  callAs,
  expectAnswer,
  expectCode,
  publishIn,
  scanIn,
  signInAs,
  stopStatement,
} from '../steps.ts';
import { eachWorld } from '../world.ts';

const day = 24 * 3_600_000;
const skill = makeSkill('@acme/report', '1.0.0');
const path = '/api/v1/reviews/@acme/report/1.0.0';
const world = eachWorld({ retention: { withdrawnDays: 30 } }, async () => {
  await expectAnswer(publishIn(world, skill), 201);
});

const withdraw = (token: string | undefined, json: object = {}, at = path) =>
  call(world, `${at}/withdraw`, { ...(token === undefined ? {} : { token }), json });
const shown = async (): Promise<Answer['body']> =>
  await bodyAt(world, '/api/v1/versions/@acme/report/1.0.0');
const scanned = (verdict: 'pass' | 'incomplete' | 'block') => scanIn(world, skill, verdict);
const lease = () => callAs(world, 'scanner', '/api/v1/jobs/lease', {});

describe('an author withdraws a version', () => {
  it.each<[VersionState, () => Promise<unknown>]>([
    ['received', async () => undefined],
    ['scanning', lease],
    ['in review', () => scanned('pass')],
    ['quarantined', () => scanned('incomplete')],
  ])('that is %s', async (from, begin) => {
    await begin();
    expect((await shown()).status).toBe(from);
    const { status, body } = await withdraw(world.tokens.author, { reason: ' Wrong template. ' });
    expect([status, body]).toMatchObject([200, { status: 'withdrawn', reason: 'Wrong template.' }]);
    const { history, status: now } = await shown();
    expect([now, history.at(-1)]).toMatchObject([
      'withdrawn',
      { from, to: 'withdrawn', by: body.by, why: 'Wrong template.', at: body.at },
    ]);
    expect(body.by).toContain(world.author.keyId);
    expect((await lease()).body).toEqual({ job: null });
  });

  it('without a reason, and gets the same answer again, whatever the repeated request says', async () => {
    const first = await withdraw(world.tokens.author);
    expect(first.body.reason).toBe('the author gave no reason');
    world.wait(60_000);
    expect(await withdraw(world.tokens.author, { reason: 'Another.' })).toEqual(first);
    expect((await shown()).history).toHaveLength(1);
  });

  it('and its bytes no longer count as waiting, and go when the retention rule says', async () => {
    await scanned('pass');
    await withdraw(world.tokens.author);
    const names = skill.packed.bundle.files.map(({ sha256 }) => storedBlobName(sha256));
    world.wait(30 * day - 1);
    while (await deleteSomeFiles(world.registry));
    expect(names.every((name) => world.stored.has(name))).toBe(true);
    world.wait(1);
    while (await deleteSomeFiles(world.registry));
    expect(names.some((name) => world.stored.has(name))).toBe(false);
    expect((await shown()).filesDeleted).toBe(world.registry.now().toISOString());
  });

  it('and the number stays taken, also for the same files', async () => {
    await withdraw(world.tokens.author);
    const other = makeSkill('@acme/report', '1.0.0', { files: { 'notes.md': 'other' } });
    for (const again of [skill, other])
      await expectAnswer(publishIn(world, again), 409, 'version-exists');
    const higher = makeSkill('@acme/report', '1.0.1');
    await expectAnswer(publishIn(world, higher), 201);
  });
});

describe('a withdrawn version', () => {
  it('cannot be approved, moved or asked about any more', async () => {
    await scanned('pass');
    const draft = await callAs(world, 'rita', `${path}/draft`, { reason: 'fine' });
    expect(draft.status).toBe(201);
    await withdraw(world.tokens.author);
    const late = await approveIn(world, skill);
    await expectAnswer(late, 409, 'move-illegal');
    for (const [act, json] of [
      ['move', { to: 'in review', reason: 'x' }],
      ['move', { to: 'refused', reason: 'x' }],
      ['ask', { reason: 'x' }],
      ['claim', {}],
    ] as const)
      await expectAnswer(callAs(world, 'rita', `${path}/${act}`, json), 409, 'move-illegal');
    await expectAnswer(world.send('/index/@acme/report'), 404);
  });

  it('takes no report of a scanner that began before', async () => {
    const { body } = await lease();
    await withdraw(world.tokens.author);
    const report = makeReport(skill, 'pass');
    const late = await callAs(world, 'scanner', `/api/v1/jobs/${body.job.id}/report`, {
      lease: body.job.lease,
      envelope: await signReport(world, skill, report, world.scanner),
      report,
    });
    await expectAnswer(late, 409, 'job-stale');
    expect((await shown()).status).toBe('withdrawn');
  });

  it('is either approved or withdrawn when both are asked for at once', async () => {
    await scanned('pass');
    const [approved, withdrawn] = await Promise.all([
      approveIn(world, skill),
      withdraw(world.tokens.author),
    ]);
    const { status } = await shown();
    const isListed = (await world.send('/index/@acme/report')).status === 200;
    expect([status, isListed]).toEqual(
      withdrawn.status === 200 ? ['withdrawn', false] : ['approved', true],
    );
    expect([approved.status, withdrawn.status]).toContain(status === 'approved' ? 201 : 200);
  });
});

describe('nobody withdraws', () => {
  it.each<[string, () => Promise<string | undefined>, number]>([
    ['without a session', async () => undefined, 401],
    [
      'as the owner of another scope',
      async () => {
        const stranger = makeKey();
        await claimScope(world, 'other', stranger);
        return signIn(world, stranger);
      },
      403,
    ],
  ])('%s', async (_, tokenOf, status) => {
    await scanned('pass');
    const token = await tokenOf();
    expect((await withdraw(token)).status).toBe(status);
    expect((await shown()).status).toBe('in review');
    // The answer is the same for a version that does not exist.
    const absent = await withdraw(token, {}, path.replace('1.0.0', '9.9.9'));
    expect(absent).toEqual(await withdraw(token));
  });

  it('as the publisher who gave the scope away since', async () => {
    await scanned('pass');
    const owner = makeKey();
    const { body: before } = await call(world, '/api/v1/scopes/@acme');
    const given = scopeStatement({
      scope: parseScope('acme'),
      owners: [owner.open],
      previous: before.statement,
    });
    await expectAnswer(state(world, given, world.author), 201);
    // The publisher can still sign in, by another scope.
    await claimScope(world, 'mine', world.author);
    await expectAnswer(withdraw(await signInAs(world, 'author')), 403);
    expect((await shown()).status).toBe('in review');
    await expectAnswer(withdraw(await signIn(world, owner)), 200);
  });

  it('an approved version: the message names yank', async () => {
    await scanned('pass');
    await expectAnswer(approveIn(world, skill), 201);
    const { status, body } = await withdraw(world.tokens.author);
    expect([status, body.code, body.hint]).toEqual([
      409,
      'move-illegal',
      expect.stringContaining('skillgate yank @acme/report@1.0.0'),
    ]);
    await expectAnswer(world.send('/index/@acme/report'), 200);
  });

  it('as a publisher who was stopped', async () => {
    await scanned('pass');
    const stop = stopStatement(
      'suspended',
      { publisher: world.author.keyId },
      'the key was stolen',
    );
    await expectAnswer(state(world, stop, world.rita), 201);
    await expectCode(withdraw(world.tokens.author), 'publisher-stopped');
    expect((await shown()).status).toBe('in review');
  });
});
