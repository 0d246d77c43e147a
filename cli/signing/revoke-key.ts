/**
 * `skill key revoke`: ends a key, now or for a log index before now. By its holder, the key that
 * followed it, or an administrator.
 */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { keyStatement, type PublicKey } from '../../skills-index/statement/attestation.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { postStatement, registryIdFor } from '../registries/post-statement.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, count, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { endedPath, putApartIfHere } from './ended-keys.ts';
import { type KeyFile, publicKeyOf, readKeyFile, readPublicKeyFile } from './key-file.ts';
import { type LoggedKey, loggedKey, publicKeyById } from './logged-key.ts';
import { keyPath, signerFor } from './signer.ts';

/** Tells before it signs what falls and what stays. */
export async function revokeKey(context: CommandContext): Promise<ExitCode> {
  const { key, own } = await keyMeant(context);
  const logged = await loggedKey(context, key.keyId);
  if (logged === undefined)
    throw new Problem(
      'not-found',
      `The log of ${context.registryBase} has no key ${key.keyId}, so there is no key to end`,
    );
  if (logged.isRoot)
    throw new Problem(
      'forbidden',
      `${key.keyId} is in the root file, so only a new root file can end it`,
      {
        hint: 'skillgate registry rotate',
      },
    );
  const validUpTo = indexOf(context, logged);
  requireEarlierEnd(logged, validUpTo);
  const falls = logged.versions.filter(
    (one) => validUpTo !== undefined && one.logIndex > validUpTo && one.status !== 'revoked',
  );
  const signer =
    context.options.key === undefined && own !== undefined
      ? own
      : await signerFor(context, 'administrator');
  if (context.options.yes !== true)
    await confirm(context, question(logged, validUpTo, falls), 'revoke', '--yes');
  const { digest, logIndex } = await postStatement(
    context,
    keyStatement({
      registry: await registryIdFor(context),
      key,
      state: 'ended',
      ...(validUpTo === undefined ? {} : { validUpTo }),
    }),
    signer,
  );
  const kept = await putApartIfHere(context.paths, key.keyId, validUpTo ?? logIndex);
  const revoked = falls.map(({ name, version }) => `${name}@${version}`);
  answer(
    context,
    {
      schema: 'skillgate.key-revoked/1',
      keyId: key.keyId,
      validUpTo: validUpTo ?? logIndex,
      revoked,
      statement: digest,
      logIndex,
    },
    () =>
      safe`key ${key.keyId} has ended: its signatures count up to log index ${validUpTo ?? logIndex}; ${count(revoked.length, 'version')} revoked`,
  );
  if (kept !== undefined)
    printNote(
      context,
      safe`The ended key is kept in ${kept}; no command uses it by default any more.`,
    );
  if (logged.scopes.length > 0)
    printNote(
      context,
      safe`To see who owns the scopes of this key now: ${joined(
        logged.scopes.map((scope) => `skillgate scope show ${scope}`),
        ', ',
      )}`,
    );
  return exitCodes.ok;
}

// Said twice, an end is no news; only an earlier one takes anything more away.
function requireEarlierEnd({ keyId, endedUpTo }: LoggedKey, validUpTo: number | undefined): void {
  if (endedUpTo === undefined || (validUpTo !== undefined && validUpTo < endedUpTo)) return;
  throw new Problem(
    'statement-replayed',
    `key ${keyId} has ended already: its signatures count up to log index ${endedUpTo}`,
    {
      hint: `to end the key at an earlier index: --valid-up-to N, below ${endedUpTo}`,
    },
  );
}

async function keyMeant(context: CommandContext): Promise<{ key: PublicKey; own?: KeyFile }> {
  const [given = ''] = context.args;
  if (isDigest(given)) return { key: await publicKeyById(context, given) };
  const path =
    given.includes('/') || given.endsWith('.json') ? resolve(context.cwd, given) : undefined;
  const own = path === undefined ? await readOwn(context, given) : undefined;
  if (own !== undefined) return { key: publicKeyOf(own), own };
  const { keyId, spki } = await readPublicKeyFile(path ?? keyPath(context.paths, given, 'public'));
  return { key: { keyId, spki } };
}

// By a name that no key has any more, the one is meant that had it until it ended.
async function readOwn({ paths }: CommandContext, name: string): Promise<KeyFile | undefined> {
  const ended = endedPath(paths, name);
  return (
    (await readIfThere(keyPath(paths, name))) ??
    (ended === undefined ? undefined : readKeyFile(ended))
  );
}

async function readIfThere(path: string): Promise<KeyFile | undefined> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return there ? readKeyFile(path) : undefined;
}

function indexOf({ options }: CommandContext, { logSize }: LoggedKey): number | undefined {
  const given = options['valid-up-to'];
  if (given === undefined) return undefined;
  const index = Number(given);
  if (typeof given === 'string' && /^\d+$/.test(given) && index < logSize) return index;
  throw new Problem(
    'usage',
    `--valid-up-to must be a log index below ${logSize}, not ${JSON.stringify(given)}`,
    {
      hint: 'name the last log index at which you are sure that only you had the key; skillgate key list shows the log index of each publication',
    },
  );
}

function question(
  { keyId, scopes, versions, followedBy }: LoggedKey,
  validUpTo: number | undefined,
  falls: LoggedKey['versions'],
): Safe {
  const stays = versions.length - falls.length;
  return joined(
    [
      safe`Signatures of key ${keyId} will count up to ${validUpTo === undefined ? 'now' : `log index ${validUpTo}`}, and never after that. You cannot undo this.`,
      ...falls.map(
        (one) =>
          safe`  revoked everywhere: ${one.name}@${one.version} (${one.status}, published at log index ${one.logIndex}, ${one.at})`,
      ),
      ...(validUpTo === undefined ? [] : followedBy).map(
        (next) =>
          safe`  ends as well, unless it replaced this key before that index: the successor ${next}`,
      ),
      safe`  stays valid: ${count(stays, 'version')} that the key published before`,
      ...scopes.map(
        (scope) =>
          safe`  the key owns @${scope}: if the scope has no other owner, only administrators can transfer it (skillgate scope transfer)`,
      ),
    ],
    '\n',
  );
}
