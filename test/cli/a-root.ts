/** A root file with fresh keys, for tests. */
import { generateKeyPairSync } from 'node:crypto';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';

export function makeRoot(origin = 'skills.example'): RootFile {
  const administrator = spki('ec');
  return {
    schema: 'skillgate.root/1',
    origin,
    log: { key: spki('ed25519') },
    status: { key: spki('ec') },
    registry: { key: spki('ec') },
    administrators: [{ keyId: digestOf(Buffer.from(administrator, 'base64')), key: administrator }],
    threshold: 1,
  };
}

function spki(type: 'ed25519' | 'ec'): string {
  const pair =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('ed25519');
  return pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
}
