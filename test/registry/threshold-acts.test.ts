/**
 * Every statement by which administrators give somebody a right, in a registry whose root file
 * demands two of three: one administrator alone gives nothing.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { latest, readMembers } from '../../registry/people/identities.ts';
import { memberOfPerson } from '../../registry/people/person-member.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import {
  type MemberStatement,
  memberStatement,
  type Statement,
  scopeStatement,
} from '../../skills-index/statement/attestation.ts';
import type { Identities } from '../../skills-index/trust/members-and-scopes/identities.ts';
import { freshNonce } from '../nonce.ts';
import { deskPasskey } from './desk-visit.ts';
import { makeKey, makeRoot, type TestKey } from './people.ts';
import { state } from './road.ts';
import { bodyAt, expectAnswer } from './steps.ts';
import { eachWorld } from './world.ts';

const world = eachWorld({ trust: makeRoot({ administrators: 3, threshold: 2 }) });
let first: TestKey;
let second: TestKey;
beforeEach(async () => {
  [first = world.author, second = world.author] = world.trust.administrators;
});

const fresh = makeKey();
const passkey = deskPasskey('rita').enrolled;
const person = { issuer: 'https://login.acme.example', subject: 'rita@acme.example' };
const chain = async (): Promise<Identities> => (await readMembers(world.registry)).chain;
const scopeNow = async (): Promise<{ owners: { keyId: Digest }[]; statement: Digest }> =>
  await bodyAt(world, '/api/v1/scopes/@acme');
const enrolment = (over: Partial<MemberStatement['predicate']>): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name: 'puppet',
    roles: ['reviewer'],
    ...over,
    state: 'enrolled',
  });
/** An enrolment of rita, who is a member already. */
const again = async (over: Partial<MemberStatement['predicate']>): Promise<Statement> => {
  const previous = (await chain()).memberStatementOf(world.rita.keyId, latest);
  const own = { name: 'rita', key: world.rita.open, ...(previous && { previous }) };
  return enrolment({ ...own, ...over });
};

interface Act {
  readonly statement: () => Promise<Statement>;
  /** Whether somebody has the right that the statement gives. */
  readonly isDone: () => Promise<boolean>;
}

const role = (name: 'reviewer' | 'scanner' | 'administrator'): Act => ({
  statement: async () => enrolment({ roles: [name], key: fresh.open }),
  isDone: async () => (await chain()).isMember(fresh.keyId, name, latest),
});

const acts: Readonly<Record<string, Act>> = {
  'enrols a reviewer': role('reviewer'),
  'enrols a scanner': role('scanner'),
  'enrols an administrator': role('administrator'),
  'enrols a passkey of a member': {
    statement: async () => enrolment({ name: 'rita', passkey }),
    isDone: async () => (await chain()).passkeyOf(passkey.credentialId, latest) !== undefined,
  },
  'gives a member another role': {
    statement: () => again({ roles: ['reviewer', 'scanner'] }),
    isDone: async () => (await chain()).isMember(world.rita.keyId, 'scanner', latest),
  },
  'names a person of an identity provider as a member': {
    statement: () => again({ identities: [person] }),
    isDone: async () => (await memberOfPerson(world.registry, person))?.name === 'rita',
  },
  'gives a scope to another owner': {
    statement: async () =>
      scopeStatement({
        scope: parseScope('acme'),
        owners: [fresh.open],
        previous: (await scopeNow()).statement,
      }),
    isDone: async () => (await scopeNow()).owners.some(({ keyId }) => keyId === fresh.keyId),
  },
};

describe('one administrator of two', () => {
  it.each(Object.entries(acts))('alone never %s; together with another does', async (_, act) => {
    const statement = await act.statement();
    expect(await act.isDone()).toBe(false);
    await expectAnswer(state(world, statement, first), 201);
    expect((await state(world, statement, first)).status).toBeLessThan(500);
    expect(await act.isDone()).toBe(false);
    await expectAnswer(state(world, statement, second), 201);
    expect(await act.isDone()).toBe(true);
  });
});
