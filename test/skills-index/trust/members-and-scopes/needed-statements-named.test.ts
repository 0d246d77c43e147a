import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  type RevocationPredicate,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import {
  type IdentityQuestion,
  namesIn,
  namesOfSubject,
  neededStatements,
  type ReplayedStatement,
} from '../../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import { acme, other, rotate, type Spoken, word } from './spoken.ts';

const { administrator, ada, ben, author, stranger } = people;
const partner = testSigner('partner');
const helper = testSigner('helper');
const next = testSigner('next');
const claim = (scope: string, owners: readonly TestSigner[], by?: TestSigner): Spoken => [
  scopeStatement({ scope: parseScope(scope), owners: owners.map(({ named }) => named) }),
  by ?? owners[0] ?? author,
];
const end = (key: TestSigner): Spoken => [keyStatement({ key: key.named, state: 'ended' }), key];
const introduce = (key: TestSigner): Spoken => [
  keyStatement({ key: key.named, state: 'enrolled' }),
  key,
];
const stop = (kind: RevocationPredicate['kind'], key: TestSigner): Spoken => [
  word(kind, key),
  administrator,
];
const enrol = (device: object): Spoken => [
  memberStatement({
    nonce: freshNonce(),
    name: 'Ada',
    roles: ['reviewer'],
    state: 'enrolled',
    ...device,
  }),
  administrator,
];

const isMember = (one: ReplayedStatement): boolean =>
  'why' in one || one.statement.predicateType === predicateTypes.member;

/** The log indexes of the statements that a question needs, and the names that were looked for. */
async function needed(
  question: IdentityQuestion,
  spoken: readonly (Spoken | { readonly id?: string })[],
): Promise<{ readonly indexes: readonly number[]; readonly names: readonly string[] }> {
  const words = spoken.map((one, logIndex): ReplayedStatement => {
    const at = { logIndex, digest: digestOf(`statement ${logIndex}`) };
    return 'length' in one
      ? { ...at, statement: one[0], signer: one[1].keyId }
      : { ...at, about: one, why: 'nobody can verify the statement' };
  });
  const namesOf = (one: ReplayedStatement): string[] =>
    'why' in one ? namesOfSubject(one.about) : namesIn(one.statement);
  const asked: string[] = [];
  const found = await neededStatements(storyRoot, question, {
    members: words.filter(isMember),
    find: async (names) => {
      asked.push(...names);
      // An index answers in any order.
      return words.filter((one) => namesOf(one).some((name) => names.includes(name))).reverse();
    },
  });
  return { indexes: found.map(({ logIndex }) => logIndex), names: asked };
}
const ids = (...keys: readonly TestSigner[]): Digest[] => keys.map(({ keyId }) => keyId);

describe('a question about nothing but members', () => {
  it.each<[string, Spoken | { readonly id?: string }, readonly string[]]>([
    ['a member with a key', enrol({ key: ada.named }), ids(administrator, ada)],
    ['a member with a passkey', enrol({ passkey: ben.enrolled }), ids(administrator)],
    ['a frozen statement on a key', { id: ada.keyId }, ids(administrator, ada)],
    ['a frozen statement on nobody', {}, ids(administrator)],
  ])('looks for the keys of the root file and for %s', async (_, member, names) => {
    const found = await needed({}, [claim('acme', [author]), member, end(ada), end(author)]);
    expect(found.names).toEqual(names);
    expect(found.indexes).toEqual(names.length === 1 ? [1] : [1, 2]);
  });

  it('needs nothing of a stranger who declares a member’s key as successor', async () => {
    const { indexes } = await needed({}, [
      enrol({ key: ada.named }),
      rotate(stranger, ada),
      end(stranger),
      claim('acme', [ada]),
    ]);
    expect(indexes).toEqual([0, 1]);
  });
});

describe('a question about a scope', () => {
  it('needs the claims of the scope, and the ends of everybody whom the claims name', async () => {
    const { indexes } = await needed({ scopes: [acme] }, [
      claim('acme', [author, partner]),
      claim('other', [author]),
      end(author),
      claim('acme', [partner], helper),
      end(partner),
      end(helper),
      end(stranger),
    ]);
    expect(indexes).toEqual([0, 2, 3, 4, 5]);
  });
});

describe('a question about a key', () => {
  it('needs the key’s statements, and not its scopes', async () => {
    const { indexes } = await needed({ ids: ids(author) }, [
      introduce(author),
      claim('acme', [author]),
      stop('suspended', author),
      end(author),
      end(partner),
    ]);
    expect(indexes).toEqual([0, 2, 3]);
  });
});

describe('a question about the rights of a key', () => {
  it('needs the claims that name the key, and the signers of the claims', async () => {
    const { indexes } = await needed({ rightsOf: ids(author) }, [
      claim('acme', [author, partner], helper),
      claim('acme', [stranger]),
      claim('other', [partner]),
      end(author),
      end(partner),
      end(helper),
      end(stranger),
    ]);
    expect(indexes).toEqual([0, 1, 3, 5, 6]);
  });

  it('needs all later owners, too, where a replaced key’s suspension was lifted', async () => {
    const words = [
      claim('acme', [next, partner]),
      rotate(author, next),
      claim('acme', [helper], stranger),
      end(helper),
      stop('lifted', author),
      claim('other', [helper]),
    ];
    const { indexes } = await needed({ rightsOf: ids(next) }, words);
    expect(indexes).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a question about everybody who may act for a publisher', () => {
  it('needs all owners of the publisher’s scopes, and their ends', async () => {
    const { indexes } = await needed({ behind: ids(author) }, [
      claim('acme', [author, partner]),
      claim('other', [helper]),
      end(partner),
      end(helper),
    ]);
    expect(indexes).toEqual([0, 2]);
  });
});

describe('every question', () => {
  it('looks for each name once', async () => {
    const question = { scopes: [acme, other], ids: ids(author), behind: ids(author, next) };
    const { names } = await needed(question, [
      claim('acme', [author, partner]),
      rotate(author, next),
      claim('other', [next, partner]),
      stop('lifted', author),
      stop('lifted', next),
      end(partner),
    ]);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });
});
