/** Finds the key or passkey that `skillgate member add` enrols. */
import { resolve } from 'node:path';
import { digestOf, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { MemberPredicate } from '../../skills-index/statement/attestation.ts';
import { coseToSpki } from '../../skills-index/trust/signatures/passkey.ts';
import type { CommandContext } from '../command.ts';
import { type KeyFile, readPublicKeyFile } from '../signing/key-file.ts';
import { publicKeyById } from '../signing/logged-key.ts';
import { printNote, safe } from '../terminal/output.ts';
import { keyInVotes } from './member-votes.ts';
import { readMembers, readPending } from './read-members.ts';

/**
 * The key or passkey that the options name.
 * @throws Problem `usage`, `not-found`, `signature-invalid` when the registry offers another
 * passkey than the browser made
 */
export async function readMemberKey(
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
  const pending = await readPending(context, signer);
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
