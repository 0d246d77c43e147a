/**
 * A reviewer who is an author, where the author has no key: what an administrator said of them at
 * issuers is all there is to go by.
 */
import { describe, expect, it } from 'vitest';
import type { OidcIdentity } from '../../skills-index/statement/attestation.ts';
import { somebody } from '../skills-index/story-sigstore.ts';
import { certify, claim, kim, publishBy, sigstore } from './certified-road.ts';
import { readLine } from './contract/read-line.ts';
import { makeKey, type TestKey } from './people.ts';
import { approve, enrol, makeSkill, signIn, state } from './road.ts';
import { bodyAt, expectAnswer, scanIn, stopStatement } from './steps.ts';
import { eachWorld } from './world.ts';

describe('a version that a person published without a key', () => {
  const world = eachWorld({ sigstore: sigstore.trustedRoot }, async () => {
    await claim(world, 'kims', { owners: [kim], signer: certify(somebody) });
    await expectAnswer(publishBy(world, skill, somebody), 201);
    await scanIn(world, skill);
  });
  const skill = makeSkill('@kims/notes', '1.0.0');

  const member = async (
    name: string,
    identities?: readonly OidcIdentity[],
  ): Promise<{ key: TestKey; digest: string }> => {
    const key = makeKey();
    const who = {
      name,
      roles: ['reviewer'],
      key,
      ...(identities === undefined ? {} : { identities }),
    } as const;
    const { status, body } = await enrol(world, world.trust.administrator, who);
    expect(status).toBe(201);
    return { key, digest: body.digest };
  };
  const approveBy = async (key: TestKey) => approve(world, await signIn(world, key), key, skill);
  const lift = (key: TestKey) => say('lifted', key);
  const say = (kind: 'suspended' | 'lifted', key: TestKey) => {
    const target = { bundle: skill.packed.digest };
    return state(world, stopStatement(kind, target), key);
  };

  it('is not approved by that person with a reviewer’s key, nor by one of whom nobody said who they are there', async () => {
    const { key: own, digest } = await member('kim', [kim]);
    const { key: unknown } = await member('nina');
    expect((await approveBy(own)).body).toMatchObject({
      code: 'approval-refused',
      detail: expect.stringMatching(/An author cannot approve/),
    });
    expect((await approveBy(unknown)).body).toMatchObject({
      code: 'approval-refused',
      detail: expect.stringMatching(/no administrator listed the identities of nina/),
    });
    await expectAnswer(approveBy(world.rita), 201);
    expect(await bodyAt(world, '/api/v1/versions/@kims/notes/1.0.0')).toMatchObject({
      status: 'approved',
    });
    // Installers get the word on who the author is, though that member signed nothing here.
    expect((await readLine(world.send, skill)).statements).toContain(digest);
  });

  it('is not lifted by either of them when somebody suspended it', async () => {
    await approveBy(world.rita);
    const { key: own } = await member('kim', [kim]);
    const { key: unknown } = await member('nina');
    await expectAnswer(say('suspended', own), 201);
    for (const key of [own, unknown]) await expectAnswer(lift(key), 403, 'forbidden');
    await expectAnswer(lift(world.omar), 201);
  });

  it('is approved by the member whom an administrator enrols again with a word on it', async () => {
    const { key } = await member('nina');
    expect((await approveBy(key)).status).not.toBe(201);
    await enrol(world, world.trust.administrator, {
      name: 'nina',
      roles: ['reviewer'],
      key,
      identities: [],
    });
    await expectAnswer(approveBy(key), 201);
  });
});
