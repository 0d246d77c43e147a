import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteSomeFiles } from '../../../registry/retention/delete-files.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import type { VersionState } from '../../../registry/versions/status.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  revocationStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { signedIn } from '../desk-visit.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  approve,
  call,
  claimScope,
  makeReport,
  makeSkill,
  publish,
  scan,
  signIn,
  signReport,
  state,
} from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

const day = 24 * 3_600_000;
const skill = makeSkill('@acme/report', '1.0.0');
const path = '/api/v1/reviews/@acme/report/1.0.0';
let world: Staffed;
beforeEach(async () => {
  world = await makeStaffedWorld({ retention: { withdrawnDays: 30 } });
  expect((await publish(world.send, skill, world.author)).status).toBe(201);
});
afterEach(() => world.close());

const withdraw = (token: string | undefined, json: object = {}, at = path): Promise<Answer> =>
  call(world.send, `${at}/withdraw`, { ...(token === undefined ? {} : { token }), json });
const shown = async (): Promise<Answer['body']> =>
  (await call(world.send, '/api/v1/versions/@acme/report/1.0.0')).body;
const scanned = (verdict: 'pass' | 'incomplete' | 'block'): Promise<Answer> =>
  scan(world.send, world.tokens.scanner, world.scanner, skill, verdict);
const lease = (): Promise<Answer> =>
  call(world.send, '/api/v1/jobs/lease', { token: world.tokens.scanner, json: {} });

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

  it('and the queue loses it, while the desk shows who withdrew it and why', async () => {
    await scanned('pass');
    await withdraw(world.tokens.author, { reason: 'Wrong <b>template</b>.' });
    const queue = await call(world.send, '/api/v1/reviews', { token: world.tokens.rita });
    expect(queue.body).toMatchObject({ reviews: [], waiting: 0 });
    const desk = await signedIn(world.send, world.tokens.rita);
    const { html } = await desk.get('/@acme/report/1.0.0');
    expect(html).toContain('There is nothing to decide, because the version is withdrawn.');
    expect(html).toContain('Wrong &lt;b&gt;template');
    expect(html).toContain(world.author.keyId);
    expect((await desk.get('')).html).toMatch(
      /Latest decisions[\s\S]*@acme\/report[\s\S]*withdrawn/,
    );
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
      expect(await publish(world.send, again, world.author)).toMatchObject({
        status: 409,
        body: { code: 'version-exists' },
      });
    const higher = makeSkill('@acme/report', '1.0.1');
    expect((await publish(world.send, higher, world.author)).status).toBe(201);
  });
});

describe('a withdrawn version', () => {
  it('cannot be approved, moved or asked about any more', async () => {
    await scanned('pass');
    const draft = await call(world.send, `${path}/draft`, {
      token: world.tokens.rita,
      json: { reason: 'fine' },
    });
    expect(draft.status).toBe(201);
    await withdraw(world.tokens.author);
    const late = await approve(world.send, world.tokens.rita, world.rita, skill);
    expect(late).toMatchObject({ status: 409, body: { code: 'move-illegal' } });
    for (const [act, json] of [
      ['move', { to: 'in review', reason: 'x' }],
      ['move', { to: 'refused', reason: 'x' }],
      ['ask', { reason: 'x' }],
      ['claim', {}],
    ] as const)
      expect(
        await call(world.send, `${path}/${act}`, { token: world.tokens.rita, json }),
      ).toMatchObject({ status: 409, body: { code: 'move-illegal' } });
    expect((await world.send('/index/@acme/report')).status).toBe(404);
  });

  it('takes no report of a scanner that began before', async () => {
    const { body } = await lease();
    await withdraw(world.tokens.author);
    const report = makeReport(skill, 'pass');
    const late = await call(world.send, `/api/v1/jobs/${body.job.id}/report`, {
      token: world.tokens.scanner,
      json: {
        lease: body.job.lease,
        envelope: await signReport(world.send, skill, report, world.scanner),
        report,
      },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'job-stale' } });
    expect((await shown()).status).toBe('withdrawn');
  });

  it('is either approved or withdrawn when both are asked for at once', async () => {
    await scanned('pass');
    const [approved, withdrawn] = await Promise.all([
      approve(world.send, world.tokens.rita, world.rita, skill),
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
    ['as a reviewer', async () => world.tokens.rita, 403],
    ['as a scanner', async () => world.tokens.scanner, 403],
    [
      'as the owner of another scope',
      async () => {
        const stranger = makeKey();
        await claimScope(world.send, 'other', stranger);
        return signIn(world.send, stranger);
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
    const { body: before } = await call(world.send, '/api/v1/scopes/@acme');
    const given = scopeStatement({
      scope: parseScope('acme'),
      owners: [owner.open],
      previous: before.statement,
    });
    expect((await state(world.send, given, world.author)).status).toBe(201);
    // The publisher can still sign in, by another scope.
    await claimScope(world.send, 'mine', world.author);
    expect((await withdraw(await signIn(world.send, world.author))).status).toBe(403);
    expect((await shown()).status).toBe('in review');
    expect((await withdraw(await signIn(world.send, owner))).status).toBe(200);
  });

  it('an approved version: the message names yank', async () => {
    await scanned('pass');
    expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
    const { status, body } = await withdraw(world.tokens.author);
    expect([status, body.code, body.hint]).toEqual([
      409,
      'move-illegal',
      expect.stringContaining('skillgate yank @acme/report@1.0.0'),
    ]);
    expect((await world.send('/index/@acme/report')).status).toBe(200);
  });

  it('a refused version, which stays refused', async () => {
    await scanned('pass');
    await call(world.send, `${path}/move`, {
      token: world.tokens.rita,
      json: { to: 'refused', reason: 'of no use' },
    });
    expect(await withdraw(world.tokens.author)).toMatchObject({ status: 409 });
    expect((await shown()).status).toBe('refused');
  });

  it('as a publisher who was stopped', async () => {
    await scanned('pass');
    const stop = revocationStatement({
      nonce: freshNonce(),
      kind: 'suspended',
      reason: 'the key was stolen',
      target: { publisher: world.author.keyId },
    });
    expect((await state(world.send, stop, world.rita)).status).toBe(201);
    expect(await withdraw(world.tokens.author)).toMatchObject({
      body: { code: 'publisher-stopped' },
    });
    expect((await shown()).status).toBe('in review');
  });
});
