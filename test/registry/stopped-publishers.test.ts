import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { latest, readIdentities } from '../../registry/people/identities.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import {
  type CiIdentity,
  keyStatement,
  type PublicKey,
  type RevocationPredicate,
  revocationStatement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { freshNonce } from '../nonce.ts';
import { somebody, someWorkflow } from '../skills-index/story-sigstore.ts';
import { certify, claim, job, kim, publishBy, sigstore } from './certified-road.ts';
import { makeKey, type TestKey } from './people.ts';
import {
  type Answer,
  approve,
  call,
  makeSkill,
  publish,
  publishApproved,
  type Skill,
  scan,
  state,
} from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

const skillAt = (number: number, scope = '@acme'): Skill =>
  makeSkill(`${scope}/t`, `1.0.${number}`, { files: { 'n.md': `${scope} ${number}\n` } });
const refused = { status: 403, body: { code: 'publisher-stopped' } };

describe('a publisher that was stopped', () => {
  let world: Staffed;
  beforeEach(async () => {
    world = await makeStaffedWorld({ sigstore: sigstore.trustedRoot });
  });
  afterEach(() => world.close());

  const say = (kind: RevocationPredicate['kind'], publisher: Digest): Promise<Answer> =>
    state(
      world.send,
      revocationStatement({
        nonce: freshNonce(),
        kind,
        target: { publisher },
        reason: `${kind} here`,
      }),
      world.rita,
    );
  const rotate = (from: TestKey, to: TestKey): Promise<Answer> =>
    state(
      world.send,
      keyStatement({ key: to.open, state: 'enrolled', replaces: from.keyId }),
      from,
    );
  const own = async (
    by: TestKey,
    owners: readonly PublicKey[],
    scope = 'acme',
  ): Promise<Answer> => {
    const { chain } = await readIdentities(world.registry, { scopes: [parseScope(scope)] });
    const previous = chain.scopeStatementOf(parseScope(scope), latest);
    return state(
      world.send,
      scopeStatement({
        scope: parseScope(scope),
        owners,
        ...(previous === undefined ? {} : { previous }),
      }),
      by,
    );
  };
  const bring = async (skill: Skill, by: TestKey): Promise<void> => {
    await publishApproved(world, skill, by);
  };
  const statusOf = async ({ manifest: { name, version } }: Skill): Promise<string> =>
    (await call(world.send, `/api/v1/versions/${name}/${version}`)).body.status;

  it.each<[string, (next: TestKey) => Promise<Answer>]>([
    ['suspended', () => say('suspended', world.author.keyId)],
    ['revoked', () => say('revoked', world.author.keyId)],
    ['owner no more', (next) => own(world.author, [next.open])],
  ])(
    'and becomes %s between the checks of an upload and its write enters no version',
    async (_, stop) => {
      const { registry, send } = world;
      const { exclusive } = registry;
      const next = makeKey();
      const skill = skillAt(1);
      registry.exclusive = async (name, task) => {
        if (!name.startsWith('publish ')) return exclusive(name, task);
        registry.exclusive = exclusive;
        expect((await stop(next)).status).toBe(201);
        return exclusive(name, task);
      };
      expect((await publish(send, skill, world.author)).status).toBe(201);
      await scan(send, world.tokens.scanner, world.scanner, skill, 'pass');
      expect(await approve(send, world.tokens.rita, world.rita, skill)).toMatchObject({
        status: 403,
        body: { code: 'approval-refused' },
      });
      expect(await statusOf(skill)).toBe('in review');
    },
  );

  it.each(['suspended', 'revoked'] as const)(
    'and is %s hands nothing on: no key follows it, and it names no owner',
    async (kind) => {
      const next = makeKey();
      expect((await say(kind, world.author.keyId)).status).toBe(201);
      expect(await rotate(world.author, next)).toMatchObject(refused);
      expect(await own(world.author, [world.author.open, next.open])).toMatchObject(refused);
      expect(await own(world.author, [world.author.open], 'another')).toMatchObject(refused);
      expect(await publish(world.send, skillAt(1), next)).toMatchObject({
        body: { code: 'key-unknown' },
      });
    },
  );

  it('takes along the key that followed it before: what that published is marked, and it sends nothing more', async () => {
    const next = makeKey();
    expect((await rotate(world.author, next)).status).toBe(201);
    await bring(skillAt(1), next);
    expect((await say('revoked', world.author.keyId)).status).toBe(201);
    expect(await statusOf(skillAt(1))).toBe('revoked');
    expect(await publish(world.send, skillAt(2), next)).toMatchObject(refused);
    expect(await own(next, [makeKey().open])).toMatchObject(refused);
  });

  it('does not go on with the key that it had before, whose versions stay', async () => {
    const next = makeKey();
    await bring(skillAt(1), world.author);
    await rotate(world.author, next);
    expect((await say('revoked', next.keyId)).status).toBe(201);
    expect(await publish(world.send, skillAt(2), world.author)).toMatchObject(refused);
    expect(await rotate(world.author, makeKey())).toMatchObject({ status: 403 });
    expect(await statusOf(skillAt(1))).toBe('approved');
  });

  it('does not take along a stranger whose key it called its successor', async () => {
    const stranger = makeKey();
    expect((await own(stranger, [stranger.open], 'strange')).status).toBe(201);
    await bring(skillAt(1, '@strange'), stranger);
    // A successor is a new key, so nobody is called one who is known already.
    expect((await rotate(world.author, stranger)).status).toBe(403);
    expect((await say('revoked', world.author.keyId)).status).toBe(201);
    expect(await publish(world.send, skillAt(1), stranger)).toMatchObject({ status: 403 });
    expect(await statusOf(skillAt(1, '@strange'))).toBe('approved');
    expect((await publish(world.send, skillAt(2, '@strange'), stranger)).status).toBe(201);
  });

  it('stays stopped where only one of two words on it is taken back', async () => {
    const next = makeKey();
    await rotate(world.author, next);
    await bring(skillAt(1), next);
    for (const { keyId } of [world.author, next])
      expect((await say('suspended', keyId)).status).toBe(201);
    expect((await say('lifted', next.keyId)).status).toBe(201);
    expect(await statusOf(skillAt(1))).toBe('suspended');
    expect((await say('lifted', world.author.keyId)).status).toBe(201);
    expect(await statusOf(skillAt(1))).toBe('approved');
  });

  it('as one form of a CI job publishes as no other form of the same job', async () => {
    const inProduction = {
      issuer: job.issuer,
      repository: job.repository,
      workflow: job.workflow,
      environment: 'prod',
    } satisfies CiIdentity;
    await claim(world.send, 'kimco', {
      owners: [kim],
      publishers: [job, inProduction],
      signer: certify(somebody),
    });
    const run = { ...someWorkflow, environment: 'prod' };
    const skill = skillAt(1, '@kimco');
    expect((await publishBy(world.send, skill, run)).body).toMatchObject({ status: 'received' });
    await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
    const approved = await approve(world.send, world.tokens.rita, world.rita, skill);
    expect(approved.status).toBe(201);
    expect((await say('revoked', identityId(inProduction))).status).toBe(201);
    expect(await publishBy(world.send, skillAt(2, '@kimco'), run)).toMatchObject(refused);
    expect(await statusOf(skill)).toBe('revoked');
    expect(
      (
        await publishBy(world.send, skillAt(3, '@kimco'), {
          ...someWorkflow,
          run: 'https://ci.example/acme/skills/runs/3',
        })
      ).status,
    ).toBe(201);
  });
});
