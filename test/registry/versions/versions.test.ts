/**
 * Two processes, or two isolates: a version enters the index while somebody who could stop it is
 * being judged.
 */
import { expect, it, onTestFinished } from 'vitest';
import type { BatchWrite } from '../../../registry/store/batch.ts';
import {
  keyStatement,
  revocationStatement,
  type Statement,
} from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { approve, call, makeSkill, publish, scan, state, stopsShown } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

const skill = makeSkill('@acme/t', '1.0.1');

it.each<[string, (world: Staffed) => Statement]>([
  [
    'the key was ended for a time gone by',
    ({ author }) => keyStatement({ key: author.open, state: 'ended', validUpTo: 0 }),
  ],
  [
    'the publisher is revoked',
    ({ author }) =>
      revocationStatement({
        nonce: freshNonce(),
        kind: 'revoked',
        target: { publisher: author.keyId },
        reason: 'r',
      }),
  ],
])('what enters the index at the moment in which %s is out of it again', async (_, said) => {
  const world = await makeStaffedWorld();
  onTestFinished(() => world.close());
  expect((await publish(world.send, skill, world.author)).status).toBe(201);
  await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
  const gate = holdEntry(world);
  const approving = approve(world.send, world.tokens.rita, world.rita, skill);
  await gate.atDoor;
  expect((await state(world.send, said(world), world.trust.administrator)).status).toBe(201);
  await approving;
  expect((await call(world.send, '/api/v1/versions/@acme/t/1.0.1')).body.status).toBe('revoked');
  expect(await stopsShown(world.send)).toEqual({ [skill.packed.digest]: 'revoked' });
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
