/** Strangers name a publisher in their scopes, so that a lift would rest on very many people. */
import { expect, it } from 'vitest';
import { latest, readIdentities } from '../../../registry/people/identities.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { scopeOwnersMax } from '../../../skills-index/statement/predicate-shapes.ts';
import {
  parseNameProofsFile,
  provenNamesMax,
} from '../../../skills-index/trust/index-files/name-proofs.ts';
import { makeKey } from '../people.ts';
import { type Answer, claimScope, makeSkill, publishApproved, state } from '../road.ts';
import { bodyAt, expectAnswer, stopIn } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

async function say(world: Staffed, kind: 'suspended' | 'lifted'): Promise<Answer> {
  world.wait(1_000);
  return stopIn(world, kind, { publisher: world.author.keyId });
}

/**
 * Claims a scope, and names the author beside new strangers, so often or until the registry takes
 * no more.
 */
async function crowd(
  { author, registry, send }: Staffed,
  name: string,
  times = Number.POSITIVE_INFINITY,
): Promise<void> {
  const [owner, scope] = [makeKey(), parseScope(name)];
  await expectAnswer(claimScope(send, name, owner), 201);
  for (let named = 0; named < times; named++) {
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    const previous = chain.scopeStatementOf(scope, latest);
    if (previous === undefined) throw new Error('nobody claimed the scope');
    const strangers = Array.from({ length: scopeOwnersMax - 1 }, () => makeKey().open);
    const publishers = [author.open, ...strangers];
    const said = scopeStatement({ scope, owners: [owner.open], publishers, previous });
    if ((await state(send, said, owner)).status !== 201) return;
  }
}

async function makeWorld(): Promise<Staffed> {
  const world = await ownWorld();
  await publishApproved(world, makeSkill('@acme/t', '1.0.0'));
  return world;
}

/** The shown state of the version, and how many names installers read of it. */
async function look({ send }: Staffed): Promise<[string, number]> {
  const { status } = await bodyAt(send, '/api/v1/versions/@acme/t/1.0.0');
  const words = await send('/proofs/@acme/t/1.0.0');
  return [status, parseNameProofsFile(new Uint8Array(await words.arrayBuffer())).names.size];
}

it('takes a lift that rests on the people of another scope', async () => {
  const world = await makeWorld();
  await crowd(world, 'first', 1);
  await expectAnswer(say(world, 'suspended'), 201);
  await expectAnswer(say(world, 'lifted'), 201);
  const [state, names] = await look(world);
  expect(state).toBe('approved');
  expect(names).toBeGreaterThan(scopeOwnersMax);
}, 120_000);

it('refuses a lift that would leave versions that no installer can read', async () => {
  const world = await makeWorld();
  for (const name of ['first', 'second']) await crowd(world, name);
  await expectAnswer(say(world, 'suspended'), 201);
  const { status, body } = await say(world, 'lifted');
  expect([status, body.code]).toEqual([409, 'move-illegal']);
  expect(body.detail).toMatch(/more than 1000 keys, people and scopes/);
  expect(body.hint).toContain('with a new key');
  const [state, names] = await look(world);
  expect(state).toBe('suspended');
  expect(names).toBeLessThan(provenNamesMax);
}, 120_000);
