/** The verdicts that ClawHub's clients ask for, in each state of a version. */
import { beforeAll, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { overviewCharsMax, verdictsAtOnce } from '../../../registry/foreign-clients/clawhub.ts';
import { call, makeSkill } from '../road.ts';
import { approveIn, expectAnswer, publishIn, scanIn, stopIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('the verdicts for ClawHub clients', () => {
  const world = oneWorld();
  beforeAll(async () => {
    const publishOne = async (name: string, verdict?: 'pass') => {
      const skill = makeSkill(name, '1.0.0');
      await expectAnswer(publishIn(world, skill), 201);
      if (verdict !== undefined) await scanIn(world, skill, verdict);
      return skill;
    };
    await approveIn(world, await publishOne('@acme/good', 'pass'));
    const revoked = await publishOne('@acme/revoked', 'pass');
    await approveIn(world, revoked);
    const target = { bundle: revoked.packed.digest };
    await expectAnswer(stopIn(world, 'revoked', target, { reason: 'it sends keys' }), 201);
    await publishOne('@acme/waiting');
    await renewSkills(world.registry);
  });

  const ask = (...items: readonly object[]) =>
    call(world, '/api/v1/skills/-/security-verdicts', { json: { items } });
  const of = (slug: string, version = '1.0.0') => ({ slug, ownerHandle: 'acme', version });

  it('pass an approved version, and say what it declares', async () => {
    const { status, body } = await ask(of('good'));
    expect(status).toBe(200);
    expect(body.items).toEqual([
      expect.objectContaining({
        ok: true,
        decision: 'pass',
        reasons: [],
        requestedSlug: 'good',
        requestedOwnerHandle: 'acme',
        requestedVersion: '1.0.0',
        slug: 'good',
        version: '1.0.0',
        publisherHandle: 'acme',
        security: { status: 'clean', passed: true, signals: {} },
        securityAuditUrl: 'http://localhost/@acme/good',
      }),
    ]);
    const [{ overview }] = body.items;
    expect(overview).toMatch(/^Approved by reviewers\. Declares/);
    expect(overview).toMatch(/Only "skillgate run" holds the skill to that\.$/);
    expect(overview.length).toBeLessThan(overviewCharsMax + 100);
  });

  it.each([
    ['revoked', 'revoked', 'version.revoked', 'it sends keys'],
    ['waiting', 'pending', 'pending_scan', 'not approved yet'],
  ])('block a version that is %s', async (slug, status, code, why) => {
    const [item] = (await ask(of(slug))).body.items;
    expect([item.ok, item.decision, item.security.status, item.security.passed]).toEqual([
      false,
      'blocked',
      status,
      false,
    ]);
    expect(item.reasons[0]).toBe(code);
    expect(item.overview).toContain(why);
    const { body } = await call(
      world,
      `/api/v1/skills/${slug}/verify?ownerHandle=acme&version=1.0.0`,
    );
    expect([body.ok, body.decision, body.reasons[0]]).toEqual([false, 'fail', code]);
  });

  it('find no version that is absent, beside one that is there', async () => {
    const { body } = await ask(of('good'), of('good', '9.9.9'), of('absent'), of('../x'));
    expect(body.items.map(({ ok }: { ok: boolean }) => ok)).toEqual([true, false, false, false]);
    for (const item of body.items.slice(1))
      expect([item.version, item.error.code]).toEqual([null, 'skill_not_found']);
  });

  it('are asked for a hundred versions at once at most', async () => {
    const many = Array.from({ length: verdictsAtOnce }, () => of('absent'));
    expect((await ask(...many)).body.items).toHaveLength(verdictsAtOnce);
    await expectAnswer(ask(...many, of('absent')), 400);
  });

  it('name the statements, and claim that nobody else verified them', async () => {
    const { body } = await call(world, '/api/v1/skills/good/verify?ownerHandle=acme');
    expect([body.ok, body.decision, body.resolvedFrom]).toEqual([true, 'pass', 'latest']);
    expect(body.provenance).toBeNull();
    expect(body.signature.verifiedBy).toBe('registry');
    const types = body.signature.statements.map(({ type }: { type: string }) => type).join(' ');
    for (const one of ['publish', 'scan', 'approval']) expect(types).toContain(one);
    for (const { url } of body.signature.statements) {
      const { status } = await world.send(new URL(url).pathname, {
        headers: { authorization: `Bearer ${world.tokens.rita}` },
      });
      expect(status).toBe(200);
    }
  });

  it('refuse the address of an archive in JSON, because OpenClaw prints its message', async () => {
    const { status, body } = await call(world, '/api/v1/skills/revoked/install?ownerHandle=acme');
    expect([status, body.ok, body.slug, body.reason, body.status]).toEqual([
      403,
      false,
      'revoked',
      'version-withheld',
      403,
    ]);
    expect(body.message).toContain('it sends keys');
    const waiting = await call(world, '/api/v1/skills/waiting/install?ownerHandle=acme');
    expect([waiting.status, waiting.body.reason]).toEqual([423, 'version-pending']);
    const absent = await world.send('/api/v1/skills/absent/install?ownerHandle=acme');
    expect([absent.status, absent.headers.get('content-type')]).toEqual([
      404,
      expect.stringMatching(/^text\/plain/),
    ]);
  });
});
