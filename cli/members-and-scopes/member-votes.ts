/**
 * Enrolments that need several administrators. Each signs the same statement and types the same
 * command.
 */
import * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape, unplaced } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { MemberPredicate, PublicKey } from '../../skills-index/statement/attestation.ts';
import { predicateShapes } from '../../skills-index/statement/predicate-shapes.ts';
import type { membersAnswer } from '../registries/registry-answers.ts';
import { joined, type Safe, safe } from '../terminal/output.ts';

type Votes = Pick<v.InferOutput<typeof membersAnswer>, 'votes' | 'votesNeeded'>;
type MemberVotes = Votes['votes'];

/**
 * The enrolment that an administrator signs. Only the nonce of earlier signatures comes from the
 * registry.
 */
export type Enrolment = Omit<MemberPredicate, 'nonce'>;

export interface Ballot {
  readonly nonce: string;
  /** Number of signatures, including the new one. */
  readonly signed: number;
  readonly needed: number;
}

const withNonce = v.looseObject({ nonce: v.string() });

/**
 * The vote that a signature joins; a new one if nobody has signed the same enrolment.
 * @throws Problem `statement-replayed` when this key has already signed it
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

/** The command for the next administrator. */
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

/** A pending vote as a command for another administrator. */
export function pendingLine(change: unknown): { readonly name: string; readonly line: string } {
  const { nonce: _, ...enrolment } = parseVote(change);
  return { name: enrolment.name, line: lineFor(enrolment) };
}

/**
 * The key that a vote names, by the id that a person typed. The id is the digest of the key, so
 * nobody can substitute another key.
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

/** The note after a vote that still needs signatures. */
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
