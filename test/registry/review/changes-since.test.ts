import { describe, expect, it } from 'vitest';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { defaultPolicy, type Policy } from '../../../skills-index/trust/policy/policy.ts';
import { makeKey, type TestKey } from '../people.ts';
import { call, makeSkill, publishApproved, publishScanned, type Skill, state } from '../road.ts';
import { callAs, deskOf, expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

const oneApproval: Policy = {
  ...defaultPolicy,
  approvals: { usual: defaultPolicy.approvals.usual, high: defaultPolicy.approvals.usual },
};
const egress = (url: string): object => ({ url, methods: ['GET'], why: 'reads the deals' });
const secret = (name: string): object => ({
  name,
  hosts: ['api.crm.example'],
  as: 'bearer',
  why: 'reads the deals',
});
const known = {
  egress: [egress('https://api.crm.example/v2/*')],
  secret: [secret('CRM_TOKEN')],
  exec: [{ program: 'git', why: 'reads the last tag' }],
};
const deals = (version: string, capabilities: object) =>
  makeSkill('@acme/deals', version, { capabilities });

describe('a version after an approved one', () => {
  const world = eachWorld({ policy: oneApproval }, async () => {
    await publishApproved(world, deals('1.0.0', known));
    world.wait(1_000);
  });

  const changePart = async ({ manifest: { name, version } }: Skill): Promise<unknown> => {
    const path = `/api/v1/reviews/${name}/${version}`;
    const { risk } = (await callAs(world, 'rita', path)).body;
    return risk.parts.find((part: { name: string }) => part.name === 'change');
  };
  const published = async (skill: Skill, by?: TestKey): Promise<unknown> => {
    await publishScanned(world, skill, by === undefined ? {} : { by });
    return changePart(skill);
  };

  it.each([
    [
      'a host',
      { egress: [...known.egress, egress('https://sink.example/*')] },
      'egress GET https://sink.example/*',
    ],
    [
      'a wider path',
      { egress: [egress('https://api.crm.example/*')] },
      'egress GET https://api.crm.example/*',
    ],
  ])(
    'that asks for %s is higher in the queue and says so, though the scan passes it',
    async (_, more, says) => {
      const skill = deals('1.1.0', { ...known, ...more });
      expect(await published(skill)).toEqual({
        name: 'change',
        points: expect.any(Number),
        why: `New since 1.0.0: ${says}.`,
      });
      const { get } = await deskOf(world, 'rita');
      expect((await get('')).html).toContain(`New since 1.0.0: ${says}.`);
      expect((await get('/@acme/deals/1.1.0')).html).toContain(
        `<li><code><bdi>${says}</bdi></code></li>`,
      );
    },
  );

  it.each([
    ['less', { egress: known.egress }],
    ['a narrower path', { ...known, egress: [egress('https://api.crm.example/v2/deals')] }],
  ])('that asks for %s has no such part', async (_, capabilities) => {
    expect(await published(deals('1.1.0', capabilities))).toBeUndefined();
  });

  it('by another owner of the scope says so, until one of theirs was approved', async () => {
    const { send, author } = world;
    const olga = makeKey();
    const scope = parseScope('acme');
    const { body } = await call(send, '/api/v1/scopes/acme');
    const owners = [author.open, olga.open];
    await expectAnswer(
      state(send, scopeStatement({ scope, owners, previous: body.statement }), author),
      201,
    );
    expect(await published(deals('1.1.0', known), olga)).toMatchObject({
      why: 'New since 1.0.0: a publisher without an approved version of this skill.',
    });
    await publishApproved(world, deals('1.2.0', known), olga);
    world.wait(1_000);
    expect(await published(deals('1.3.0', known), olga)).toBeUndefined();
    expect(await published(deals('1.4.0', known))).toBeUndefined();
  });

  it('is compared with the approved one, and not with one that nobody approved', async () => {
    const wide = { ...known, egress: [...known.egress, egress('https://sink.example/*')] };
    await publishScanned(world, deals('1.1.0', wide));
    world.wait(1_000);
    expect(await published(deals('1.2.0', wide))).toMatchObject({
      why: 'New since 1.0.0: egress GET https://sink.example/*.',
    });
  });
});
