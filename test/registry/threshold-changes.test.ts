import { afterEach, describe, expect, it } from 'vitest';
import { changedRoot } from '../../cli/root-rotation/registry-folder.ts';
import { readMembers } from '../../registry/people/identities.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../skills-index/trust/members-and-scopes/identity.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { state } from './road.ts';
import { reviewerStatement } from './steps.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

let world: Staffed;
afterEach(() => world.close());

const early = makeKey();
const later = makeKey();

/** One administrator alone enrols a key. @returns the log index */
async function enrolAlone(by: TestKey | undefined, name: string, key: TestKey): Promise<number> {
  if (by === undefined) throw new Error('nobody signs');
  const statement = reviewerStatement(name, { key: key.open });
  return Number((await state(world, statement, by)).body.logIndex);
}

async function rotatedTo(
  threshold: number,
  lastLogIndex: number,
  gone: readonly TestKey[] = [],
): Promise<Identities> {
  const keys = { add: [], remove: gone.map(({ keyId }) => keyId), keys: {} };
  const root = changedRoot(world.trust.root, {
    ...keys,
    threshold,
    validUpTo: lastLogIndex,
    lastLogIndex,
  });
  return chainIdentities(root, (await readMembers(world.registry)).statements);
}

const isReviewer = (people: Identities, { keyId }: TestKey): boolean =>
  people.isMember(keyId, 'reviewer', Number.MAX_SAFE_INTEGER);

describe('a threshold of administrators that a rotation changes', () => {
  it('leaves members whom fewer enrolled before it was raised, and counts no lone vote since', async () => {
    world = await makeStaffedWorld({ trust: makeRoot({ administrators: 3, threshold: 1 }) });
    const [ada, ben] = world.trust.administrators;
    const last = await enrolAlone(ada, 'early', early);
    await enrolAlone(ben, 'later', later);
    const people = await rotatedTo(2, last);
    for (const key of [early, world.rita]) expect(isReviewer(people, key)).toBe(true);
    expect(people.isMember(world.scanner.keyId, 'scanner', Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(isReviewer(people, later)).toBe(false);
  });

  it('makes nobody a member by a lone vote from before it was lowered, and counts one since', async () => {
    world = await makeStaffedWorld({ trust: makeRoot({ administrators: 3, threshold: 2 }) });
    const [ada, , cleo] = world.trust.administrators;
    const last = await enrolAlone(cleo, 'early', early);
    await enrolAlone(ada, 'later', later);
    const people = await rotatedTo(1, last, cleo === undefined ? [] : [cleo]);
    expect(isReviewer(people, early)).toBe(false);
    for (const key of [later, world.rita]) expect(isReviewer(people, key)).toBe(true);
  });

  it('is written into the root file once for each place in the log', async () => {
    world = await makeStaffedWorld({ trust: makeRoot({ administrators: 3, threshold: 1 }) });
    const change = { add: [], remove: [], keys: {} };
    const raised = changedRoot(world.trust.root, { ...change, threshold: 2, lastLogIndex: 7 });
    const again = changedRoot(raised, { ...change, threshold: 3, lastLogIndex: 7 });
    expect(again.thresholds).toEqual([{ threshold: 1, validUpTo: 7 }]);
    const lowered = changedRoot(again, { ...change, threshold: 2, lastLogIndex: 9 });
    expect(lowered.thresholds).toEqual([
      { threshold: 1, validUpTo: 7 },
      { threshold: 3, validUpTo: 9 },
    ]);
    expect(changedRoot(lowered, { ...change, lastLogIndex: 12 }).thresholds).toEqual(
      lowered.thresholds,
    );
  });
});
