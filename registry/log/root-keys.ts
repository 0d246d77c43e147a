/** The registry's private keys, compared with the root file. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import { type KeyTexts, loadKeys, type RegistryKeys } from './signing.ts';

/**
 * Loads keys. Rejects a key that the root file does not name: nobody would believe its signatures.
 * @throws Problem `key-file-invalid`
 */
export async function requireRootKeys(root: RootFile, texts: KeyTexts): Promise<RegistryKeys> {
  const keys = await loadKeys(texts);
  for (const name of ['log', 'status', 'registry'] as const) {
    if (Buffer.from(keys[name].publicKey).toString('base64') !== root[name].key) {
      throw new Problem(
        'key-file-invalid',
        `The ${name} key is not the key that the root file names`,
      );
    }
  }
  return keys;
}
