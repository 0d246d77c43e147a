import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import {
  keyStatement,
  predicateTypes,
  type RevocationPredicate,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { people, tellStory } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import {
  acme,
  addressAt,
  chain as chainAll,
  claim,
  late,
  membership,
  other,
  rotate,
  type Spoken,
  word,
} from './spoken.ts';

const { administrator, author, ada, stranger } = people;
const next = testSigner('next key');
const last = testSigner('last key');

/** Ada is a reviewer at index 0, and the author owns @acme at 1; then what is said. */
const chain = (...spoken: Spoken[]): Identities =>
  chainAll([membership('Ada', ada), administrator], [claim([author]), author], ...spoken);
const give = (to: TestSigner, by: TestSigner): Spoken => [claim([to], { previous: 1 }), by];
const owners = (identities: Identities): Digest[] =>
  identities.ownersOf(acme, late).map((one) => ('keyId' in one ? one.keyId : digestOf('somebody')));
const stop = (identities: Identities, { keyId }: TestSigner, scope = acme): string | undefined =>
  identities.stops.stopOn({ ids: [keyId], scope }, late)?.kind;

describe('a word on a publisher, for who installs,', () => {
  const told = async (before: readonly Spoken[], by?: TestSigner): Promise<string[]> => {
    const { input } = await tellStory({
      before: async (log) => {
        for (const [statement, signer] of before) await log.say(statement, signer);
      },
      signer: (one) => (one.predicateType === predicateTypes.publish ? by : undefined),
    });
    const line = { ...input.line, publisher: by?.keyId ?? input.line.publisher };
    const decision = decide({ ...input, line });
    return decision.kind === 'refused'
      ? decision.reasons.map(({ code, message }) => `${code}: ${message}`)
      : [];
  };

  it('is a reason against what the key that followed it published afterwards, and against what its predecessor did', async () => {
    expect(await told([rotate(author, next)], next)).toEqual([]);
    for (const [target, by] of [
      [author, next],
      [next, author],
    ] as const) {
      const reasons = await told(
        [rotate(author, next), [word('revoked', target), administrator]],
        by,
      );
      expect(reasons).toContainEqual(
        expect.stringMatching(/^revoked: the publisher of the version was revoked at log index/),
      );
    }
    expect(await told([rotate(author, next), [word('revoked', author), stranger]], next)).toEqual(
      [],
    );
  });
});

describe('a word on a publisher', () => {
  it.each<[string, Spoken]>([
    ['a key follow it', rotate(author, next)],
    ['the scope change', give(next, author)],
    ['it claim a scope', [scopeStatement({ scope: other, owners: [author.named] }), author]],
  ])('does not let %s', (_, spoken) => {
    const stopped = chain([word('revoked', author), ada], spoken);
    expect(stopped.ignored).toEqual([
      {
        digest: addressAt(3),
        logIndex: 3,
        why: expect.stringContaining('was revoked at log index 2'),
      },
    ]);
    expect(owners(stopped)).toEqual([author.keyId]);
    expect(stopped.ownersOf(other, late)).toEqual([]);
    expect(
      chain([word('suspended', author), ada], [word('lifted', author), ada], spoken).ignored,
    ).toEqual([]);
    expect(
      chain([word('revoked', author), ada], [word('lifted', author), ada], spoken).ignored,
    ).toHaveLength(1);
  });

  it('lets it end its key, and an administrator give the scope to somebody else', () => {
    const end = keyStatement({ key: author.named, state: 'ended' });
    expect(owners(chain([word('revoked', author), ada], [end, author]))).toEqual([]);
    expect(owners(chain([word('revoked', author), ada], give(next, administrator)))).toEqual([
      next.keyId,
    ]);
  });

  it.each<[string, TestSigner]>([
    ['nobody', stranger],
    ['the publisher', author],
  ])('by %s is not heard', (_, by) => {
    const identities = chain([word('revoked', author), by], rotate(author, next));
    expect(identities.ignored).toMatchObject([{ logIndex: 2 }]);
    expect(owners(identities)).toEqual([author.keyId, next.keyId]);
  });

  it('holds for the whole line of keys in the scope where they followed one another, and in no other', () => {
    const claimed: Spoken = [scopeStatement({ scope: other, owners: [last.named] }), last];
    const line: Spoken[] = [rotate(author, next), rotate(next, last), claimed];
    for (const target of [author, next, last]) {
      const identities = chain(...line, [word('revoked', target), ada]);
      for (const key of [author, next, last]) expect(stop(identities, key)).toBe('revoked');
      expect(stop(identities, last, other)).toBe(target === last ? 'revoked' : undefined);
      expect(stop(identities, stranger)).toBe(undefined);
    }
  });

  it('is about what was published by it and by who followed it, not by whom it followed', () => {
    const identities = chain(
      rotate(author, next),
      [word('revoked', next), ada],
      [word('suspended', author), ada],
    );
    const isAbout = (word: TestSigner, by: TestSigner) =>
      identities.stops.isAbout(word.keyId, { ids: [by.keyId], scope: acme });
    expect([isAbout(author, next), isAbout(next, next), isAbout(next, author)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(identities.stops.stopOnPublished({ ids: [author.keyId], scope: acme }, late)?.kind).toBe(
      'suspended',
    );
    expect(
      identities.stops.stopOnPublished({ ids: [next.keyId], scope: acme }, late, next.keyId)?.kind,
    ).toBe('suspended');
  });
});

describe('the stop on a publisher', () => {
  type Kind = RevocationPredicate['kind'];
  const words = (kinds: readonly Kind[], target = author): Spoken[] =>
    kinds.map((kind) => [word(kind, target), ada]);
  const stopOn = (identities: Identities, ...keys: readonly TestSigner[]) =>
    identities.stops.stopOn({ ids: keys.map(({ keyId }) => keyId) }, late);

  it.each<[readonly Kind[], object | undefined]>([
    [['suspended'], { kind: 'suspended', logIndex: 2, reason: 'sells malware' }],
    [['suspended', 'lifted'], undefined],
    [['suspended', 'lifted', 'suspended'], { kind: 'suspended', logIndex: 4 }],
    [['suspended', 'revoked'], { kind: 'revoked', logIndex: 3 }],
    [['revoked', 'lifted'], { kind: 'revoked', logIndex: 2 }],
  ])('after %j', (kinds, expected) => {
    const stopped = stopOn(chain(...words(kinds)), author);
    if (expected === undefined) expect(stopped).toBeUndefined();
    else expect(stopped).toMatchObject(expected);
  });

  it('is a revocation, where one of several identities is revoked', () => {
    const identities = chain(...words(['suspended']), ...words(['revoked'], next));
    for (const keys of [
      [author, next],
      [next, author],
    ])
      expect(stopOn(identities, ...keys)?.kind).toBe('revoked');
    expect(stopOn(identities, author, stranger)?.kind).toBe('suspended');
    expect(stopOn(identities, stranger)).toBeUndefined();
  });

  it('is lifted by another reviewer, not by the publisher, also without a scope', () => {
    const told = (by: TestSigner) =>
      chain([word('suspended', ada), administrator], [word('lifted', ada), by]);
    expect(told(ada).ignored).toMatchObject([
      { logIndex: 3, why: 'nobody lifts their own suspension' },
    ]);
    expect(stopOn(told(ada), ada)?.kind).toBe('suspended');
    expect(stopOn(told(administrator), ada)).toBeUndefined();
  });

  it('is lifted by nobody who owns a scope together with the publisher', () => {
    const shared: Spoken = [
      scopeStatement({ scope: other, owners: [next.named, ada.named] }),
      next,
    ];
    const told = (by: TestSigner) =>
      chain(shared, [word('suspended', next), ada], [word('lifted', next), by]);
    expect(told(ada).ignored).toMatchObject([
      { logIndex: 4, why: 'nobody lifts their own suspension' },
    ]);
    expect(stopOn(told(ada), next)?.kind).toBe('suspended');
    expect(stopOn(told(administrator), next)).toBeUndefined();
  });
});
