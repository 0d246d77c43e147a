/**
 * A registry's data folder as `skill registry init` makes it: root file, the registry's own keys,
 * the scanner's key and its enrolment.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '../../skills-index/skill/canonical-json.ts';
import { isHostName } from '../../skills-index/skill/host-name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type MemberPredicate,
  memberStatement,
  type PublicKey,
} from '../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../skills-index/trust/own-registry.ts';
import { firstPolicy } from '../../skills-index/trust/policy.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root.ts';
import { missingSignatures, signRepository } from '../../skills-index/trust/tuf/ceremony.ts';
import { writeWhole } from '../context/whole-file.ts';
import { signWithKey } from '../signers/bundle-builder.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../signers/key-file.ts';
import { proposeNext } from './rotation/rotation.ts';

/** File names inside the folder. */
export const registryFiles = {
  root: 'root.json',
  keys: 'keys.json',
  scannerKey: 'scanner-key.json',
  /** Signed statements that the registry takes at its first start. */
  enrolments: 'enrol',
  policy: 'policy.json',
  /** What administrators signed for clients; and the next one, while it still lacks signatures. */
  tuf: 'tuf.json',
  proposal: 'tuf-proposal.json',
  /** Keys that a proposal names, until it is published. */
  nextKeys: 'keys.next.json',
} as const;

/** Further administrators, and how many of them all must agree; one alone when left out. */
export interface Board {
  readonly others?: readonly PublicKey[];
  readonly threshold?: number;
  readonly now?: Date;
  /** Makes no scanner's key: scanners work elsewhere, with keys that an administrator enrols. */
  readonly noScanner?: boolean;
}

/**
 * Makes the folder. The administrator's private key is made by `administratorKey` and never lies in
 * it.
 * @param origin bare host name, fixed for ever
 * @throws Problem `file-exists` when the folder holds anything, `usage` for a bad origin
 */
export async function makeRegistryFolder(
  folder: string,
  origin: string,
  administratorKey: () => Promise<FirstAdministrator>,
  { others = [], threshold = 1, now = new Date(), noScanner = false }: Board = {},
): Promise<RootFile> {
  if (origin !== 'localhost' && !isHostName(origin))
    throw new Problem(
      'usage',
      `Cannot create a registry for ${JSON.stringify(origin)}: the origin must be a plain host name or localhost`,
    );
  const found = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  if (found.length > 0)
    throw new Problem(
      'file-exists',
      `Cannot create a registry in ${JSON.stringify(folder)}: the folder is not empty`,
    );
  const keyTexts = makeRegistryKeys();
  const rootOf = (administrator: FirstAdministrator): RootFile => ({
    schema: 'skillgate.root/1',
    origin,
    log: { key: publicKeyIn(keyTexts.log) },
    status: { key: publicKeyIn(keyTexts.status) },
    registry: { key: publicKeyIn(keyTexts.registry) },
    administrators: [publicKeyOf(administrator), ...others].map(({ keyId, spki }) => ({
      keyId,
      key: spki,
    })),
    threshold,
    tuf: 1,
  });
  // The folder comes after the key, which may be there already: nothing is left behind then.
  const administrator = await administratorKey();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // One that was there already has the mode that it had.
  await chmod(folder, 0o700);
  const root = parseRoot(JSON.stringify(rootOf(administrator)));
  const scanner = noScanner
    ? undefined
    : await createKeyFile(join(folder, registryFiles.scannerKey), undefined, 'scanner');
  // The administrator is in the root file; the statement adds the name under which the log and the
  // desk show what they do.
  const enrolments: (readonly [string, Pick<MemberPredicate, 'name' | 'roles' | 'key'>])[] = [
    [
      '00-administrator.json',
      { name: administrator.name, roles: ['administrator'], key: publicKeyOf(administrator) },
    ],
  ];
  if (scanner !== undefined)
    enrolments.push([
      '01-scanner.json',
      { name: 'scanner', roles: ['scanner'], key: publicKeyOf(scanner) },
    ]);
  const keys: RegistryKeyFile = { schema: 'skillgate.registry-keys/1', ...keyTexts };
  await writeWhole(join(folder, registryFiles.keys), `${JSON.stringify(keys, null, 2)}\n`, 0o600);
  const registry = registryIdOf(root);
  for (const [file, member] of enrolments) {
    const envelope = await signWithKey(
      memberStatement({
        registry,
        ...member,
        state: 'enrolled',
        previous: 'none',
        nonce: randomUUID(),
      }),
      administrator,
    );
    await writeWhole(join(folder, registryFiles.enrolments, file), `${JSON.stringify(envelope)}\n`);
  }
  await writeWhole(join(folder, registryFiles.policy), `${canonicalJson(firstPolicy)}\n`);
  const first = proposeNext({
    root,
    files: { 'policy.json': canonicalJson(firstPolicy) },
    now: now.getTime(),
  });
  const tuf = await signRepository(first, administrator);
  const place = missingSignatures(tuf).length === 0 ? registryFiles.tuf : registryFiles.proposal;
  await writeWhole(join(folder, place), `${JSON.stringify(tuf, null, 2)}\n`);
  // Last: a folder with a root file is whole.
  await writeWhole(join(folder, registryFiles.root), `${JSON.stringify(root, null, 2)}\n`);
  return root;
}

/** `keys.json`: PKCS8 PEM. */
type FirstAdministrator = Pick<KeyFile, 'keyId' | 'publicKey' | 'sign' | 'name' | 'publicPem'>;

export interface RegistryKeyFile {
  readonly schema: 'skillgate.registry-keys/1';
  readonly log: string;
  readonly status: string;
  readonly registry: string;
}

/** New private keys for a registry: Ed25519 for the log, P-256 for the others. */
export function makeRegistryKeys(): Omit<RegistryKeyFile, 'schema'> {
  const p256 = () => pemOf(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
  return {
    log: pemOf(generateKeyPairSync('ed25519').privateKey),
    status: p256(),
    registry: p256(),
  };
}

/** SPKI DER in base64 of a private key in PEM. */
export function publicKeyIn(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'der' }).toString('base64');
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
