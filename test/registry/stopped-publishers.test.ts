import { describe, expect, it } from 'vitest';
import { latest, readIdentities } from '../../registry/people/identities.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import {
  type CiIdentity,
  keyStatement,
  type PublicKey,
  type RevocationPredicate,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { somebody, someWorkflow } from '../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, publishBy, sigstore } from './certified-road.ts';
import { makeKey, type TestKey } from './people.ts';
import {
  type Answer,
  makeSkill,
  publishApproved,
  publishScanned,
  type Skill,
  state,
} from './road.ts';
import { approveIn, bodyAt, expectAnswer, publishIn, scanIn, stopStatement } from './steps.ts';
import { eachWorld } from './world.ts';

const skillAt = (number: number, scope = '@acme') =>
  makeSkill(`${scope}/t`, `1.0.${number}`, { files: { 'n.md': `${scope} ${number}\n` } });
const refused = { status: 403, body: { code: 'publisher-stopped' } };

describe('a publisher that was stopped', () => {
  const world = eachWorld({ sigstore: sigstore.trustedRoot });

  const say = (kind: RevocationPredicate['kind'], publisher: Digest) =>
    state(world, stopStatement(kind, { publisher }, `${kind} here`), world.rita);
  const rotate = (from: TestKey, to: TestKey) =>
    state(world, keyStatement({ key: to.open, state: 'enrolled', replaces: from.keyId }), from);
  const own = async (by: TestKey, owners: readonly PublicKey[], scope = 'acme') => {
    const { chain } = await readIdentities(world.registry, { scopes: [parseScope(scope)] });
    const previous = chain.scopeStatementOf(parseScope(scope), latest);
    return state(
      world,
      scopeStatement({
        scope: parseScope(scope),
        owners,
        ...(previous === undefined ? {} : { previous }),
      }),
      by,
    );
  };
  const bring = async (skill: Skill, by: TestKey) => {
    await publishApproved(world, skill, by);
  };
  const statusOf = async ({ manifest: { name, version } }: Skill): Promise<string> =>
    (await bodyAt(world, `/api/v1/versions/${name}/${version}`)).status;

  it.each<[string, (next: TestKey) => Promise<Answer>]>([
    ['suspended', () => say('suspended', world.author.keyId)],
    ['revoked', () => say('revoked', world.author.keyId)],
    ['owner no more', (next) => own(world.author, [next.open])],
  ])(
    'and becomes %s between the checks of an upload and its write enters no version',
    async (_, stop) => {
      const { registry } = world;
      const { exclusive } = registry;
      const next = makeKey();
      const skill = skillAt(1);
      registry.exclusive = async (name, task) => {
        if (!name.startsWith('publish ')) return exclusive(name, task);
        registry.exclusive = exclusive;
        await expectAnswer(stop(next), 201);
        return exclusive(name, task);
      };
      await publishScanned(world, skill);
      await expectAnswer(approveIn(world, skill), 403, 'approval-refused');
      expect(await statusOf(skill)).toBe('in review');
    },
  );

  it('takes along the key that followed it before: what that published is marked, and it sends nothing more', async () => {
    const next = makeKey();
    await expectAnswer(rotate(world.author, next), 201);
    await bring(skillAt(1), next);
    await expectAnswer(say('revoked', world.author.keyId), 201);
    expect(await statusOf(skillAt(1))).toBe('revoked');
    expect(await publishIn(world, skillAt(2), next)).toMatchObject(refused);
    expect(await own(next, [makeKey().open])).toMatchObject(refused);
  });

  it('does not take along a stranger whose key it called its successor', async () => {
    const stranger = makeKey();
    await expectAnswer(own(stranger, [stranger.open], 'strange'), 201);
    await bring(skillAt(1, '@strange'), stranger);
    // A successor is a new key, so nobody is called one who is known already.
    await expectAnswer(rotate(world.author, stranger), 403);
    await expectAnswer(say('revoked', world.author.keyId), 201);
    await expectAnswer(publishIn(world, skillAt(1), stranger), 403);
    expect(await statusOf(skillAt(1, '@strange'))).toBe('approved');
    await expectAnswer(publishIn(world, skillAt(2, '@strange'), stranger), 201);
  });

  it('as one form of a CI job publishes as no other form of the same job', async () => {
    const inProduction = {
      issuer: job.issuer,
      repository: job.repository,
      workflow: job.workflow,
      environment: 'prod',
    } satisfies CiIdentity;
    await claim(world, 'kimco', {
      owners: [kim],
      publishers: [job, inProduction],
      signer: certify(somebody),
    });
    const run = { ...someWorkflow, environment: 'prod' };
    const skill = skillAt(1, '@kimco');
    expect((await publishBy(world, skill, run)).body).toMatchObject({ status: 'received' });
    await scanIn(world, skill);
    const approved = await approveIn(world, skill);
    expect(approved.status).toBe(201);
    await expectAnswer(say('revoked', identityId(inProduction)), 201);
    expect(await publishBy(world, skillAt(2, '@kimco'), run)).toMatchObject(refused);
    expect(await statusOf(skill)).toBe('revoked');
    await expectAnswer(
      publishBy(world, skillAt(3, '@kimco'), {
        ...someWorkflow,
        run: 'https://ci.example/acme/skills/runs/3',
      }),
      201,
    );
  });
});
