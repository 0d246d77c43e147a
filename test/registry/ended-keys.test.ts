import { describe, expect, it } from 'vitest';
import { latest, readIdentities } from '../../registry/people/identities.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { keyStatement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { makeKey, type TestKey } from './people.ts';
import { makeSkill, type Skill, signIn, state } from './road.ts';
import { approveIn, bodyAt, expectAnswer, publishIn, scanIn } from './steps.ts';
import { eachWorld } from './world.ts';

const acme = parseScope('acme');
const skill = makeSkill('@acme/back', '1.0.0');

describe('who ends a key for an index before now', () => {
  const world = eachWorld({}, async () => {
    await bring(skill, world.author);
  });
  const next = makeKey();
  const thief = makeKey();

  const bring = async (one: Skill, author: TestKey): Promise<number> => {
    const { status } = await publishIn(world, one, author);
    await scanIn(world, one);
    await approveIn(world, one);
    return status;
  };
  const end = async (key: TestKey, by: TestKey, validUpTo?: number) =>
    state(
      world,
      keyStatement({
        key: key.open,
        state: 'ended',
        ...(validUpTo === undefined ? {} : { validUpTo }),
      }),
      by,
    );
  const rotate = async (to: TestKey) =>
    state(
      world,
      keyStatement({ key: to.open, state: 'enrolled', replaces: world.author.keyId }),
      world.author,
    );
  const claim = async (owner: TestKey, by: TestKey, previous?: Digest) =>
    state(
      world,
      scopeStatement({
        scope: acme,
        owners: [owner.open],
        ...(previous === undefined ? {} : { previous }),
      }),
      by,
    );
  const give = async (to: TestKey) =>
    claim(
      to,
      world.author,
      (await readIdentities(world.registry, { scopes: [acme] })).chain.scopeStatementOf(
        acme,
        latest,
      ),
    );
  const owners = async (): Promise<Digest[]> =>
    (await readIdentities(world.registry, { scopes: [acme] })).chain
      .ownersOf(acme, latest)
      .map(identityId);
  const statusOf = async ({ manifest }: Skill): Promise<string> =>
    (await bodyAt(world, `/api/v1/versions/@acme/back/${manifest.version}`)).status;

  it('is not the thief of a key that was rotated: neither the scope nor a version falls to them', async () => {
    await expectAnswer(rotate(next), 201);
    await expectAnswer(end(world.author, next), 201);
    await expectAnswer(end(world.author, world.author, 0), 403);
    await expectAnswer(claim(thief, thief), 403);
    expect(await owners()).toEqual([next.keyId]);
    expect(await statusOf(skill)).toBe('approved');
  });

  it('is told so before the log has it, and so is who names a successor without rights', async () => {
    await give(next);
    expect((await end(world.author, world.author, 0)).body.detail).toContain(
      'only an administrator may end the key retroactively',
    );
    const { rita } = world;
    const heir = keyStatement({ key: thief.open, state: 'enrolled', replaces: rita.keyId });
    expect(await state(world, heir, rita)).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('owns no scope in which it may act') },
    });
  });

  it('says it once: a former owner makes no index line of the next one too long', async () => {
    await give(next);
    const said = [undefined, 1, 2, 3].map((validUpTo) =>
      end(world.author, world.author, validUpTo),
    );
    expect((await Promise.all(said)).filter(({ status }) => status === 201)).toHaveLength(1);
    await signIn(world, next);
    const later = makeSkill('@acme/back', '1.0.1');
    expect(await bring(later, next)).toBe(201);
    expect(await statusOf(later)).toBe('approved');
  });
});
