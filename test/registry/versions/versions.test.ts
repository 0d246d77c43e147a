/**
 * Two processes, or two isolates: a version enters the index while somebody who could stop it is
 * being judged.
 */
import { expect, it } from 'vitest';
import type { BatchWrite } from '../../../registry/store/batch.ts';
import { keyStatement, type Statement } from '../../../skills-index/statement/attestation.ts';
import { makeSkill, publishScanned, state, stopsShown } from '../road.ts';
import { approveIn, bodyAt, expectAnswer, stopStatement } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

const skill = makeSkill('@acme/t', '1.0.1');

it.each<[string, (world: Staffed) => Statement]>([
  [
    'the key was ended for a time gone by',
    ({ author }) => keyStatement({ key: author.open, state: 'ended', validUpTo: 0 }),
  ],
  [
    'the publisher is revoked',
    ({ author }) => stopStatement('revoked', { publisher: author.keyId }),
  ],
])('what enters the index at the moment in which %s is out of it again', async (_, said) => {
  const world = await ownWorld();
  await publishScanned(world, skill);
  const gate = holdEntry(world);
  const approving = approveIn(world, skill);
  await gate.atDoor;
  await expectAnswer(state(world, said(world), world.trust.administrator), 201);
  await approving;
  expect((await bodyAt(world, '/api/v1/versions/@acme/t/1.0.1')).status).toBe('revoked');
  expect(await stopsShown(world)).toEqual({ [skill.packed.digest]: 'revoked' });
});

/**
 * Holds the batch by which the version enters until the next one is ready to be written, and lets
 * it go before that one.
 */
function holdEntry({ registry }: Staffed): { readonly atDoor: Promise<void> } {
  const atDoor = Promise.withResolvers<void>();
  const mayEnter = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const write = registry.db.batch.bind(registry.db);
  const steps: ((writes: readonly BatchWrite[]) => Promise<void>)[] = [
    async (writes) => {
      atDoor.resolve();
      await mayEnter.promise;
      await write(writes).finally(entered.resolve);
    },
    async (writes) => {
      mayEnter.resolve();
      await entered.promise;
      await write(writes);
    },
  ];
  Object.assign(registry.db, {
    batch: (writes: readonly BatchWrite[]) => {
      const isEntry = new Error().stack?.includes('publish-index.ts') === true && writes.length > 2;
      const step = steps.length === 1 || isEntry ? steps.shift() : undefined;
      return (step ?? write)(writes);
    },
  });
  return { atDoor: atDoor.promise };
}
