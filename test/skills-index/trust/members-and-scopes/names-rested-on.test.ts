import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  type Identity,
  keyStatement,
  predicateTypes,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import {
  namesRestedOn,
  type SignedStatement,
} from '../../../../skills-index/trust/members-and-scopes/names-rested-on.ts';
import { freshNonce } from '../../../nonce.ts';
import { people } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { historyBundle } from './history-people.ts';

const { author, ada, ben, stranger } = people;
const next = testSigner('next');
const last = testSigner('last');
const always = Number.POSITIVE_INFINITY;
const own = {
  [`bundle/${historyBundle}`]: always,
  'version/@acme/tool@1.0.0': always,
  'scope/acme': always,
};

/** The names on which a version rests, besides the names that belong to every version of @acme. */
function more(publisher: Digest, ...statements: readonly SignedStatement[]): object {
  const version = {
    name: parseSkillName('@acme/tool'),
    version: parseVersion('1.0.0'),
    bundle: historyBundle,
    publisher,
  };
  const names = Object.fromEntries(namesRestedOn(version, statements));
  expect(names).toMatchObject({ ...own, [`identity/${publisher}`]: always });
  const known = [...Object.keys(own), `identity/${publisher}`];
  return Object.fromEntries(Object.entries(names).filter(([name]) => !known.includes(name)));
}
const identities = (...all: readonly (TestSigner | Identity)[]): object =>
  Object.fromEntries(
    all.map((one) => [`identity/${'named' in one ? one.keyId : identityId(one)}`, always]),
  );

const at = (logIndex: number, { keyId }: TestSigner, statement: Statement): SignedStatement => ({
  logIndex,
  signer: keyId,
  statement,
});
const claim = (
  logIndex: number,
  scope: string,
  [owner, ...others]: readonly [TestSigner, ...TestSigner[]],
): SignedStatement =>
  at(
    logIndex,
    owner,
    scopeStatement({
      scope: parseScope(scope),
      owners: [owner, ...others].map(({ named }) => named),
    }),
  );
const rotate = (logIndex: number, from: TestSigner, to: TestSigner): SignedStatement =>
  at(logIndex, from, keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId }));
const stop = (
  logIndex: number,
  kind: RevocationPredicate['kind'],
  target: RevocationPredicate['target'],
): SignedStatement =>
  at(logIndex, ada, revocationStatement({ nonce: freshNonce(), kind, target, reason: 'a test' }));

describe('a version rests on its publisher and its scope', () => {
  it.each<[string, object, object]>([
    ['a key', { keyId: ada.keyId }, {}],
    ['a passkey', ben.enrolled, { [`identity/${ben.enrolled.credentialId}`]: always }],
  ])('and on whoever signed a statement about it, with %s', (_, reviewer, passkey) => {
    const statement = (predicateType: string, predicate: object) =>
      ({ predicateType, predicate }) as Statement;
    expect(
      more(
        author.keyId,
        at(8, author, statement(predicateTypes.publish, {})),
        at(9, next, statement(predicateTypes.approval, { reviewer })),
      ),
    ).toEqual({ ...identities(next), ...passkey });
  });

  it('and on everybody whom a claim of its scope names, and on the signer of the claim', () => {
    const signed = { ...claim(3, 'acme', [author, next]), signer: last.keyId };
    expect(more(author.keyId, signed)).toEqual(identities(next, last));
  });

  it('and on nobody whom a claim of another scope names', () => {
    expect(more(author.keyId, claim(0, 'other', [author, next]))).toEqual({});
  });
});

describe('a version whose publisher’s key is a successor rests', () => {
  it.each<[number, boolean]>([
    [4, true],
    [5, false],
    [6, false],
  ])('on a claim that named the key before the succession, at log index %i: %s', (logIndex, is) => {
    const claimed = claim(logIndex, 'other', [last, next]);
    expect(more(author.keyId, rotate(5, author, next), claimed)).toEqual({
      ...identities(next, ...(is ? [last] : [])),
      [`holder/${next.keyId}`]: 5,
      ...(is ? { 'scope/other': 5 } : {}),
    });
  });

  it('on the signers of such a scope’s claims, not on its other owners', () => {
    const claims = [claim(2, 'other', [stranger, ada]), claim(3, 'other', [last, next])];
    const names = more(author.keyId, rotate(5, author, next), ...claims);
    expect(names).toMatchObject(identities(stranger, last));
    expect(names).not.toMatchObject(identities(ada));
  });
});

describe('a version whose publisher’s suspension was lifted rests', () => {
  const lifted = stop(9, 'lifted', { publisher: author.keyId });

  it('on everything that named the publisher before the lift, and on who lifted it', () => {
    expect(more(author.keyId, lifted)).toEqual({
      ...identities(ada),
      [`holder/${author.keyId}`]: 9,
    });
  });

  it('on all owners of the scopes that the publisher had before the lift', () => {
    expect(more(author.keyId, lifted, claim(3, 'other', [author, next]))).toEqual({
      ...identities(ada, next),
      [`holder/${author.keyId}`]: 9,
      'scope/other': 9,
    });
    expect(more(author.keyId, lifted, claim(9, 'other', [author, next]))).toEqual({
      ...identities(ada),
      [`holder/${author.keyId}`]: 9,
    });
  });

  it('on no other owner of a scope that the publisher had after the lift only', () => {
    const names = more(
      author.keyId,
      lifted,
      rotate(20, author, next),
      claim(3, 'other', [stranger, last]),
      claim(10, 'other', [next, author]),
    );
    expect(names).toMatchObject({ ...identities(next, stranger), 'scope/other': 20 });
    expect(names).not.toMatchObject(identities(last));
  });

  it.each<[string, SignedStatement]>([
    ['suspended', stop(9, 'suspended', { publisher: author.keyId })],
    ['revoked', stop(9, 'revoked', { publisher: author.keyId })],
  ])('unlike one whose publisher was %s', (_, statement) => {
    expect(more(author.keyId, statement)).toEqual(identities(ada));
  });

  it('unlike one whose bundle’s suspension was lifted', () => {
    expect(more(author.keyId, stop(9, 'lifted', { bundle: historyBundle }))).toEqual(
      identities(ada),
    );
  });
});
