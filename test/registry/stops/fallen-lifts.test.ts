/** A thief with a reviewer's key lifts a suspension, and the key is ended for the time before. */
import { expect, it } from 'vitest';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { countRows } from '../counted-rows.ts';
import type { TestKey } from '../people.ts';
import { type Answer, makeSkill, publishApproved, type Skill, state } from '../road.ts';
import { bodyAt, expectAnswer, reviewerStatement } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

const skillAt = (number: number) =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });

function say(
  world: Staffed,
  kind: 'suspended' | 'lifted',
  { manifest: { name, version } }: Skill,
  by: TestKey,
): Promise<Answer> {
  const registry = registryIdOf(world.registry.root);
  const target = { name, version };
  const said = { registry, reason: 'a test', kind, target, nonce: freshNonce() };
  return state(world, revocationStatement(said), by);
}

/** The rows that are read before the end of the thief's key is logged. */
async function rowsOfEnd(stopped: number): Promise<number> {
  const world = await ownWorld();
  for (let number = 1; number <= stopped; number++) {
    await publishApproved(world, skillAt(number));
    await expectAnswer(say(world, 'suspended', skillAt(number), world.omar), 201);
  }
  const { logSize } = await bodyAt(world, `/api/v1/keys/${world.author.keyId}`);
  await expectAnswer(say(world, 'lifted', skillAt(1), world.rita), 201);
  const status = async () => (await bodyAt(world, '/api/v1/versions/@acme/t/1.0.1')).status;
  expect(await status()).toBe('approved');
  const ended = reviewerStatement('rita', { key: world.rita.open }, 'ended', {
    validUpTo: logSize - 1,
  });
  const counted = countRows();
  const { db } = world.registry;
  let rows = 0;
  const batch: typeof db.batch = (writes) => {
    rows ||= counted.rows();
    return db.batch(writes);
  };
  Object.assign(world.registry, { db: { read: db.read, batch } });
  try {
    await expectAnswer(state(world, ended, world.trust.administrator), 201);
  } finally {
    counted.stop();
  }
  expect(await status()).toBe('suspended');
  return rows;
}

it('suspends the version again, and reads no stop of any other version', async () => {
  const few = await rowsOfEnd(1);
  expect(await rowsOfEnd(5)).toBe(few);
  expect(few).toBeGreaterThan(0);
});
