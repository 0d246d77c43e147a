/**
 * Enrolments that more than one administrator has to sign: each of them signs the same statement,
 * and types the same line for it.
 */
import * as v from 'valibot';
import { canonicalJson } from '../../skills-index/skill/canonical-json.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape, unplaced } from '../../skills-index/skill/shape.ts';
import type { MemberPredicate, PublicKey } from '../../skills-index/statement/attestation.ts';
import { predicateShapes } from '../../skills-index/statement/predicate-shapes.ts';
import type { membersAnswer } from '../registries/registry-answers.ts';
import { joined, type Safe, safe } from '../terminal/output.ts';

type Votes = Pick<v.InferOutput<typeof membersAnswer>, 'votes' | 'votesNeeded'>;
type MemberVotes = Votes['votes'];

/**
 * What an administrator means to sign; only the nonce of those who signed before is taken from the
 * registry.
 */
export type Enrolment = Omit<MemberPredicate, 'nonce'>;

export interface Ballot {
  readonly nonce: string;
  /** With the signature that is to be given. */
  readonly signed: number;
  readonly needed: number;
}

const withNonce = v.looseObject({ nonce: v.string() });

/**
 * The vote that a signature adds to; the first one where nobody has signed the very same.
 * @throws Problem `statement-replayed` when this key has signed it already
 */
export function ballotFor(
  enrolment: Enrolment,
  keyId: string,
  { votes, votesNeeded }: Votes,
  fresh: () => string,
): Ballot {
  const wanted = canonicalJson(enrolment);
  for (const { change, by } of votes) {
    const read = v.safeParse(withNonce, change);
    if (!read.success) continue;
    const { nonce, ...said } = read.output;
    if (canonicalJson(said) !== wanted) continue;
    if (!by.includes(keyId)) return { nonce, signed: by.length + 1, needed: votesNeeded };
    throw new Problem(
      'statement-replayed',
      `You have already signed this enrolment (${by.length} of ${votesNeeded})`,
      {
        hint: `another administrator of the root file runs: ${lineFor(enrolment)}`,
      },
    );
  }
  return { nonce: fresh(), signed: 1, needed: votesNeeded };
}

/** What the next administrator types. */
export function lineFor({ name, roles, key, passkey, identities }: Enrolment): string {
  const who =
    key === undefined
      ? `--passkey=${passkey?.credentialId ?? 'ID'} --passkey-key=sha256:…`
      : `--public-key ${key.keyId}`;
  const known = (identities ?? []).map((one) =>
    'subject' in one ? ` --identity ${one.issuer} ${word(one.subject)}` : '',
  );
  const nobody = identities?.length === 0 ? ' --no-identity' : '';
  return `skillgate member add ${word(name)} --role ${roles.join(',')} ${who}${known.join('')}${nobody}`;
}

/** What stands in a vote that waits, for whoever is to type it too. */
export function pendingLine(change: unknown): { readonly name: string; readonly line: string } {
  const { nonce: _, ...enrolment } = parseVote(change);
  return { name: enrolment.name, line: lineFor(enrolment) };
}

/**
 * A key that a vote names, by the id that a person typed: the id is the digest of the key, so
 * nobody can give another one.
 */
export function keyInVotes(votes: MemberVotes, keyId: Digest): PublicKey | undefined {
  return votes.map(({ change }) => parseVote(change).key).find((key) => key?.keyId === keyId);
}

/** @throws Problem `registry-answer-invalid` */
export function parseVote(change: unknown): MemberPredicate {
  return parseShape(
    predicateShapes.member,
    unplaced(change, 'vote'),
    'registry-answer-invalid',
    'the vote',
  );
}

/** For a person, after a vote that does not suffice. */
export function nextVoteText(enrolment: Enrolment, { signed, needed }: Ballot): Safe {
  return joined(
    [
      safe`${signed} of ${needed} administrators have signed; nothing has changed yet. Another administrator of the root file runs:`,
      safe`  ${lineFor(enrolment)}`,
    ],
    '\n',
  );
}

function word(text: string): string {
  return /^[\w@.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
