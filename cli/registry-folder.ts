/** A registry's data folder as `skill registry init` makes it: root file, the registry's own keys, the scanner's key and its enrolment. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHostName } from '../skills-index/skill/host-name.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { memberStatement } from '../skills-index/statement/attestation.ts';
import { signStatement } from '../skills-index/statement/sign.ts';
import { parseRoot, type RootFile } from '../skills-index/trust/root.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from './signers/key-file.ts';
import { writeWhole } from './whole-file.ts';

/** File names inside the folder. */
export const registryFiles = {
  root: 'root.json',
  keys: 'keys.json',
  scannerKey: 'scanner-key.json',
  /** Signed statements that the registry takes at its first start. */
  enrolments: 'enrol',
} as const;

/**
 * Makes the folder. The administrator's private key is made by `administratorKey` and never lies in it.
 * @param origin bare host name, fixed for ever
 * @throws Problem `file-exists` when the folder holds anything, `usage` for a bad origin
 */
export async function makeRegistryFolder(
  folder: string,
  origin: string,
  administratorKey: () => Promise<KeyFile>,
): Promise<RootFile> {
  if (origin !== 'localhost' && !isHostName(origin))
    throw new Problem(
      'usage',
      `Cannot make a registry for ${JSON.stringify(origin)}: the origin is a bare host name, or localhost`,
    );
  const found = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  if (found.length > 0)
    throw new Problem('file-exists', `Cannot make a registry in ${JSON.stringify(folder)}: the folder is not empty`);
  const log = generateKeyPairSync('ed25519').privateKey;
  const [status, registry] = [makeP256(), makeP256()];
  const rootOf = (administrator: KeyFile): RootFile => ({
    schema: 'skillgate.root/1',
    origin,
    log: { key: spkiOf(log) },
    status: { key: spkiOf(status) },
    registry: { key: spkiOf(registry) },
    administrators: [{ keyId: administrator.keyId, key: publicKeyOf(administrator).spki }],
    threshold: 1,
  });
  // The folder comes after the key, which may be there already: nothing is left behind then.
  const administrator = await administratorKey();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const root = parseRoot(JSON.stringify(rootOf(administrator)));
  const scanner = await createKeyFile(join(folder, registryFiles.scannerKey), undefined, 'scanner');
  // The administrator is in the root file; the statement adds the name under which the log and the desk show what they do.
  const enrolments = [
    ['00-administrator.json', { name: administrator.name, roles: ['administrator'], key: publicKeyOf(administrator) }],
    ['01-scanner.json', { name: 'scanner', roles: ['scanner'], key: publicKeyOf(scanner) }],
  ] as const;
  const keys = { schema: 'skillgate.registry-keys/1', log: pemOf(log), status: pemOf(status), registry: pemOf(registry) };
  await writeWhole(join(folder, registryFiles.keys), `${JSON.stringify(keys, null, 2)}\n`, 0o600);
  for (const [file, member] of enrolments) {
    const envelope = await signStatement(memberStatement({ ...member, state: 'enrolled', nonce: randomUUID() }), administrator);
    await writeWhole(join(folder, registryFiles.enrolments, file), `${JSON.stringify(envelope)}\n`);
  }
  // Last: a folder with a root file is whole.
  await writeWhole(join(folder, registryFiles.root), `${JSON.stringify(root, null, 2)}\n`);
  return root;
}

function makeP256(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function spkiOf(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('base64');
}
