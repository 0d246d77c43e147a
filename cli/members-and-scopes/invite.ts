/**
 * `skillgate invite`, `join` and `member confirm`: a line from one person to another in place of a
 * fingerprint that is compared and a key file that is carried.
 *
 * The line names the registry, its root of trust, the person, the role and, for a reviewer, a
 * secret that counts once. The registry passes the reviewer's key on, and could pass on another
 * one. So the administrator types a code that comes from the key itself, and that the reviewer's
 * machine shows: the two people compare it over a channel that the registry does not have.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import { type Digest, digestOf, hexOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { isNamePart, parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes, runnerOf } from '../command.ts';
import { isLoopbackUrl } from '../loopback-url.ts';
import { registryIdFor } from '../registries/post-statement.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { pinAsked } from '../registries/registry.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { parseBase } from '../registries/registry-base.ts';
import { withSession } from '../registries/session.ts';
import { createKeyFile, type KeyFile, publicKeyOf, readKeyFile } from '../signing/key-file.ts';
import { keyPath, signerFor } from '../signing/signer.ts';
import { askPassphrase } from '../signing/stored-key.ts';
import { answer, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { enrol } from './member.ts';
import { readPending } from './member-remove.ts';
import { claimScope } from './scope.ts';

const roles = ['author', 'reviewer', 'operator', 'reader'] as const;
type Role = (typeof roles)[number];

export interface Invitation {
  readonly base: string;
  /** Fingerprint of the registry's root file. */
  readonly root: Digest;
  readonly name: string;
  readonly role: Role;
  /** Counts once, and only for a day; there for a reviewer. */
  readonly secret?: string;
}

/** The line to send; a registry never gets what stands behind the `#`. */
export function printInvitation({ base, name, role, root, secret }: Invitation): string {
  const fingerprint = Buffer.from(hexOf(root), 'hex').toString('base64url');
  return `${base}/join#${[role, name, fingerprint, ...(secret === undefined ? [] : [secret])].join('.')}`;
}

/** @throws Problem `usage` */
export function parseInvitation(line: string): Invitation {
  const [, base = '', said = '', name = '', root = '', secret] =
    /^(\S+)\/join#([a-z]+)\.([^.]+)\.([\w-]{43})(?:\.([\w-]{43}))?$/.exec(line.trim()) ?? [];
  const role = roles.find((one) => one === said);
  if (role === undefined || !isNamePart(name) || (role === 'reviewer') !== (secret !== undefined))
    throw new Problem('usage', 'This is not a whole invitation: skillgate invite prints one line', {
      hint: 'copy all of the line, and put it into quotes',
    });
  return {
    base: parseBase(base),
    root: parseDigest(`sha256:${Buffer.from(root, 'base64url').toString('hex')}`),
    name,
    role,
    ...(secret === undefined ? {} : { secret }),
  };
}

/**
 * What both people see: 60 bits of a digest of the registry, the invitation, the name and the key.
 * A registry that passes on another key within the day of an invitation would have to make about
 * 2⁵⁹ keys to find one with the same code.
 */
export function joiningCode(said: {
  readonly registry: Digest;
  readonly invitation: Digest;
  readonly name: string;
  readonly keyId: Digest;
}): string {
  const bytes = createHash('sha256')
    .update(`skillgate.joining/1\n${canonicalJson(said)}`)
    .digest();
  const letters = Array.from(bytes.subarray(0, 12), (byte) => alphabet[byte % alphabet.length]);
  return letters.join('').replace(/^(.{4})(.{4})/, '$1-$2-');
}

// Nothing that is read as something else.
const alphabet = '23456789abcdefghijkmnpqrstuvwxyz';

export const run = runnerOf({ invite, join, 'member confirm': confirmKey });

async function invite(context: CommandContext): Promise<ExitCode> {
  const [name = ''] = context.args;
  const role = roles.find((one) => one === context.options.role);
  if (!isNamePart(name) || role === undefined)
    throw new Problem(
      'usage',
      role === undefined
        ? `--role is one of ${roles.join(', ')}`
        : `Cannot invite ${JSON.stringify(name)}: a name has small letters, digits and hyphens`,
    );
  const base = context.registryBase;
  const { fingerprint: root } = trustedRegistry(context, base);
  const secret = role === 'reviewer' ? await newSecret(context, name) : undefined;
  const line = printInvitation({
    base,
    root,
    name,
    role,
    ...(secret === undefined ? {} : { secret }),
  });
  answer(context, { schema: 'skillgate.invitation/1', name, role, line }, () => safe`${line}`);
  printNote(
    context,
    secret === undefined
      ? safe`Send this line to ${name}, who types: skillgate join 'LINE'. It has no secret.`
      : safe`Send this line to ${name} alone: it works once, within a day. ${name} types skillgate join 'LINE' and tells you a code; then: ${asCalled('skillgate member confirm CODE --no-identity')} (--identity ISSUER SUBJECT if ${name} also publishes by single sign-on)`,
  );
  if (isLoopbackUrl(new URL(base)))
    printNote(
      context,
      safe`${base} answers on this machine alone. For people on other machines: docs/operating-registry.md`,
    );
  return exitCodes.ok;
}

async function newSecret(context: CommandContext, name: string): Promise<string> {
  const signer = await signerFor(context, 'administrator');
  const { secret } = await withSession(context, signer, (token) =>
    askRegistry(context, '/api/v1/members/invitations', secretAnswer, { token, json: { name } }),
  );
  return secret;
}

const secretAnswer = v.looseObject({ secret: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) });

async function join(context: CommandContext): Promise<ExitCode> {
  const invitation = parseInvitation(context.args[0] ?? '');
  const { base, name, role, root } = invitation;
  const here = { ...context, registryBase: base, args: [base], options: { root } };
  await pinAsked(here);
  const key = role === 'author' || role === 'reviewer' ? await ownKey(here) : undefined;
  const { code, text } = await takePlace({ ...here, options: {} }, invitation, key);
  answer(
    context,
    {
      schema: 'skillgate.joined/1',
      base,
      root,
      name,
      role,
      keyId: key?.keyId ?? null,
      code: code ?? null,
    },
    () => joined([safe`${base} is pinned with root ${root}; you are ${name}, ${role}`, text], '\n'),
  );
  return exitCodes.ok;
}

/** What the role brings: a scope, a key that waits, or nothing but the pin. */
async function takePlace(
  here: CommandContext,
  { name, role, secret }: Invitation,
  key: KeyFile | undefined,
): Promise<{ readonly code?: string; readonly text: Safe }> {
  if (role === 'author') {
    await claimScope(here, parseScope(name));
    const begin = asCalled(`skillgate init hello --scope ${name}`);
    return { text: safe`→ @${name} is yours: ${begin}, then skillgate publish hello` };
  }
  if (key === undefined || secret === undefined)
    return { text: safe`→ ${asCalled('skillgate search WORD')}, then skillgate install NAME` };
  const json = { secret, key: publicKeyOf(key) };
  await askRegistry(here, '/api/v1/members/join', okAnswer, { json });
  const code = joiningCode({
    registry: await registryIdFor(here),
    invitation: digestOf(secret),
    name,
    keyId: key.keyId,
  });
  return {
    code,
    text: joined(
      [
        safe`→ tell whoever invited you this code, not by the way the line came: ${code}`,
        safe`→ after that you review: ${asCalled('skillgate login --browser')}`,
      ],
      '\n',
    ),
  };
}

const okAnswer = v.looseObject({ ok: v.literal(true) });

async function ownKey(context: CommandContext): Promise<KeyFile> {
  const path = keyPath(context.paths, 'default');
  if (existsSync(path))
    return readKeyFile(path, osKeychain, (name) => askPassphrase(context, name));
  return createKeyFile(path, keyPath(context.paths, 'default', 'public'), 'default');
}

/** Enrols the key that has the code, and no other. */
async function confirmKey(context: CommandContext): Promise<ExitCode> {
  const code = (context.args[0] ?? '').toLowerCase();
  const signer = await signerFor(context, 'administrator');
  const registry = await registryIdFor(context);
  const { joining } = await readPending(context, signer);
  const found = joining.find(
    ({ invitation, name, key }) =>
      joiningCode({ registry, invitation, name, keyId: key.keyId }) === code,
  );
  if (found === undefined)
    throw new Problem('not-found', `No key that was handed over has the code ${code}`, {
      hint: 'compare the code with what skillgate join printed. A code counts once: skillgate member list shows who is enrolled. If it is new and the same, do not enrol anybody: the registry may show you another key',
    });
  const who = { key: found.key };
  return enrol(context, { name: found.name, roles: ['reviewer'], who, signer });
}
