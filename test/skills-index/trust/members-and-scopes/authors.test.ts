import { describe, expect, it } from 'vitest';
import type { Identity } from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import {
  type Acting,
  isAuthor,
  type Publication,
  whyAuthor,
} from '../../../../skills-index/trust/members-and-scopes/authors.ts';
import { people } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';
import { chain, claim, membership, type Spoken, acme as scope } from './spoken.ts';

const { administrator, author, ada, stranger } = people;
const buyer = testSigner('buyer');
const helper = testSigner('helper');
const twin = testSigner('second key of the author');
const carol: Identity = { issuer: 'https://login.example', subject: 'carol@example.org' };

/**
 * The author claims the scope; Ada, and the author under two keys, are members; at index 4 the
 * scope goes to the buyer, whose helper publishes.
 */
const spoken: readonly Spoken[] = [
  [claim([author]), author],
  [membership('Ada', ada), administrator],
  [membership('Olga', author), administrator],
  [membership('Olga', twin), administrator],
  [claim([buyer], { publishers: [helper], previous: 0 }), author],
];
const identities = chain(...spoken);

describe('an author of a version', () => {
  const published: Publication = { scope, signer: author.keyId, logIndex: 4 };
  const late = 50;

  it.each<[string, Publication, Acting, number, boolean]>([
    ['its publisher', published, { keyId: author.keyId }, late, true],
    [
      'its publisher, by another key of the same name',
      published,
      { keyId: twin.keyId },
      late,
      true,
    ],
    ['its publisher, by the name alone', published, { member: 'Olga' }, late, true],
    [
      'who owned the scope when it was published',
      { scope, logIndex: 4 },
      { keyId: author.keyId },
      late,
      true,
    ],
    ['who owns the scope now', published, { keyId: buyer.keyId }, late, true],
    ['who may publish in the scope now', published, { keyId: helper.keyId }, late, true],
    [
      'a publisher who never owned the scope',
      { scope, signer: stranger.keyId, logIndex: 4 },
      { keyId: stranger.keyId },
      late,
      true,
    ],
    ['who did not own the scope yet', published, { keyId: buyer.keyId }, 4, false],
    [
      'who owned it before it was published',
      { scope, signer: buyer.keyId, logIndex: 5 },
      { keyId: author.keyId },
      late,
      false,
    ],
    [
      'who owned it at another time, when nothing is known of it',
      { scope },
      { keyId: author.keyId },
      late,
      false,
    ],
    ['another member', published, { keyId: ada.keyId, member: 'Ada' }, late, false],
    [
      'somebody else with the name of an author',
      published,
      { keyId: ada.keyId, member: 'Olga' },
      late,
      true,
    ],
    [
      'a member of an author’s name with a key of another',
      published,
      { keyId: twin.keyId, member: 'Ada' },
      late,
      true,
    ],
  ])('is %s: %#', (_, publication, who, at, expected) => {
    expect(isAuthor(identities, publication, who, at)).toBe(expected);
  });
});

describe('whoever judges a version', () => {
  const enrolled = { name: 'Ada', roles: ['reviewer'] } as const;
  const acting = { keyId: ada.keyId, enrolled };
  const byCarol = chain([claim([author, carol]), author]);

  it('is none of its authors', () => {
    const own = whyAuthor(identities, { scope, signer: ada.keyId, logIndex: 4 }, acting, 50);
    expect(own).toBe('an author cannot approve their own version');
    expect(
      whyAuthor(identities, { scope, signer: author.keyId, logIndex: 4 }, acting, 50),
    ).toBeUndefined();
  });

  it('is known at issuers when an author is known there alone', () => {
    const publication = { scope, signer: identityId(carol), logIndex: 1 };
    expect(whyAuthor(byCarol, publication, acting, 50)).toBe(
      'an author is known only by an identity at an issuer, and no administrator listed the identities of Ada',
    );
    expect(
      whyAuthor(byCarol, publication, { ...acting, enrolled: { ...enrolled, identities: [] } }, 50),
    ).toBeUndefined();
    expect(
      whyAuthor(byCarol, publication, { keyId: administrator.keyId, enrolled: undefined }, 50),
    ).toBeUndefined();
  });
});
