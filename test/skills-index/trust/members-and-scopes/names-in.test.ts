import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import {
  keyStatement,
  memberStatement,
  type RevocationTarget,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import type { FrozenSubject } from '../../../../skills-index/trust/members-and-scopes/ends.ts';
import {
  namesIn,
  namesOfSubject,
} from '../../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { freshNonce } from '../../../nonce.ts';
import { people } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import { kim } from './history-people.ts';

const { author, ada } = people;
const next = testSigner('next');
const acme = parseScope('acme');
const stop = (target: RevocationTarget): Statement =>
  revocationStatement({ nonce: freshNonce(), kind: 'revoked', target, reason: 'a test' });

describe('the index finds', () => {
  it.each<[string, Statement, readonly string[]]>([
    [
      'a claim by its scope and by everybody in the claim',
      scopeStatement({ scope: acme, owners: [author.named, kim], publishers: [ada.named] }),
      ['@acme', `in ${author.keyId}`, `in ${identityId(kim)}`, `in ${ada.keyId}`],
    ],
    [
      'a claim without publishers by its scope and its owners',
      scopeStatement({ scope: acme, owners: [author.named] }),
      ['@acme', `in ${author.keyId}`],
    ],
    [
      'a claim by an owner who is a publisher, too, once',
      scopeStatement({ scope: acme, owners: [author.named], publishers: [author.named] }),
      ['@acme', `in ${author.keyId}`],
    ],
    [
      'the end of a key by the key',
      keyStatement({ key: author.named, state: 'ended' }),
      [author.keyId],
    ],
    [
      'a succession by both keys',
      keyStatement({ key: next.named, state: 'enrolled', replaces: author.keyId }),
      [next.keyId, author.keyId],
    ],
    [
      'the revocation of a publisher by the publisher',
      stop({ publisher: author.keyId }),
      [author.keyId],
    ],
    ['the revocation of a bundle by no name', stop({ bundle: digestOf('bundle') }), []],
    [
      'the revocation of a version by no name',
      stop({ name: parseSkillName('@acme/tool'), version: parseVersion('1.0.0') }),
      [],
    ],
    [
      'a statement on a member by no name, because every question needs the statement',
      memberStatement({
        nonce: freshNonce(),
        name: 'Ada',
        roles: ['reviewer'],
        key: ada.named,
        state: 'enrolled',
      }),
      [],
    ],
  ])('%s', (_, statement, names) => {
    expect(namesIn(statement)).toEqual(names);
  });

  it.each<[string, FrozenSubject, readonly string[]]>([
    ['of a scope by the scope', { scope: acme }, ['@acme']],
    ['of a key by the key', { id: author.keyId }, [author.keyId]],
    ['of a version by no name', {}, []],
  ])('a statement that cannot be verified %s', (_, subject, names) => {
    expect(namesOfSubject(subject)).toEqual(names);
  });
});
