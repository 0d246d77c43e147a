import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { answer, inkFor, printNote, safe, table } from '../terminal/output.ts';
import { endedKeys } from './ended-keys.ts';
import { addMailboxKey, createKeyFile, readKeyFile } from './key-file.ts';
import type { LoggedKey } from './logged-key.ts';
import { keyNames, keyPath } from './signer.ts';
import { askNewPassphrase, requireNoKeyAt } from './stored-key.ts';

/** `skillgate key create|approver|list|rotate|revoke`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  switch (context.command) {
    case 'key create':
      return create(context);
    case 'key approver':
      return nameApprover(context);
    case 'key rotate':
      return (await import('./rotate-key.ts')).rotateKey(context);
    case 'key revoke':
      return (await import('./revoke-key.ts')).revokeKey(context);
    default:
      return list(context);
  }
}

async function create(context: CommandContext): Promise<ExitCode> {
  const name = context.args[0] ?? 'default';
  const shared = keyPath(context.paths, name, 'public');
  const path = keyPath(context.paths, name);
  requireNoKeyAt(path);
  const keychain = context.options.keychain === true ? osKeychain() : undefined;
  const passphrase =
    context.options.passphrase === true ? await askNewPassphrase(context, name) : undefined;
  if (keychain !== undefined && passphrase !== undefined)
    throw new Problem(
      'usage',
      'A key is stored in the keychain or encrypted with a passphrase: choose one',
    );
  const key = await createKeyFile(path, shared, name, keychain, passphrase);
  const sealed = passphrase !== undefined;
  const created = {
    name,
    keyId: key.keyId,
    publicFile: shared,
    keychain: keychain !== undefined,
    passphrase: sealed,
  };
  answer(context, { schema: 'skillgate.key-created/1', ...created }, () => safe`${key.keyId}`);
  const place = keychain === undefined ? context.paths.config : 'the keychain of this machine';
  printNote(
    context,
    safe`Created key ${name}. Give ${shared} to others; the private part stays in ${place}.`,
  );
  if (sealed) {
    await addMailboxKey(path, key, passphrase);
    printNote(
      context,
      safe`To answer holds of this host with this key: skillgate host approver add ${name}. For another host: skillgate key approver ${name} prints the line.`,
    );
  }
  return exitCodes.ok;
}

async function nameApprover(context: CommandContext): Promise<ExitCode> {
  const { approverEntry } = await import('../holds/approver-entry.ts');
  const name = context.args[0] ?? 'operator';
  const { approver, isNew, path } = await approverEntry(context, name);
  answer(
    context,
    { schema: 'skillgate.approver/1', approver },
    () => safe`${JSON.stringify(approver)}`,
  );
  if (isNew)
    printNote(
      context,
      safe`Key ${name} has a mailbox key now. The mailbox key is in ${path}, encrypted like the key itself.`,
    );
  printNote(
    context,
    safe`On this host: skillgate host approver add ${name}. On each other host whose holds this key answers: skillgate host approver add 'THIS LINE'`,
  );
  return exitCodes.ok;
}

async function list(context: CommandContext): Promise<ExitCode> {
  const names = keyNames(context.paths);
  const stored = [
    ...names.map((name) => ({ name, path: keyPath(context.paths, name) })),
    ...endedKeys(context.paths),
  ];
  const found = await Promise.all(
    stored.map(async ({ name, path }) => ({ name, ...(await keyAt(path)) })),
  );
  const { logged, silent } = await askLog(
    context,
    found.flatMap(({ keyId }) => keyId ?? []),
  );
  const read =
    context.options.log === true
      ? await (await import('../monitor/own-entries.ts')).ownEntries(context)
      : undefined;
  const keys = found.map((key) => ({
    ...key,
    log: key.keyId === undefined ? null : (logged.get(key.keyId) ?? null),
    ...(read === undefined || key.keyId === undefined
      ? {}
      : { signed: read.entries.get(key.keyId) ?? [] }),
  }));
  const ink = inkFor(context.stdout, context.env);
  answer(
    context,
    {
      schema: 'skillgate.keys/1',
      registry: silent === undefined ? context.registryBase : null,
      keys,
    },
    () =>
      table(
        keys.map(({ name, keyId, problem, log }) => [
          ink.bold(name),
          keyId ?? ink.red(problem ?? ''),
          keyId === undefined || silent !== undefined ? '' : standing(log),
        ]),
      ),
  );
  for (const { name, log } of keys)
    for (const version of log?.versions ?? [])
      printNote(
        context,
        safe`  ${name} published ${version.name}@${version.version} at log index ${version.logIndex} (${version.status})`,
      );
  for (const { name, signed } of keys)
    if (read !== undefined && signed !== undefined)
      printNote(
        context,
        safe`  ${name} signed ${entriesText(signed)} of the ${read.size} entries of the log; if you did not sign one of them, the key was stolen`,
      );
  if (silent !== undefined)
    printNote(context, safe`The log’s entries for these keys are not known: ${silent}`);
  if (keys.length === 0) printNote(context, safe`No key yet. Create one: skillgate key create`);
  return exitCodes.ok;
}

// Keys exist without a registry, so an unavailable registry is no failure.
async function askLog(
  context: CommandContext,
  keyIds: readonly Digest[],
): Promise<{ logged: ReadonlyMap<Digest, LoggedKey>; silent?: string }> {
  const logged = new Map<Digest, LoggedKey>();
  if (readRegistries(context.paths).registries.length === 0)
    return { logged, silent: 'no registry is pinned' };
  const { loggedKey } = await import('./logged-key.ts');
  try {
    for (const keyId of keyIds) {
      const found = await loggedKey(context, keyId);
      if (found !== undefined) logged.set(keyId, found);
    }
    return { logged };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'interrupted') throw cause;
    return { logged, silent: cause.message };
  }
}

function entriesText(indexes: readonly number[]): string {
  return indexes.length === 0 ? 'none' : indexes.join(', ');
}

function standing(log: LoggedKey | null): string {
  if (log === null) return 'not in the log';
  const parts = [
    ...(log.endedUpTo === undefined
      ? []
      : [`ended: its signatures count up to log index ${log.endedUpTo}`]),
    ...(log.stopped === undefined ? [] : [`${log.stopped} as publisher`]),
    ...log.scopes.map((scope) => `@${scope}`),
    ...log.roles,
    ...(log.isRoot ? ['in the root file'] : []),
    ...log.followedBy.map((keyId) => `followed by ${keyId}`),
  ];
  return parts.length === 0 ? 'owns no scope and has no role' : parts.join(', ');
}

// One damaged key must not hide the others.
async function keyAt(path: string): Promise<{ keyId?: Digest; problem?: string }> {
  try {
    return { keyId: (await readKeyFile(path)).keyId };
  } catch (cause) {
    return { problem: cause instanceof Error ? cause.message : String(cause) };
  }
}
