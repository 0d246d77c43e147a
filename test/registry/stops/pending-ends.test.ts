/**
 * A publisher's key is ended for a past log index, and the process is killed before the rows of the
 * versions follow. Nobody may see one of them as approved from the moment of the log entry.
 */
import { expect, it, vi } from 'vitest';
import { moveSome } from '../../../registry/stops/pending-stops.ts';
import { pendingStops } from '../../../registry/store/advice-schema.ts';
import { versions } from '../../../registry/store/schema.ts';
import { keyStatement } from '../../../skills-index/statement/attestation.ts';
import { failWrite } from '../failing-write.ts';
import { claimScope, makeSkill, publishApproved, state, stopsShown } from '../road.ts';
import { bodyAt, expectAnswer, rowsOf } from '../steps.ts';
import { eachWorld, makeStaffedWorld } from '../world.ts';

/** Two slices for three versions. */
const atOnce = 2;
/** Writes of a statement before the first slice: its batch, its bundle and the bundle's address. */
const firstSlice = 3;
const numbers = [1, 2, 3, 4, 5];
const skillAt = (number: number) =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });

const world = eachWorld({}, async () => {
  for (const number of numbers) {
    if (number === 3) upTo = (await sizeNow()) - 1;
    await publishApproved(world, skillAt(number));
  }
});
/** The last log index that still counts: before the third version. */
let upTo: number;

const sizeNow = async (): Promise<number> =>
  (await bodyAt(world, `/api/v1/keys/${world.author.keyId}`)).logSize;

const endKey = () => {
  const ended = keyStatement({ key: world.author.open, state: 'ended', validUpTo: upTo });
  return state(world, ended, world.author);
};

async function endKilled(): Promise<void> {
  const storage = failWrite(world.registry, firstSlice, { forGood: true });
  await expectAnswer(endKey(), 201);
  storage.mend();
  expect(storage.failed()).toBe(true);
}

const storedStates = async (): Promise<string[]> =>
  (await world.registry.db.read.select().from(versions).orderBy(versions.logIndex)).map(
    ({ status }) => status,
  );

const shownStates = (): Promise<string[]> =>
  Promise.all(
    numbers.map(
      async (number) => (await bodyAt(world, `/api/v1/versions/@acme/t/1.0.${number}`)).status,
    ),
  );

const fallen = ['approved', 'approved', 'revoked', 'revoked', 'revoked'];

it('counts at once for the API and the index, before any row follows', async () => {
  await endKilled();
  expect(await storedStates()).toEqual(numbers.map(() => 'approved'));
  expect(await shownStates()).toEqual(fallen);
  expect(await stopsShown(world)).toEqual(
    Object.fromEntries([3, 4, 5].map((number) => [skillAt(number).packed.digest, 'revoked'])),
  );
});

it('reaches the rows in slices, after a kill as well, and only those of the key', async () => {
  const other = '@beta/t';
  await expectAnswer(claimScope(world, 'beta', world.omar), 201);
  await publishApproved(world, makeSkill(other, '1.0.0'), world.omar);
  await endKilled();
  expect(await moveSome(world.registry, atOnce)).toBe(true);
  expect((await storedStates()).filter((status) => status === 'revoked')).toHaveLength(2);
  while (await moveSome(world.registry, atOnce));
  expect(await storedStates()).toEqual([...fallen, 'approved']);
  expect(await rowsOf(world, pendingStops)).toEqual([]);
  const { history } = await bodyAt(world, '/api/v1/versions/@acme/t/1.0.5');
  expect(history.at(-1).why).toMatch(/no longer counted \(log index \d+\)$/);
});

it('costs the batch of the statement no write for each version', async () => {
  const endAndCount = async (): Promise<number | undefined> => {
    const batches = vi.spyOn(world.registry.db, 'batch');
    await expectAnswer(endKey(), 201);
    return batches.mock.calls[0]?.[0].length;
  };
  const many = await endAndCount();
  await world.close();
  Object.assign(world, await makeStaffedWorld());
  upTo = (await sizeNow()) - 1;
  await publishApproved(world, skillAt(1));
  expect(await endAndCount()).toBe(many);
  expect(many).toBeGreaterThan(0);
  expect(await storedStates()).toEqual(['revoked']);
});
