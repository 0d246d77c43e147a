import { describe, expect, it } from 'vitest';
import { refreshStatus, statusIn } from '../../registry/index/status-json.ts';
import { previousApproved } from '../../registry/review/prose-since.ts';
import { requireVersion } from '../../registry/versions/find-versions.ts';
import { doubtWrite, listDoubts } from '../../registry/versions/second-scans.ts';
import { verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { linkOf } from './desk-visit.ts';
import { call, makeSkill, publishApproved, publishScanned, type Skill } from './road.ts';
import { callAs, deskOf, expectAnswer, publishIn, signInAs } from './steps.ts';
import { eachWorld, type Staffed } from './world.ts';

const days = 24 * 3_600_000;

describe('a registry whose clock is three days ahead once', () => {
  const world = eachWorld();

  /** Sets the clock ahead, does something, and sets it back. */
  async function ahead<Result>(act: () => Promise<Result>): Promise<Result> {
    world.wait(3 * days);
    const result = await act();
    world.wait(-3 * days);
    return result;
  }
  const skillOf = (version: string) => makeSkill('@acme/clock', version);
  const lease = async (token = world.tokens.scanner) =>
    (await call(world, '/api/v1/jobs/lease', { token, json: {} })).body.job;
  const status = async () =>
    Buffer.from(await (await world.send('/index/status.json')).arrayBuffer());
  async function approved(
    skill: Skill,
    tokens: Pick<Staffed['tokens'], 'scanner' | 'rita'> = world.tokens,
  ): Promise<void> {
    await publishApproved({ ...world, tokens }, skill);
  }
  const signInBoth = async () => ({
    scanner: await signInAs(world, 'scanner'),
    rita: await signInAs(world, 'rita'),
  });

  it('signs a status that clients take as soon as the clock is right again', async () => {
    await ahead(status);
    const now = world.registry.now().getTime();
    expect(verifyStatus(await status(), world.trust.root, now)).toMatchObject({
      issued: new Date(now).toISOString(),
    });
  });

  it('keeps the newer status of a process whose clock is a second ahead', async () => {
    const { registry } = world;
    await refreshStatus(registry);
    const late = { ...registry, now: () => new Date(registry.now().getTime() - 1_000) };
    expect(statusIn(await refreshStatus(late)).issued).toBe(registry.now().toISOString());
  });

  it('gives a job that was leased then to the next scanner', async () => {
    await publishIn(world, skillOf('1.0.0'));
    const first = await ahead(async () => lease(await signInAs(world, 'scanner')));
    expect(first).toMatchObject({ name: '@acme/clock', attempt: 1 });
    expect(await lease()).toMatchObject({ name: '@acme/clock', attempt: 2 });
  });

  it('leaves a job to the scanner that holds it, whichever of two clocks is a second late', async () => {
    await publishIn(world, skillOf('1.0.0'));
    expect(await lease()).not.toBeNull();
    world.wait(-1_000);
    expect(await lease()).toBeNull();
  });

  it('orders versions as they came', async () => {
    await approved(skillOf('1.0.0'));
    await ahead(async () => approved(skillOf('1.0.1'), await signInBoth()));
    await approved(skillOf('1.0.2'));
    const { body } = await call(world, '/api/v1/versions/@acme/clock');
    expect(body.versions.map(({ version }: { version: string }) => version)).toEqual([
      '1.0.0',
      '1.0.1',
      '1.0.2',
    ]);
    const last = await requireVersion(world.registry, skillOf('1.0.2').manifest);
    expect(await previousApproved(world.registry, last)).toMatchObject({ version: '1.0.1' });
  });

  it('ends no session that was begun before, though somebody signs in meanwhile', async () => {
    await ahead(() => signInAs(world, 'omar'));
    await expectAnswer(callAs(world, 'rita', '/api/v1/whoami'), 200);
  });

  it('takes no session and no link that were made then: they would last for three days', async () => {
    const { token, link } = await ahead(async () => {
      const made = await signInAs(world, 'rita');
      return { token: made, link: await linkOf(world.send, made) };
    });
    await expectAnswer(call(world, '/api/v1/whoami', { token }), 401);
    expect((await world.send(`/review${link}`)).status).toBeGreaterThanOrEqual(400);
    expect((await deskOf(world, 'rita')).cookie).not.toBe('');
  });

  it('shows a doubt about a version that was moved then', async () => {
    await ahead(async () => approved(skillOf('1.0.0'), await signInBoth()));
    const row = await requireVersion(world.registry, skillOf('1.0.0').manifest);
    await world.registry.db.batch([
      doubtWrite(world.registry, row, { by: 'registry', why: 'A rescan failed' }),
    ]);
    expect(await listDoubts(world.registry)).toMatchObject([
      { name: '@acme/clock', why: 'A rescan failed' },
    ]);
  });

  it('names nobody as looking at a version who claimed it then', async () => {
    await publishScanned(world, skillOf('1.0.0'), { verdict: 'review' });
    const claim = (token: string) =>
      call(world, '/api/v1/reviews/@acme/clock/1.0.0/claim', { token, json: {} });
    const listed = async () => (await callAs(world, 'rita', '/api/v1/reviews')).body.reviews[0];
    await ahead(async () => claim(await signInAs(world, 'omar')));
    expect(await listed()).not.toHaveProperty('claim');
    await claim(world.tokens.rita);
    expect(await listed()).toMatchObject({ claim: { by: 'rita' } });
  });
});
