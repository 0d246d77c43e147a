/**
 * A registry's data folder, made by `skillgate registry init`: root file, the registry's own keys,
 * the scanner's key and its enrolment.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isHostName } from '../../skills-index/network/host-name.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest, canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import {
  type MemberPredicate,
  memberStatement,
  type PublicKey,
} from '../../skills-index/statement/attestation.ts';
import {
  earlierPoliciesMax,
  firstPolicy,
  type Policy,
  policyDigest,
} from '../../skills-index/trust/policy/policy.ts';
import {
  holdsOver,
  missingSignatures,
  signRepository,
} from '../../skills-index/trust/root/ceremony.ts';
import {
  type TufMetadata,
  type TufRoot,
  type TufSigned,
  tufTime,
} from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  nextRepository,
  type TufFiles,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import {
  parseRoot,
  type RetiredKey,
  type RootFile,
  type RootRole,
} from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import { signWithKey } from '../signing/bundle-builder.ts';
import { createKeyFile, type KeyFile, publicKeyOf } from '../signing/key-file.ts';
import { writeWhole } from '../whole-file.ts';

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
interface Board {
  readonly others?: readonly PublicKey[];
  readonly threshold?: number;
  readonly now?: Date;
  /** Creates no scanner's key: scanners run elsewhere, with keys that an administrator enrols. */
  readonly noScanner?: boolean;
  /** A reviewer from the beginning: its name and key. */
  readonly reviewer?: Pick<MemberPredicate, 'name' | 'key'>;
  readonly policy?: Policy;
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
  {
    others = [],
    threshold = 1,
    now = new Date(),
    noScanner = false,
    reviewer,
    policy = firstPolicy,
  }: Board = {},
): Promise<RootFile> {
  await requireNew(folder, origin);
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
  // First, because the key may already exist; then no folder is left behind.
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
  const enrolments: (readonly [
    string,
    Pick<MemberPredicate, 'name' | 'roles' | 'key' | 'identities'>,
  ])[] = [
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
  if (reviewer !== undefined)
    enrolments.push(['02-reviewer.json', { ...reviewer, roles: ['reviewer'], identities: [] }]);
  const keys = JSON.stringify({ schema: 'skillgate.registry-keys/1', ...keyTexts }, null, 2);
  await writeWhole(join(folder, registryFiles.keys), `${keys}\n`, 0o600);
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
  await writeWhole(join(folder, registryFiles.policy), `${canonicalJson(policy)}\n`);
  const first = proposeNext({
    root,
    files: { 'policy.json': canonicalJson(policy) },
    now: now.getTime(),
  });
  const tuf = await signRepository(first, administrator);
  const place = missingSignatures(tuf).length === 0 ? registryFiles.tuf : registryFiles.proposal;
  await writeWhole(join(folder, place), `${JSON.stringify(tuf, null, 2)}\n`);
  // Last: a folder with a root file is complete.
  await writeWhole(join(folder, registryFiles.root), `${JSON.stringify(root, null, 2)}\n`);
  return root;
}

async function requireNew(folder: string, origin: string): Promise<void> {
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

// A proposal for the next root of trust: created offline, read by each administrator before
// signing, and merged from their copies.

/** How long administrators' signatures are valid. */
const signedDays = 365;

/** The requested changes. */
interface RootChange {
  readonly add: readonly PublicKey[];
  readonly remove: readonly Digest[];
  readonly threshold?: number;
  /** SPKI in base64 of new keys. */
  readonly keys: Readonly<Partial<Record<'log' | 'status' | 'registry', string>>>;
  /** Last log index at which replaced keys count; undefined for an empty log. */
  readonly validUpTo?: number;
  /** Newest log index; undefined for an empty log. */
  readonly lastLogIndex?: number;
}

/**
 * The root file after a change. Replaced keys are retired, so that their earlier signatures still
 * count. Statements name the registry as before. Older statements without a registry name still
 * count; new ones must have it.
 * @throws Problem `usage`, `root-invalid`
 */
export function changedRoot(
  root: RootFile,
  { add, remove, threshold, keys, validUpTo, lastLogIndex }: RootChange,
): RootFile {
  const gone = root.administrators.filter((one) => remove.includes(one.keyId));
  const stranger = remove.find((id) => !gone.some((one) => one.keyId === id));
  if (stranger !== undefined)
    throw new Problem(
      'usage',
      `Cannot remove ${stranger}: it is not the key of an administrator of the root file`,
    );
  const roles = (['log', 'status', 'registry'] as const).filter((role) => keys[role] !== undefined);
  const replaced: readonly (readonly [RootRole, string])[] = [
    ...roles.map((role) => [role, root[role].key] as const),
    ...gone.map((one) => ['administrator', one.key] as const),
  ];
  const fresh: RetiredKey[] =
    validUpTo === undefined ? [] : replaced.map(([role, key]) => ({ role, key, validUpTo }));
  const retired = [...(root.retired ?? []), ...fresh];
  const stay = root.administrators.filter((one) => !remove.includes(one.keyId));
  const earlier = root.thresholds ?? [];
  // A threshold that was replaced at the same log index has judged nothing.
  const isReplaced =
    threshold !== undefined &&
    threshold !== root.threshold &&
    (lastLogIndex ?? -1) > (earlier.at(-1)?.validUpTo ?? -1);
  const thresholds =
    isReplaced && lastLogIndex !== undefined
      ? [...earlier, { threshold: root.threshold, validUpTo: lastLogIndex }]
      : earlier;
  const next = {
    ...root,
    ...Object.fromEntries(roles.map((role) => [role, { key: keys[role] }])),
    administrators: [...stay, ...add.map(({ keyId, spki }) => ({ keyId, key: spki }))],
    threshold: threshold ?? root.threshold,
    ...(thresholds.length === 0 ? {} : { thresholds }),
    ...(retired.length === 0 ? {} : { retired }),
    ...(root.tuf === undefined ? { tuf: 1 } : {}),
    ...(root.tuf === undefined && lastLogIndex !== undefined ? { unnamedUpTo: lastLogIndex } : {}),
  };
  const first = canonicalJson(next) === canonicalJson(root) ? {} : { first: registryIdOf(root) };
  return parseRoot(JSON.stringify({ ...next, ...first }));
}

interface PolicyChange {
  readonly next?: Policy;
  /**
   * Last log index of what was approved under the policy until now; undefined while nothing is
   * logged.
   */
  readonly validUpTo?: number;
  /** Everything that earlier policies approved needs a new approval. */
  readonly dropEarlier: boolean;
}

/**
 * The policy after a change. Earlier policies still judge the versions that were approved under
 * them.
 * @throws Problem `usage`
 */
export function changedPolicy(
  now: Policy,
  { next = now, validUpTo, dropEarlier }: PolicyChange,
): Policy {
  if (next !== now && next.earlier !== undefined)
    throw new Problem(
      'usage',
      'Cannot propose this policy: its file must not name earlier policies, because this command adds them',
      {
        hint: 'remove `earlier` from the file; to keep no earlier policy: --drop-earlier-policies',
      },
    );
  const { earlier = [], ...was } = now;
  const { earlier: _, ...is } = next;
  if (dropEarlier) return is;
  const last = earlier.at(-1)?.validUpTo ?? -1;
  const isSame = policyDigest(was) === policyDigest(is);
  // A policy that replaced another one at the same log index has judged nothing.
  const more =
    isSame || validUpTo === undefined || validUpTo <= last ? [] : [{ policy: was, validUpTo }];
  const all = [...earlier, ...more];
  if (all.length > earlierPoliciesMax)
    throw new Problem(
      'usage',
      `Cannot propose this policy: the limit of ${earlierPoliciesMax} earlier policies is reached`,
      {
        hint: 'drop them, so that every version needs new approvals: --drop-earlier-policies',
      },
    );
  return all.length === 0 ? is : { ...is, earlier: all };
}

interface Proposed {
  readonly before?: TufRepository;
  readonly root: RootFile;
  readonly files: Omit<TufFiles, 'root.json'>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The next document, unsigned and valid for a year. */
export function proposeNext({ now, ...rest }: Proposed): TufRepository {
  return nextRepository({ ...rest, expires: now + signedDays * 86_400_000, timeOf: tufTime });
}

/**
 * The digest that administrators compare. It covers all roots and the targets, without signatures.
 */
export function proposalDigest({ roots, targets }: TufRepository): Digest {
  return canonicalDigest({ roots: roots.map(({ signed }) => signed), targets: targets.signed });
}

/**
 * Merges separately signed copies of one proposal. @throws Problem `tuf-invalid` for copies of two
 * proposals
 */
export function mergeProposals(copies: readonly TufRepository[]): TufRepository {
  const [first] = copies;
  if (first === undefined) throw new Problem('usage', 'There is no proposal to publish');
  const contentOf = (one: TufRepository): string =>
    canonicalJson([proposalDigest(one), one.roots.slice(0, -1)]);
  if (copies.some((one) => contentOf(one) !== contentOf(first)))
    throw new Problem(
      'tuf-invalid',
      'Cannot publish: the files are copies of two different proposals',
    );
  const { signed } = lastRootOf(first);
  const keys = { ...first.roots.at(-2)?.signed.keys, ...signed.keys };
  const root = united(copies.map(lastRootOf), signed, keys);
  const targets = united(
    copies.map((one) => one.targets),
    first.targets.signed,
    signed.keys,
  );
  return { ...first, roots: [...first.roots.slice(0, -1), root], targets };
}

// Anybody can add a worthless signature with another key's id, so only a valid signature counts for
// its key.
function united<Signed extends TufSigned>(
  copies: readonly TufMetadata<Signed>[],
  signed: Signed,
  keys: TufRoot['keys'],
): TufMetadata<Signed> {
  const all = copies.flatMap((one) => one.signatures);
  const byKey = new Map(
    all.filter((one) => holdsOver(signed, one, keys)).map((one) => [one.keyid, one]),
  );
  return { signatures: [...byKey.values()], signed };
}
