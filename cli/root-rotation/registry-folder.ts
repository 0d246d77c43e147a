/**
 * A registry's data folder, made by `skillgate registry init`: root file, the registry's own keys,
 * the scanner's key and its enrolment.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHostName } from '../../skills-index/network/host-name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import {
  type MemberPredicate,
  memberStatement,
  type PublicKey,
} from '../../skills-index/statement/attestation.ts';
import { firstPolicy } from '../../skills-index/trust/policy/policy.ts';
import { missingSignatures, signRepository } from '../../skills-index/trust/root/ceremony.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { signWithKey } from '../signing/bundle-builder.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../signing/key-file.ts';
import { writeWhole } from '../whole-file.ts';
import { proposeNext } from './rotation.ts';

/** File names inside the folder. */
export const registryFiles = {
  root: 'root.json',
  keys: 'keys.json',
  scannerKey: 'scanner-key.json',
  /** Signed statements that the registry logs at its first start. */
  enrolments: 'enrol',
  policy: 'policy.json',
  /** The signed metadata for clients, and the next proposal while it lacks signatures. */
  tuf: 'tuf.json',
  proposal: 'tuf-proposal.json',
  /** New keys of a proposal, until it is published. */
  nextKeys: 'keys.next.json',
} as const;

/** Further administrators and their threshold; the default is one administrator. */
export interface Board {
  readonly others?: readonly PublicKey[];
  readonly threshold?: number;
  readonly now?: Date;
  /** Creates no scanner's key: scanners run elsewhere, with keys that an administrator enrols. */
  readonly noScanner?: boolean;
}

/**
 * Creates the folder. `administratorKey` creates the administrator's private key, which is never
 * stored in the folder.
 * @param origin bare host name, fixed for ever
 * @throws Problem `file-exists` for a folder that is not empty, `usage` for an invalid origin
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
      {
        hint: /^[a-z0-9-]+$/.test(origin)
          ? `The name of a registry has a dot. Give this machine a longer name, such as ${origin}.home.arpa, in your DNS or in /etc/hosts of each machine. No public authority certifies such a private name, so the certificate comes from an authority of your own. For a trial on this machine: localhost`
          : 'Write the host name alone: small letters, no https://, no port and no IP address. Examples: skills.acme.example, and for a trial localhost',
      },
    );
  const found: readonly string[] = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  if (found.length > 0)
    throw new Problem(
      'file-exists',
      `Cannot create a registry in ${JSON.stringify(folder)}: the folder is not empty`,
      found.includes(registryFiles.root)
        ? { hint: `the folder has a registry: skillgate serve ${shellWord(folder)}` }
        : {},
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
  // The key comes first, because it may already exist; then no folder is left behind.
  const administrator = await administratorKey();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // An existing folder keeps its mode otherwise.
  await chmod(folder, 0o700);
  const root = parseRoot(JSON.stringify(rootOf(administrator)));
  const scanner = noScanner
    ? undefined
    : await createKeyFile(join(folder, registryFiles.scannerKey), undefined, 'scanner');
  // The root file names the administrator's key. The statement adds the name that the log and the
  // desk show.
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
  // Last: a folder with a root file is complete.
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
