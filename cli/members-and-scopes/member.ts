import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { digestOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type Identity,
  type MemberPredicate,
  type MemberRole,
  memberRoles,
  memberStatement,
} from '../../skills-index/statement/attestation.ts';
import { printIdentity } from '../../skills-index/statement/identity-id.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { coseToSpki } from '../../skills-index/trust/signatures/passkey.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { currentRegistry } from '../registries/refresh.ts';
import { statementAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { signWithKey } from '../signing/bundle-builder.ts';
import { type KeyFile, readPublicKeyFile } from '../signing/key-file.ts';
import { publicKeyById } from '../signing/logged-key.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, inkFor, joined, printNote, safe, table } from '../terminal/output.ts';
import { peopleIn } from '../terminal/person-option.ts';
import {
  ballotFor,
  type Enrolment,
  keyInVotes,
  nextVoteText,
  pendingLine,
  previousOf,
  readMembers,
  readPending,
} from './member-remove.ts';

/** `skillgate member add|list|remove`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'member add':
      return add(context);
    case 'member remove':
      return (await import('./member-remove.ts')).removeMember(context);
    default:
      return list(context);
  }
}

async function add(context: CommandContext): Promise<ExitCode> {
  const name = context.args[0] ?? '';
  const roles = rolesOf(context.options.role);
  const signer = await signerFor(context, 'administrator');
  return enrol(context, {
    name,
    roles,
    who: await readMemberKey(context, { name, signer }),
    signer,
  });
}

/**
 * Signs that a key or passkey belongs to a member.
 * @throws Problem `forbidden` unless the signer is an administrator
 */
export async function enrol(
  context: CommandContext,
  {
    name,
    roles,
    who,
    signer,
  }: {
    readonly name: string;
    readonly roles: readonly MemberRole[];
    readonly who: Pick<MemberPredicate, 'key' | 'passkey'>;
    readonly signer: KeyFile;
  },
): Promise<ExitCode> {
  const identities = identitiesOf(context);
  const { policy, root } = await currentRegistry(context, context.registryBase);
  // The trusted root file decides how many administrators must sign, not the registry.
  const { members, votes } = await readMembers(context, signer);
  const asked = { name, roles, ...who, ...(identities === undefined ? {} : { identities }) };
  if (members.some((member) => isSameMember(member, asked))) {
    answer(
      context,
      { schema: 'skillgate.member-added/1', ...asked, done: true },
      () => safe`${name} is ${joined(roles, ', ')} by this key already; nothing was changed`,
    );
    return exitCodes.ok;
  }
  const previous = await previousOf(context, who);
  const enrolment: Enrolment = {
    registry: registryIdOf(root),
    ...asked,
    state: 'enrolled',
    previous,
  };
  const ballot = ballotFor(
    enrolment,
    signer.keyId,
    { votes, votesNeeded: root.threshold },
    randomUUID,
  );
  const envelope = await signWithKey(
    memberStatement({ ...enrolment, nonce: ballot.nonce }),
    signer,
  );
  const { digest, logIndex } = await askRegistry(context, '/api/v1/statements', statementAnswer, {
    json: envelope,
    signedBy: signer.keyId,
  }).catch((cause: unknown) => {
    if (!(cause instanceof Problem) || cause.code !== 'forbidden') throw cause;
    const { message, reasons } = cause;
    throw new Problem('forbidden', message, {
      reasons,
      hint: 'skillgate member list shows whose each key is. A key belongs to one person, and only an administrator can enrol it',
    });
  });
  const by = who.key?.keyId ?? `passkey ${who.passkey?.credentialId}`;
  answer(
    context,
    {
      schema: 'skillgate.member-added/1',
      ...asked,
      statement: digest,
      logIndex,
      done: ballot.signed >= ballot.needed,
      votes: { signed: ballot.signed, needed: ballot.needed },
    },
    () =>
      ballot.signed >= ballot.needed
        ? safe`${name} is ${joined(roles, ', ')} by ${by}, log index ${logIndex}`
        : safe`${name}: ${nextVoteText(enrolment, ballot)}`,
  );
  if (roles.includes('reviewer') && policy.alone === true)
    printNote(
      context,
      safe`Until you start ${asCalled('skillgate up')} again, the policy of one person alone stays in force.`,
    );
  if (roles.includes('reviewer') && identities === undefined)
    printNote(
      context,
      safe`${name} cannot approve in scopes whose owners sign without a key, because the OIDC identity of ${name} is not recorded. Enrol the same key again with --identity ISSUER SUBJECT, or with --no-identity if ${name} has no OIDC identity.`,
    );
  return exitCodes.ok;
}

type ListedMember = Awaited<ReturnType<typeof readMembers>>['members'][number];

// A passkey is never here already: only passkeys that wait can be enrolled.
function isSameMember(
  member: ListedMember,
  { name, roles, key, identities }: Omit<Enrolment, 'registry' | 'state' | 'previous'>,
): boolean {
  const words = (list: readonly string[] | undefined): string => JSON.stringify(list?.toSorted());
  return (
    key !== undefined &&
    member.keyId === key.keyId &&
    member.name === name &&
    words(member.roles) === words(roles) &&
    words(member.identities?.map(printIdentity)) === words(identities?.map(printIdentity))
  );
}

// An empty list must be stated explicitly: the administrator then says that the member is no author
// under another name.
function identitiesOf({ options }: CommandContext): MemberPredicate['identities'] {
  const people = peopleIn(options.identity);
  if (options['no-identity'] !== true) return people.length === 0 ? undefined : people;
  if (people.length > 0)
    throw new Problem(
      'usage',
      'Cannot add a member: --identity and --no-identity contradict each other',
    );
  return [];
}

async function list(context: CommandContext): Promise<ExitCode> {
  const signer = await signerFor(context, 'administrator');
  const { members, votes, votesNeeded } = await readMembers(context, signer);
  const { pending, joining } = await readPending(context, signer);
  const ink = inkFor(context.stdout, context.env);
  answer(
    context,
    { schema: 'skillgate.members/1', members, pending, joining, votes, votesNeeded },
    () =>
      table([
        ...members.map((member) => [
          ink.bold(member.name),
          joined(member.roles, ', '),
          member.keyId ?? `passkey ${member.credentialId ?? ''}`,
          identitiesText(member),
        ]),
        ...pending.map((passkey) => [
          ink.bold(passkey.member),
          ink.yellow('waits'),
          `passkey ${passkey.credentialId}`,
        ]),
        ...joining.map(({ name, key }) => [ink.bold(name), ink.yellow('waits'), key.keyId]),
      ]),
  );
  for (const { change, by } of votes) {
    const { name, line } = pendingLine(change);
    printNote(
      context,
      safe`${name}: ${by.length} of ${votesNeeded} administrators have signed. If you know that this enrolment is right, sign it: ${line}`,
    );
  }
  return exitCodes.ok;
}

function identitiesText({
  identities,
}: {
  readonly identities?: readonly Identity[] | undefined;
}): string {
  if (identities === undefined) return '';
  return identities.length === 0 ? 'no OIDC identity' : identities.map(printIdentity).join(', ');
}

function rolesOf(option: unknown): MemberRole[] {
  const words: unknown[] = Array.isArray(option)
    ? option.flatMap((word) => String(word).split(','))
    : [];
  const roles = memberRoles.filter((role) => words.includes(role));
  const wrong = words.find((word) => !memberRoles.some((role) => role === word));
  if (wrong !== undefined || roles.length === 0)
    throw new Problem(
      'usage',
      `--role is one or more of ${memberRoles.join(', ')}${wrong === undefined ? '' : `, not ${JSON.stringify(wrong)}`}`,
    );
  return roles;
}

// Finds the key or passkey that `skillgate member add` enrols.

/**
 * The key or passkey that the options name.
 * @throws Problem `usage`, `not-found`, `signature-invalid` when the registry offers another
 * passkey than the browser made
 */
async function readMemberKey(
  context: CommandContext,
  { name, signer }: { readonly name: string; readonly signer: KeyFile },
): Promise<Pick<MemberPredicate, 'key' | 'passkey'>> {
  const { 'public-key': file, passkey: id, 'passkey-key': keyDigest } = context.options;
  if ((file === undefined) === (id === undefined))
    throw new Problem(
      'usage',
      'Cannot add a member: name exactly one of --public-key FILE and --passkey ID',
    );
  if (id !== undefined && !isDigest(keyDigest))
    throw new Problem(
      'usage',
      'Cannot add a passkey without --passkey-key=sha256:…, the digest of its key',
      {
        hint: 'the line that the passkey’s owner copied from the browser contains the digest',
      },
    );
  if (isDigest(file)) {
    const { votes } = await readMembers(context, signer);
    return { key: keyInVotes(votes, file) ?? (await publicKeyById(context, file)) };
  }
  if (typeof file === 'string') {
    const { keyId, spki } = await readPublicKeyFile(resolve(context.cwd, file));
    return { key: { keyId, spki } };
  }
  const { pending } = await readPending(context, signer);
  const found = pending.find((passkey) => passkey.credentialId === id);
  if (found === undefined)
    throw new Problem('not-found', `No passkey ${JSON.stringify(id)} waits for an administrator`, {
      hint: 'skillgate member list',
    });
  if (found.member !== name)
    throw new Problem(
      'usage',
      `This passkey was offered by ${JSON.stringify(found.member)}, not by ${JSON.stringify(name)}`,
    );
  const { credentialId, publicKey, rpId, origin } = found;
  // The registry names the key, and the digest came directly from the browser that made the key.
  const spki = coseToSpki(Buffer.from(publicKey, 'base64url'));
  if (spki === undefined || digestOf(spki) !== keyDigest)
    throw new Problem(
      'signature-invalid',
      `Cannot add this passkey: the registry offers a different key than ${name}’s browser created`,
      {
        hint: `do not sign. Ask ${name} for the line again; if the line is the same, somebody changed the registry’s database`,
      },
    );
  printNote(
    context,
    safe`Passkey ${credentialId} for ${origin}: its key matches the digest of the line.`,
  );
  return { passkey: { credentialId, publicKey, rpId, origin } };
}
