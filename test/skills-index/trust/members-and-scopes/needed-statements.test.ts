import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  keyStatement,
  memberStatement,
  predicateTypes,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import { whyAuthor } from '../../../../skills-index/trust/members-and-scopes/authors.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { idsOf } from '../../../../skills-index/trust/members-and-scopes/match.ts';
import type {
  IdentityQuestion,
  ReplayedStatement,
} from '../../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import { isBehind } from '../../../../skills-index/trust/members-and-scopes/scope-owners.ts';
import { chainWords, type History, histories, neededOf } from './histories.ts';
import {
  admins,
  historyIdentities,
  historyKeys,
  historyPasskeys,
  historyRoot,
  historyScopes,
} from './history-people.ts';

const late = 1_000_000;
const ids = historyIdentities.map(identityId);
const keys = historyKeys.map(({ keyId }) => keyId);

/** The chain of the statements that a question needs. */
async function asked(history: History, question: IdentityQuestion): Promise<Identities> {
  return chainWords(history.root, await neededOf(history, question));
}

/** Everything that a chain says about members. */
function membersIn(chain: Identities, at: number): unknown {
  return {
    roles: keys.map((key) =>
      (['reviewer', 'administrator', 'scanner'] as const).map((role) =>
        chain.isMember(key, role, at),
      ),
    ),
    members: keys.map((key) => chain.memberOf(key, at)),
    passkeys: historyPasskeys.map(({ enrolled }) => chain.passkeyOf(enrolled.credentialId, at)),
    keysOf: ['ada', 'ben', 'cleo'].map((name) => [
      chain.keysOf(name, at),
      chain.passkeysOf(name, at),
    ]),
    names: ids.map((id) => [...chain.namesOf(id)]),
    last: keys.map((key) => chain.memberStatementOf(key, at)),
    votes: chain.memberVotes.pending(),
  };
}

/** The statement that a question is about: whether it counts, as intake asks. */
function questionOf(one: ReplayedStatement): IdentityQuestion {
  if ('why' in one) return {};
  const { statement } = one;
  switch (statement.predicateType) {
    case predicateTypes.scope:
      return { scopes: [statement.predicate.scope], ids: idsOf(one) };
    case predicateTypes.key: {
      const { key, replaces } = statement.predicate;
      return { ids: [one.signer, key.keyId, ...(replaces === undefined ? [] : [replaces])] };
    }
    case predicateTypes.revocation:
      return 'publisher' in statement.predicate.target
        ? { ids: [statement.predicate.target.publisher] }
        : {};
    default:
      return {};
  }
}

const whyIgnored = (chain: Identities, logIndex: number): string | undefined =>
  chain.ignored.find((one) => one.logIndex === logIndex)?.why;

type Named = (typeof historyKeys)[number]['named'];

const enrolled = (key: Named): Statement =>
  memberStatement({
    nonce: 'a'.repeat(22),
    name: 'ada',
    roles: ['reviewer'],
    key,
    state: 'enrolled',
  });

/** A key with scopes, and the line of keys that replaced the key. */
function longLine(keyCount: number, scopeCount: number): LoggedStatement[] {
  const key = (n: number) => ({ keyId: digestOf(`line ${n}`), spki: 'AAAA' });
  const said: (readonly [Statement, number])[] = [];
  for (let n = 0; n < scopeCount; n++)
    said.push([scopeStatement({ scope: parseScope(`scope-${n}`), owners: [key(0)] }), 0]);
  for (let n = 0; n < keyCount; n++)
    said.push([keyStatement({ key: key(n + 1), state: 'enrolled', replaces: key(n).keyId }), n]);
  return said.map(([statement, by], logIndex) => ({
    statement,
    signer: key(by).keyId,
    logIndex,
    digest: digestOf(`said ${logIndex}`),
  }));
}

describe('a line of keys that a stranger makes longer and longer', () => {
  it('is selected without a look at all earlier statements for each key', async () => {
    let looks = 0;
    const words = longLine(300, 2).map(({ statement, ...rest }) => ({
      ...rest,
      get statement(): Statement {
        looks += 1;
        return statement;
      },
    }));
    const history = { root: historyRoot(1), words, members: [] };
    const found = await neededOf(history, { scopes: [parseScope('scope-0')] });
    expect(found).toHaveLength(301);
    expect(looks).toBeLessThan(20 * words.length);
  });

  it('is chained in a time that grows with its length alone', () => {
    const words = longLine(2_000, 10);
    const started = process.cpuUsage();
    const { ignored } = chainWords(historyRoot(1), words);
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
    expect(ignored).toEqual([]);
  });
});

describe('the statements that a question needs', () => {
  const everyIndex = (words: readonly unknown[]): number[] => [...words.keys(), words.length, late];

  it('tell of members what all statements tell', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), async (history) => {
        const whole = chainWords(history.root, history.words);
        const few = await asked(history, {});
        for (const at of everyIndex(history.words))
          expect(membersIn(few, at)).toEqual(membersIn(whole, at));
      }),
      { numRuns: 60 },
    );
  });

  it('tell who named the successor of a member’s key before: then it is none, and ends nothing', async () => {
    const [member, known] = historyKeys.slice(-2).map(({ named }) => named) as [Named, Named];
    const said = [
      [scopeStatement({ scope: historyScopes[0] as never, owners: [known] }), known],
      [enrolled(member), admins[0]?.named],
      [keyStatement({ key: known, state: 'enrolled', replaces: member.keyId }), member],
      [keyStatement({ key: member, state: 'ended' }), known],
    ] as const;
    const words = said.map(([statement, by], logIndex) => ({
      statement,
      signer: (by as Named).keyId,
      logIndex,
      digest: digestOf(`said ${logIndex}`),
    }));
    const history = { root: historyRoot(1), words, members: words.slice(1, 2) };
    const few = await asked(history, {});
    expect(few.memberOf(member.keyId, late)).toMatchObject({ name: 'ada' });
    expect(membersIn(few, late)).toEqual(membersIn(chainWords(history.root, words), late));
  });

  it('tell of a scope what all statements tell', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), fc.constantFrom(...ids), async (history, id) => {
        const whole = chainWords(history.root, history.words);
        for (const scope of historyScopes) {
          const few = await asked(history, { scopes: [scope], ids: [id] });
          const about = (chain: Identities) => ({
            first: chain.firstClaimOf(scope),
            votes: chain.scopeVotes.pendingOn(scope),
            line: [...chain.lineOf(scope, [id])].sort(),
            moments: everyIndex(history.words).map((at) => [
              chain.ownersOf(scope, at),
              chain.publishersOf(scope, at),
              chain.scopeStatementOf(scope, at),
              chain.whyFrozen(scope, at),
              chain.stops.stopOn({ ids: [id], scope }, at),
              chain.stops.stopWhenPublished({ ids: [id], scope }, at),
              chain.stops.stopOnPublished({ ids: [id], scope }, at),
              ids.map((stopped) => chain.stops.isAbout(stopped, { ids: [id], scope })),
              keys.map((keyId) =>
                whyAuthor(
                  chain,
                  { scope, signer: id, logIndex: at },
                  { keyId, enrolled: chain.memberOf(keyId, at) },
                  late,
                ),
              ),
            ]),
          });
          expect(about(few)).toEqual(about(whole));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('tell of a key or identity what all statements tell', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), fc.constantFrom(...ids), async (history, id) => {
        const whole = chainWords(history.root, history.words);
        const { words } = history;
        const compare = async (
          question: IdentityQuestion,
          about: (chain: Identities, at: number) => unknown,
        ): Promise<void> => {
          const few = await asked(history, question);
          for (const at of everyIndex(words)) expect(about(few, at)).toEqual(about(whole, at));
        };
        await compare({ ids: [id] }, (chain, at) => [
          chain.stops.stopOn({ ids: [id] }, at),
          [...chain.stops.heirsOf(id)].sort(),
        ]);
        await compare({ rightsOf: [id] }, (chain, at) => [
          [...chain.scopesOf(id, at)].sort(),
          chain.keyOf(id),
        ]);
        await compare({ behind: [id] }, (chain, at) =>
          keys.map((keyId) => isBehind(chain, id, keyId as Digest, at)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('tell whether a statement counts, and why not', async () => {
    await fc.assert(
      fc.asyncProperty(histories(40), async (history) => {
        const whole = chainWords(history.root, history.words);
        for (const word of history.words) {
          const few = await asked(history, questionOf(word));
          expect(whyIgnored(few, word.logIndex)).toBe(whyIgnored(whole, word.logIndex));
        }
      }),
      { numRuns: 40 },
    );
  });
});
