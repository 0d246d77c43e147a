/**
 * `skillgate member remove`: ends the keys and passkeys of a member, now or at an earlier log
 * index, and withdraws administrators' votes for an enrolment.
 */

import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import * as v from 'valibot';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseShape, unplaced } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import {
  type MemberPredicate,
  type MemberRole,
  memberRoles,
  memberStatement,
  type PublicKey,
} from '../../skills-index/statement/attestation.ts';
import { predicateShapes } from '../../skills-index/statement/predicate-shapes.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { currentRegistry } from '../registries/refresh.ts';
import {
  lastStatementAnswer,
  membersAnswer,
  pendingAnswer,
} from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { type KeyFile, readPublicKeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, count, joined, printNote, type Safe, safe } from '../terminal/output.ts';

type Listed = v.InferOutput<typeof membersAnswer>['members'][number];

/** A key or passkey to end. */
interface Held {
  readonly roles: readonly MemberRole[];
  readonly what: Pick<MemberPredicate, 'key' | 'passkey'>;
  /** The registry lists no member with this key: only signatures for a pending enrolment end. */
  readonly isVote: boolean;
}

/** Signs one statement for each key and passkey, all with the same end. */
export async function removeMember(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const signer = await signerFor(context, 'administrator');
  const { only } = context.options;
  const held = (await heldBy(context, signer, name)).filter(
    (entry) => only === undefined || only === idOf(entry),
  );
  if (held.length === 0)
    throw new Problem(
      'not-found',
      `No member ${JSON.stringify(name)} has ${only === undefined ? 'a key or passkey' : JSON.stringify(only)}`,
      {
        hint: 'see skillgate member list; if the signatures for an enrolment were never sent, name the key with --public-key FILE',
      },
    );
  await refuseAdministrators(context, name, held);
  const upTo = indexOf(context);
  if (context.options.yes !== true)
    await confirm(context, question(name, held, upTo), name, '--yes');
  const statements: { id: string; digest: string; logIndex: number }[] = [];
  for (const entry of held) {
    const statement = memberStatement({
      registry: await registryIdFor(context),
      name,
      roles: entry.roles,
      ...entry.what,
      state: 'ended',
      previous: await previousOf(context, entry.what),
      nonce: randomUUID(),
      ...(upTo === undefined ? {} : { validUpTo: upTo }),
    });
    const { digest, logIndex } = await postStatement(context, statement, signer);
    statements.push({ id: idOf(entry), digest, logIndex });
  }
  const isMember = held.some(({ isVote }) => !isVote);
  answer(
    context,
    {
      schema: 'skillgate.member-removed/1',
      name,
      ...(upTo === undefined ? {} : { validUpTo: upTo }),
      ended: statements,
    },
    () =>
      isMember
        ? removedText(name, held, upTo)
        : safe`Signatures made until now cannot enrol ${name} any more`,
  );
  if (isMember && upTo === undefined)
    printNote(
      context,
      safe`The approvals of ${name} stay valid. To enrol ${name} again: skillgate member add.`,
    );
  else if (upTo !== undefined)
    printNote(
      context,
      safe`Versions that depend on signatures of ${name} after log index ${upTo} are revoked: skillgate status shows each.`,
    );
  return exitCodes.ok;
}

// The root of trust names these administrators. A statement that ends such a key ends nothing.
async function refuseAdministrators(
  context: CommandContext,
  name: string,
  held: readonly Held[],
): Promise<void> {
  const { root } = await currentRegistry(context, context.registryBase);
  const keys = new Set<string>(root.administrators.map(({ keyId }) => keyId));
  const named = held.find((one) => keys.has(idOf(one)) && one.roles.join() === 'administrator');
  if (named === undefined) return;
  // Whoever lost a laptop must not wait for a new root to end the passkey on it.
  const others = held
    .filter((one) => one !== named)
    .map((one) => `skillgate member remove ${shellWord(name)} --only ${shellWord(idOf(one))}`);
  const atOnce = others.length === 0 ? '' : ` The others end at once: ${others.join('; ')}`;
  throw new Problem(
    'forbidden',
    `Cannot remove ${JSON.stringify(name)}: the root of trust names this administrator, so only a new root ends the key`,
    {
      hint: `On the registry’s machine: skillgate registry rotate propose DIR --remove ${idOf(named)}. A new administrator is added in the same step with --add-administrator FILE.${atOnce}`,
    },
  );
}

function removedText(name: string, held: readonly Held[], upTo: number | undefined): Safe {
  const ended = count(held.length, 'key or passkey', 'keys and passkeys');
  return safe`${name} is no longer a member: ${ended} ended${upTo === undefined ? '' : safe` for everything after log index ${upTo}`}`;
}

function idOf({ what: { key, passkey } }: Held): string {
  return key?.keyId ?? passkey?.credentialId ?? '';
}

async function heldBy(context: CommandContext, signer: KeyFile, name: string): Promise<Held[]> {
  const file = context.options['public-key'];
  if (typeof file === 'string') {
    const { keyId, spki } = await readPublicKeyFile(resolve(context.cwd, file));
    return [{ roles: memberRoles, what: { key: { keyId, spki } }, isVote: true }];
  }
  const { members, votes } = await readMembers(context, signer);
  const enrolled = members.filter((member) => member.name === name).map(heldOf);
  const ids = new Set(enrolled.map(idOf));
  const waiting = new Map<string, Held>();
  for (const { change } of votes) {
    const voted = parseVote(change);
    const one: Held = { roles: voted.roles, what: votedFor(voted), isVote: true };
    if (voted.name === name && !ids.has(idOf(one))) waiting.set(idOf(one), one);
  }
  return [...enrolled, ...waiting.values()];
}

// The registry's information only selects the key to end, by its id.
function heldOf({ name, roles: said, keyId, spki, credentialId, passkey }: Listed): Held {
  const roles = memberRoles.filter((role) => said.includes(role));
  if (keyId !== null && spki !== null)
    return { roles, what: { key: { keyId, spki } }, isVote: false };
  if (credentialId === null || passkey === null)
    throw new Problem('registry-answer-invalid', `The registry lists no key or passkey of ${name}`);
  const { publicKey, rpId, origin } = passkey;
  return { roles, what: { passkey: { credentialId, publicKey, rpId, origin } }, isVote: false };
}

function votedFor({ key, passkey }: MemberPredicate): Held['what'] {
  if (key !== undefined) return { key };
  return passkey === undefined ? {} : { passkey };
}

function question(name: string, held: readonly Held[], upTo: number | undefined): Safe {
  const lines = (some: readonly Held[]): Safe[] =>
    some.map((one) => safe`  ${one.what.passkey === undefined ? '' : 'passkey '}${idOf(one)}`);
  const enrolled = held.filter(({ isVote }) => !isVote);
  const voted = held.filter(({ isVote }) => isVote);
  const ends = [
    safe`${name} (${joined(enrolled[0]?.roles ?? [], ', ')}) will no longer be able to sign with:`,
    ...lines(enrolled),
    upTo === undefined
      ? safe`Their approvals until now stay valid. They can be enrolled again.`
      : safe`Their signatures after log index ${upTo} no longer count: versions that depend on them are revoked everywhere, for ever.`,
  ];
  const withdraws = [
    safe`Signatures of administrators made until now cannot enrol ${name} with:`,
    ...lines(voted),
  ];
  return joined(
    [...(enrolled.length === 0 ? [] : ends), ...(voted.length === 0 ? [] : withdraws)],
    '\n',
  );
}

function indexOf({ options }: CommandContext): number | undefined {
  const given = options['valid-up-to'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^\d{1,15}$/.test(given)) return Number(given);
  throw new Problem('usage', `--valid-up-to must be a log index, not ${JSON.stringify(given)}`);
}

// The previous statement about a member's key or passkey, which a new statement must name.

/**
 * The registry supplies this value but cannot misuse it: a statement that names a wrong previous
 * one does not count, and nobody can predict the digest of an unsigned statement.
 * @param who the key or passkey
 */
export async function previousOf(
  world: RegistryWorld,
  { key, passkey }: Pick<MemberPredicate, 'key' | 'passkey'>,
): Promise<NonNullable<MemberPredicate['previous']>> {
  const id = key?.keyId ?? passkey?.credentialId ?? '';
  const { statement } = await askRegistry(
    world,
    `/api/v1/members/last/${encodeURIComponent(id)}`,
    lastStatementAnswer,
  );
  return statement ?? 'none';
}

// Reads the members of a registry, and the passkeys that wait to be enrolled.

/** The members with the votes on enrolments, as the registry lists them to a member. */
export function readMembers(
  context: CommandContext,
  signer: KeyFile,
): Promise<v.InferOutput<typeof membersAnswer>> {
  return withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members', membersAnswer, { token }),
  );
}

/** The passkeys, and the keys of invited people, that wait for an administrator. */
export function readPending(
  context: CommandContext,
  signer: KeyFile,
): Promise<v.InferOutput<typeof pendingAnswer>> {
  return withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members/pending', pendingAnswer, { token }),
  );
}

// Enrolments that need several administrators. Each signs the same statement and types the same
// command.

type Votes = Pick<v.InferOutput<typeof membersAnswer>, 'votes' | 'votesNeeded'>;
type MemberVotes = Votes['votes'];

/**
 * The enrolment that an administrator signs. Only the nonce of earlier signatures comes from the
 * registry.
 */
export type Enrolment = Omit<MemberPredicate, 'nonce'>;

interface Ballot {
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
function lineFor({ name, roles, key, passkey, identities }: Enrolment): string {
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
function parseVote(change: unknown): MemberPredicate {
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
