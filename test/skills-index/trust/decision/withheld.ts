/** Stories in which a registry withholds statements, and the words of such stories. */
import { parseScope } from '../../../../skills-index/skill/name.ts';
import {
  type Identity,
  keyStatement,
  type MemberPredicate,
  memberStatement,
  predicateTypes,
  type RevocationPredicate,
  revocationStatement,
  type Statement,
  scopeStatement,
} from '../../../../skills-index/statement/attestation.ts';
import { type Decision, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { freshNonce } from '../../../nonce.ts';
import { people, type Story, type Twist, tellStory } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';
import type { TestLog } from '../../story-log.ts';
import { wordsOf } from '../../story-proofs.ts';

export const { administrator, author, ada, ben, stranger } = people;
export const [friend, next, dora] = ['friend', 'next', 'dora'].map(testSigner) as [
  TestSigner,
  TestSigner,
  TestSigner,
];
export const kim = { issuer: 'https://accounts.example', subject: 'kim@people.example' };

export const claim = (scope: string, owners: readonly TestSigner[]): Statement =>
  scopeStatement({ scope: parseScope(scope), owners: owners.map(({ named }) => named) });
/** Changes the owners and publishers of a scope; of the story’s scope by default. */
export function change(
  log: TestLog,
  owners: readonly Identity[],
  { publishers, scope = 'acme' }: { publishers?: readonly Identity[]; scope?: string } = {},
): Statement {
  const last = log.said.findLast(
    ({ statement }) =>
      statement.predicateType === predicateTypes.scope && statement.predicate.scope === scope,
  );
  return scopeStatement({
    scope: parseScope(scope),
    owners,
    ...(publishers === undefined ? {} : { publishers }),
    ...(last === undefined ? {} : { previous: last.digest }),
  });
}
export const enrol = (name: string, more: Partial<MemberPredicate>): Statement =>
  memberStatement({
    nonce: freshNonce(),
    name,
    roles: ['reviewer'],
    state: 'enrolled',
    identities: [],
    ...more,
  });
export const end = (name: string, more: Partial<MemberPredicate>): Statement =>
  memberStatement({ nonce: freshNonce(), name, roles: ['reviewer'], state: 'ended', ...more });
export const stop = (kind: RevocationPredicate['kind'], more: Partial<RevocationPredicate> = {}) =>
  revocationStatement({
    nonce: freshNonce(),
    kind,
    target: { publisher: author.keyId },
    reason: 'a test',
    ...more,
  });
export const succeed = (from: TestSigner, to: TestSigner): Statement =>
  keyStatement({ key: to.named, state: 'enrolled', replaces: from.keyId });
export const publishedBy = (by: TestSigner) => ({
  publish: (log: TestLog, statement: Statement) => log.say(statement, by),
});

type Tell = (log: TestLog) => Promise<unknown>;

export interface Attack {
  /** What the log says before the publication. */
  readonly before: Tell;
  /** Says what the registry withholds. */
  readonly hidden: Tell;
  /** What the log says after that, still before the publication. */
  readonly after?: Tell;
  readonly twist?: Twist;
}

export const none: ReadonlySet<number> = new Set();
export const nothing: Tell = async () => undefined;

export async function storyOf({ before, hidden, after = nothing, twist }: Attack) {
  const secret = new Set<number>();
  const story = await tellStory({
    ...twist,
    before: async (log) => {
      await before(log);
      const from = log.said.length;
      await hidden(log);
      for (let index = from; index < log.said.length; index++) secret.add(index);
      await after(log);
    },
  });
  return { story, secret };
}

/** Decides on the statements that are not withheld; `isProven` with the proofs of the log’s map. */
export function judged(
  { input, line, log }: Story,
  withheld: ReadonlySet<number>,
  isProven: boolean,
) {
  const statements = log.said
    .filter(({ logIndex }) => !withheld.has(logIndex))
    .map(({ digest }) => digest);
  return decide({
    ...input,
    line: { ...line, statements },
    ...(isProven ? { nameProofs: wordsOf(log.said, line) } : {}),
  });
}

export const codesOf = (decision: Decision): string[] =>
  decision.kind === 'refused' ? [...new Set(decision.reasons.map(({ code }) => code))] : [];

export const say =
  (statement: Statement | ((log: TestLog) => Statement), signer: TestSigner): Tell =>
  (log) =>
    log.say(typeof statement === 'function' ? statement(log) : statement, signer);
export const all =
  (...tells: readonly Tell[]): Tell =>
  async (log) => {
    for (const tell of tells) await tell(log);
  };
