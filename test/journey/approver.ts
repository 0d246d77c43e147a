/** The approver of a test's host: mira, whose key has a passphrase. */
import { join } from 'node:path';
import { createKeyFile, publicKeyOf } from '../../cli/signing/key-file.ts';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';

export const passphrase = 'correct horse battery staple';

/**
 * Makes the key that only the passphrase opens.
 * @param config the host's folder of settings
 * @returns the approver's entry in host policy
 */
export async function makeApprover(config: string): Promise<Approver> {
  const path = join(config, 'keys/mira.json');
  const key = await createKeyFile(path, undefined, 'mira', undefined, passphrase);
  return { name: 'mira', key: publicKeyOf(key) };
}
