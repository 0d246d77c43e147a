/**
 * Random histories: whoever has the statements under the names on which a version rests decides as
 * whoever has all statements, and notices when one of them is missing.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../skills-index/skill/digest.ts';
import { predicateTypes, type Statement } from '../../../../skills-index/statement/attestation.ts';
import { identityId } from '../../../../skills-index/statement/identity-id.ts';
import {
  activeStop,
  type LoggedRevocation,
} from '../../../../skills-index/trust/decision/active-stop.ts';
import type { Evidence } from '../../../../skills-index/trust/decision/evidence.ts';
import { judgeNameProofs } from '../../../../skills-index/trust/decision/one-log.ts';
import { Reasons } from '../../../../skills-index/trust/decision/reason.ts';
import { whyAuthor } from '../../../../skills-index/trust/members-and-scopes/authors.ts';
import type {
  Identities,
  LoggedStatement,
} from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import {
  mapNames,
  mapNamesOfSubject,
} from '../../../../skills-index/trust/members-and-scopes/map-names.ts';
import {
  namesRestedOn,
  type RestingVersion,
} from '../../../../skills-index/trust/members-and-scopes/names-rested-on.ts';
import type { ReplayedStatement } from '../../../../skills-index/trust/members-and-scopes/needed-statements.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { roundsOf } from '../../../sample.ts';
import { wordsOf } from '../../story-proofs.ts';
import { chainWords, histories } from '../members-and-scopes/histories.ts';
import {
  historyBundle,
  historyIdentities,
  historyKeys,
  historyNames,
  historyPasskeys,
  historyScopes,
  historyVersion,
} from '../members-and-scopes/history-people.ts';

const late = 1_000_000;

interface Case {
  readonly root: RootFile;
  readonly words: readonly ReplayedStatement[];
  readonly version: RestingVersion;
  readonly approvers: readonly (typeof historyKeys)[number][];
  readonly passkeys: readonly (typeof historyPasskeys)[number][];
  /** The publication and the approvals. */
  readonly about: readonly LoggedStatement[];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    history: histories(40),
    name: fc.constantFrom(...historyNames),
    publisher: fc.constantFrom(...historyIdentities),
    approvers: fc.subarray(historyKeys, { maxLength: 3 }),
    passkeys: fc.subarray(historyPasskeys, { maxLength: 1 }),
  })
  .map(({ history: { root, words }, name, publisher, approvers, passkeys }) => {
    const id = identityId(publisher);
    const version = { name, version: historyVersion, bundle: historyBundle, publisher: id };
    const statement = { predicateType: predicateTypes.publish } as Statement;
    const byPasskey = passkeys.map(({ enrolled: { credentialId } }) => ({
      predicateType: predicateTypes.approval,
      predicate: { reviewer: { credentialId } },
    }));
    const about = [
      ...[id, ...approvers.map(({ keyId }) => keyId)].map((signer) => ({ signer, statement })),
      ...byPasskey.map((one) => ({ signer: id, statement: one as Statement })),
    ].map((one, nth) => ({ ...one, logIndex: words.length + nth, digest: historyBundle }));
    return { root, words, version, approvers, passkeys, about };
  });

const isLogged = (one: ReplayedStatement): one is LoggedStatement => !('why' in one);

/** The statements on which the version rests, and the others. */
function divided({
  words,
  version,
  about,
}: Case): Record<'needed' | 'others', ReplayedStatement[]> {
  const names = namesRestedOn(version, [...about, ...words.filter(isLogged)]);
  const isNeeded = (one: ReplayedStatement): boolean =>
    (isLogged(one) ? mapNames(one.statement) : mapNamesOfSubject(one.about)).some(
      (name) => one.logIndex < (names.get(name) ?? -1),
    );
  return {
    needed: words.filter(isNeeded),
    others: words.filter((one) => !isNeeded(one)),
  };
}

const scopeIn = ({ version }: Case) => historyScopes[historyNames.indexOf(version.name)] as never;

/** What a decision at a log index asks of the identities and revocations. */
function answers(
  one: Case,
  chain: Identities,
  words: readonly ReplayedStatement[],
  at: number,
): unknown {
  const { root, version, approvers, passkeys } = one;
  const scope = scopeIn(one);
  const { publisher } = version;
  const isRevocation = (word: LoggedStatement): word is LoggedRevocation =>
    word.statement.predicateType === predicateTypes.revocation;
  const context = { root, identities: chain, version };
  return {
    first: chain.firstClaimOf(scope),
    publishers: chain.publishersOf(scope, at),
    stopped: chain.stops.stopWhenPublished({ ids: [publisher], scope }, at),
    active: activeStop(
      { ...context, publish: { signer: publisher, logIndex: at } },
      words.filter(isLogged).filter(isRevocation),
    ),
    reviewers: approvers.map(({ keyId }) => [
      chain.memberOf(keyId, at),
      chain.isMember(keyId, 'scanner', at),
      chain.isMember(keyId, 'administrator', at),
      [
        [at, late],
        [2, at],
      ].map(([logIndex = 0, then = 0]) =>
        [{}, { member: 'ada' }, { member: 'ben' }].map((named) =>
          whyAuthor(
            chain,
            { scope, signer: publisher, logIndex },
            { keyId, ...named, enrolled: chain.memberOf(keyId, then) },
            then,
          ),
        ),
      ),
    ]),
    passkeys: passkeys.map(({ enrolled }) => chain.passkeyOf(enrolled.credentialId, at)),
  };
}

function expectSame(one: Case, shown: readonly ReplayedStatement[]): void {
  const some = chainWords(one.root, shown);
  const all = chainWords(one.root, one.words);
  for (const at of [...one.words.keys(), one.words.length, late])
    expect(answers(one, some, shown, at)).toEqual(answers(one, all, one.words, at));
  const pins = pinnable(one).filter((keyId) => some.follows(one.version.publisher, keyId));
  expect(pins.filter((keyId) => !all.follows(one.version.publisher, keyId))).toEqual([]);
}

/**
 * The keys that an installer may have pinned as the publisher of an earlier version: those that a
 * claim of the scope ever named, and their successors.
 */
function pinnable(one: Case): Digest[] {
  const pins = new Set<Digest>();
  for (const { statement } of one.words.filter(isLogged)) {
    if (statement.predicateType === predicateTypes.scope) {
      const { scope, owners, publishers = [] } = statement.predicate;
      if (scope === scopeIn(one))
        for (const named of [...owners, ...publishers]) pins.add(identityId(named));
    }
    if (
      statement.predicateType === predicateTypes.key &&
      pins.has(statement.predicate.replaces as Digest)
    )
      pins.add(statement.predicate.key.keyId);
  }
  return [...pins];
}

/** The reasons of a host with these statements and the proofs of the whole log. */
function reasonsOf({ words, version, about }: Case, shown: readonly ReplayedStatement[]): string[] {
  const logged = [...words.filter(isLogged), ...about];
  const proofs = wordsOf(logged, version);
  const reasons = new Reasons();
  const head = { origin: '', size: late, root: proofs.map, map: proofs.map };
  const evidence: Pick<Evidence, 'heads' | 'known'> & object = {
    heads: [head],
    input: { nameProofs: proofs, line: version },
    statements: [...shown.filter(isLogged), ...about],
    known: [],
  } as never;
  judgeNameProofs(evidence as Evidence, reasons);
  return [...new Set(reasons.list.map(({ code }) => code))];
}

describe('the statements on which a version rests', () => {
  it('decide so beside any others, and nobody asks for the others', () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.boolean()), (given, isShown) => {
        const one = { ...given, words: given.words.filter(isLogged) };
        const { needed, others } = divided(one);
        const shown = [...needed, ...others.filter(() => isShown.next().value === true)];
        expect(reasonsOf(one, shown)).toEqual([]);
        expectSame(one, shown);
      }),
      { numRuns: roundsOf(60) },
    );
  });

  it('are missed one by one, and several together', () => {
    fc.assert(
      fc.property(cases, fc.infiniteStream(fc.boolean()), (given, isHidden) => {
        const one = { ...given, words: given.words.filter(isLogged) };
        const { needed } = divided(one);
        for (const left of needed)
          expect(
            reasonsOf(
              one,
              needed.filter((word) => word !== left),
            ),
          ).toContain('statements-withheld');
        const some = needed.filter(() => isHidden.next().value !== true);
        if (some.length < needed.length)
          expect(reasonsOf(one, some)).toContain('statements-withheld');
      }),
      { numRuns: roundsOf(40) },
    );
  });
});
