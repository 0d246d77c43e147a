/** The entry of host.json that lets a key of this host answer holds. */
import { existsSync } from 'node:fs';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import type { Approver, MailboxKey } from '../../skills-index/run/holds/hold-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { addMailboxKey, type KeyFile, publicKeyOf, readKeyFile } from '../signing/key-file.ts';
import { keyPath } from '../signing/signer.ts';
import { askPassphrase } from '../signing/stored-key.ts';
import { requireClosed } from './answer.ts';

export interface ApproverEntry {
  readonly approver: Approver;
  /** The key file got its mailbox key only now. */
  readonly isNew: boolean;
  readonly path: string;
}

/**
 * Reads the entry of a key. An older key file without a mailbox key gets one here. Its passphrase
 * is asked, because the signing key signs the mailbox key.
 * @throws Problem `forbidden` for a key that every program of this user can use, `file-not-found`
 */
export async function approverEntry(context: CommandContext, name: string): Promise<ApproverEntry> {
  const path = keyPath(context.paths, name);
  if (!existsSync(path))
    throw new Problem('file-not-found', `There is no key ${name} on this host`, {
      hint: `skillgate key create ${name} --passphrase`,
    });
  let passphrase: string | undefined;
  const ask = async (of: string): Promise<string> => {
    passphrase = await askPassphrase(context, of);
    return passphrase;
  };
  const key = requireClosed(await readKeyFile(path, osKeychain, ask));
  const isNew = key.mailboxKey === undefined;
  const mailboxKey =
    key.mailboxKey ?? (await addMailboxKey(path, await key.unlocked(), passphrase));
  return { approver: approverOf(key, mailboxKey), isNew, path };
}

export function approverOf(key: KeyFile, mailboxKey: MailboxKey): Approver {
  return { name: key.name, key: publicKeyOf(key), mailboxKey };
}
