import { access } from 'node:fs/promises';
import { Problem } from '../../skills-index/skill/problem.ts';
import { keyStatement } from '../../skills-index/statement/attestation.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, joined, printNote, safe } from '../terminal/output.ts';
import { moveIfThere, putApart } from './ended-keys.ts';
import { createKeyFile, type KeyFile, publicKeyOf, readKeyFile } from './key-file.ts';
import { type LoggedKey, loggedKey } from './logged-key.ts';
import { keyNames, keyPath } from './signer.ts';

/** The new key gets the old one's name; the old one's files get another name. */
export async function rotateKey(context: CommandContext): Promise<ExitCode> {
  const name = nameOf(context);
  const old = await readKeyFile(keyPath(context.paths, name));
  const registry = await registryIdFor(context);
  const logged = await requireOwner(context, old, name);
  await ask(context, old, logged);
  const next = await nextKey(context, name, old);
  const scopes = logged.scopes;
  // The old key enrols the new one, and the new key ends the old one. So the new key has proven to
  // work before the old one ends.
  const enrolled = await postStatement(
    context,
    keyStatement({ registry, key: publicKeyOf(next), state: 'enrolled', replaces: old.keyId }),
    old,
  );
  const ended = await postStatement(
    context,
    keyStatement({ registry, key: publicKeyOf(old), state: 'ended' }),
    next,
  );
  const kept = await replaceFiles(context, name, ended.logIndex);
  answer(
    context,
    {
      schema: 'skillgate.key-rotated/1',
      name,
      keyId: next.keyId,
      replaces: old.keyId,
      scopes,
      statement: enrolled.digest,
      logIndex: enrolled.logIndex,
      ended: ended.digest,
      validUpTo: ended.logIndex,
      oldKey: kept,
    },
    () =>
      safe`key ${name} is now ${next.keyId}; signatures of ${old.keyId} count up to log index ${ended.logIndex}`,
  );
  printNote(
    context,
    safe`The old key’s signatures stay valid. The old key is kept in ${kept}; this machine signs nothing with it any more.`,
  );
  if (logged.roles.length > 0)
    printNote(
      context,
      safe`The old key also belonged to a member (${joined(logged.roles, ', ')}). The role does not move to the new key by itself: skillgate member add NAME --role ${logged.roles[0] ?? ''} --public-key ${keyPath(context.paths, name, 'public')}`,
    );
  return exitCodes.ok;
}

function nameOf({ args, paths }: CommandContext): string {
  if (args[0] !== undefined) return args[0];
  const names = keyNames(paths).filter((name) => !name.endsWith('-next'));
  if (names.includes('default')) return 'default';
  const [only, ...more] = names;
  if (only !== undefined && more.length === 0) return only;
  throw new Problem('usage', 'Cannot rotate: no key is named', { hint: 'skillgate key list' });
}

async function requireOwner(
  context: CommandContext,
  old: KeyFile,
  name: string,
): Promise<LoggedKey> {
  const logged = await loggedKey(context, old.keyId);
  if (logged?.isRoot)
    throw new Problem(
      'forbidden',
      `Key ${name} is in the root file, so only a new root file can replace it`,
      {
        hint: 'skillgate registry rotate',
      },
    );
  if (logged?.endedUpTo !== undefined && !(await isThere(keyPath(context.paths, nextName(name)))))
    throw new Problem(
      'key-ended',
      `Cannot rotate key ${name}: it ended at log index ${logged.endedUpTo}`,
    );
  if (logged !== undefined && (logged.scopes.length > 0 || logged.followedBy.length > 0))
    return logged;
  throw new Problem(
    'forbidden',
    `Cannot rotate key ${name}: the key owns no scope at ${context.registryBase}`,
    {
      hint: 'create a new key instead (skillgate key create NAME); an administrator enrols the key of a member: skillgate member add',
    },
  );
}

async function ask(context: CommandContext, old: KeyFile, { scopes }: LoggedKey): Promise<void> {
  if (context.options.yes === true) return;
  await confirm(
    context,
    safe`A new key will own ${joined(
      scopes.map((scope) => `@${scope}`),
      ', ',
    )} instead of ${old.keyId}, which then ends for ever.\nThe old key’s signatures stay valid. Copies of the old key on other machines cannot sign any more.`,
    'yes',
    '--yes',
  );
}

function nextName(name: string): string {
  return `${name}-next`;
}

// After an interrupted rotation the same new key is used, so that no statement names a key that
// nobody has.
async function nextKey(
  { paths }: CommandContext,
  name: string,
  { keychain }: KeyFile,
): Promise<KeyFile> {
  const path = keyPath(paths, nextName(name));
  if (await isThere(path)) return readKeyFile(path);
  // A key in the keychain is replaced by a key in the keychain.
  return createKeyFile(path, keyPath(paths, nextName(name), 'public'), name, keychain);
}

/** The old files move away first, so that two keys never have the same name. */
async function replaceFiles(
  { paths }: CommandContext,
  name: string,
  until: number,
): Promise<string> {
  const kept = await putApart(paths, name, until);
  for (const part of ['public', 'private'] as const)
    await moveIfThere(keyPath(paths, nextName(name), part), keyPath(paths, name, part));
  return kept;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
