/**
 * The statements about the people, keys and scope behind a version, and the proofs that the log has
 * no others.
 */
import { and, desc, eq, lt } from 'drizzle-orm';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { proveKey } from '../../skills-index/log/map-tree.ts';
import type { Hash } from '../../skills-index/log/merkle-tree.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { predicateTypes, type ScopeStatement } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { provenNamesMax, provesName } from '../../skills-index/trust/index-files/name-proofs.ts';
import {
  nameProofOf,
  printNameProofsFile,
} from '../../skills-index/trust/index-files/print-name-proofs.ts';
import {
  identityMapName,
  mapKeyOf,
} from '../../skills-index/trust/members-and-scopes/map-names.ts';
import {
  type NamesRestedOn,
  namesRestedOn,
  type RestingVersion,
  type SignedStatement,
} from '../../skills-index/trust/members-and-scopes/names-rested-on.ts';
import type { Registry } from '../context.ts';
import { logSize } from '../log/log.ts';
import {
  clashIfMoved,
  damagedMap,
  mapAtHead,
  mapEntriesKept,
  readNodes,
} from '../log/map-nodes.ts';
import { latest } from '../people/identities.ts';
import {
  findIdentityStatements,
  keep,
  readIdentityStatement,
  recall,
} from '../people/identity-statements.ts';
import type { LoggedIdentityStatement } from '../people/known-identities.ts';
import { isAmong, retryOnClash } from '../store/batch.ts';
import { hasDigest } from '../store/columns/digest-column.ts';
import { identityNames } from '../store/identity-schema.ts';
import { indexLines, versions } from '../store/schema.ts';
import { statementsOf } from '../versions/manifests.ts';
import type { VersionRow } from '../versions/versions.ts';
import { signedStatus, statusIn } from './status-json.ts';

/** Words files that a process keeps, of some ten kilobytes each. */
const wordsFilesKeptMax = 500;

/**
 * Names on which every version of a scope rests. Installers read at most 1,000 names for a version.
 * The others are for replaced keys, and for the people who scanned and approved the version.
 */
export const scopeNamesMax = 900;

interface MappedHead {
  readonly size: number;
  readonly map: Hash;
}

/**
 * The file of name proofs of a version in the index.
 * @param size of the head to whose map the proofs belong. The head that the status shows counts
 * instead when the size is left out, and when the registry no longer keeps the map of that head
 * @returns undefined when the version is not in the index
 * @throws Problem `status-stale`, `registry-busy`, `database-damaged`
 */
export async function readNameProofsFile(
  registry: Registry,
  name: SkillName,
  version: Version,
  size?: number,
): Promise<Uint8Array | undefined> {
  const [found] = await registry.db.read
    .select({ row: versions })
    .from(versions)
    .innerJoin(indexLines, eq(indexLines.versionId, versions.id))
    .where(and(eq(versions.name, name), eq(versions.version, version)));
  if (found === undefined) return undefined;
  const { row } = found;
  // A later status may have the nodes of an older head deleted between two reads.
  return retryOnClash(async () => {
    const head = await headAt(registry, size);
    const hasMoved = async () => (await headAt(registry, size)).size !== head.size;
    return clashIfMoved(readOrMake(registry, row, head), hasMoved);
  });
}

async function readOrMake(
  registry: Registry,
  row: VersionRow,
  head: MappedHead,
): Promise<Uint8Array> {
  const files = registry.identities.wordsFiles ?? new Map<string, Uint8Array>();
  registry.identities.wordsFiles = files;
  // The file depends on the map alone: publications and approvals of others do not change it.
  const address = `${row.id} ${Buffer.from(head.map).toString('base64')}`;
  const kept = recall(files, address);
  if (kept !== undefined) return kept;
  const made = Buffer.from(await makeWordsFile(registry, row, head));
  keep(files, address, made, wordsFilesKeptMax);
  return made;
}

async function headAt(registry: Registry, size: number | undefined): Promise<MappedHead> {
  const shown = await shownHead(registry);
  if (size === undefined || size <= shown.size - mapEntriesKept) return shown;
  if (size === shown.size || size > (await logSize(registry))) return shown;
  const map = await mapAtHead(registry, size);
  return map === undefined ? shown : { size, map };
}

async function shownHead(registry: Registry): Promise<MappedHead> {
  const { checkpoint } = statusIn(await signedStatus(registry));
  const { size, map } = parseCheckpoint(checkpoint);
  if (map !== undefined) return { size, map };
  throw damagedMap();
}

async function makeWordsFile(
  registry: Registry,
  row: VersionRow,
  { size, map }: MappedHead,
): Promise<string> {
  const found = await findNames(registry, row, size - 1);
  const names = [...found.keys()];
  const keys = names.map(mapKeyOf);
  const nodeAt = await readNodes(registry, keys, { root: map, size });
  const rows = await registry.db.read
    .select()
    .from(identityNames)
    .where(and(isAmong(identityNames.name, names), lt(identityNames.logIndex, size)));
  const at = Map.groupBy(rows, (one) => one.name);
  const proofs = [...found].map(([name, upTo]) => {
    const indexes = (at.get(name) ?? []).map(({ logIndex }) => logIndex).sort((a, b) => a - b);
    const proof = nameProofOf({ at: indexes, upTo }, proveKey(nodeAt, mapKeyOf(name)));
    // Somebody who edits the database can take a statement from its name, and not from the map.
    if (!provesName(map, name, proof)) throw damagedMap();
    return [name, proof] as const;
  });
  return printNameProofsFile({ map, names: new Map(proofs) });
}

/**
 * Rejects a version whose words nobody could read: every installer would refuse it.
 * @throws Problem `not-admitted`
 */
export async function requireFewNames(registry: Registry, row: VersionRow): Promise<void> {
  const { size } = await findNames(registry, row, latest);
  if (size <= provenNamesMax) return;
  throw new Problem(
    'not-admitted',
    `Cannot publish ${row.name}@${row.version}: it rests on the statements about ${size} keys, people, scopes and bundles, and installers read at most ${provenNamesMax}`,
    {
      hint: 'Publish the skill in another scope: every owner and publisher that a scope ever had counts.',
    },
  );
}

/**
 * Rejects new owners and publishers of a scope that had too many: the words of all versions in the
 * scope, also of older ones, have the names of each.
 * @throws Problem `request-invalid`
 */
export async function requireFewHolders(
  registry: Registry,
  { predicate: { scope, owners, publishers = [] } }: ScopeStatement,
): Promise<void> {
  const holders = new Set([...owners, ...publishers].map(identityId));
  const [holder] = holders;
  if (holder === undefined) return;
  // No such version has to be there: what counts is what every version of the scope rests on.
  const version = { name: `@${scope}/any` as SkillName, version: '0.0.0' as Version };
  const any = { ...version, bundle: holder, publisher: holder };
  const known = await namesBehind(registry, any, { own: [], upTo: latest });
  const added = [...holders].filter((id) => !known.has(identityMapName(id)));
  if (added.length === 0 || known.size + added.length <= scopeNamesMax) return;
  throw new Problem(
    'request-invalid',
    `The scope @${scope} cannot get ${added.length} more owners and publishers: its versions rest on the statements about ${known.size} keys, people and scopes, and at most ${scopeNamesMax} are allowed`,
    {
      hint: 'Claim another scope: every owner and publisher that a scope ever had counts. The scope can still lose owners and publishers.',
    },
  );
}

/**
 * Rejects the lift of a publisher's suspension that would leave the publisher's versions with words
 * that nobody could read: a lift rests on everybody with rights in a scope that names the
 * publisher, and strangers can name the publisher in their scopes.
 * @param lift as the log would have it
 * @throws Problem `move-illegal`
 */
export async function requireFewBehind(
  registry: Registry,
  publisher: Digest,
  lift: SignedStatement,
): Promise<void> {
  const [row] = await registry.db.read
    .select()
    .from(versions)
    .where(hasDigest(versions.publisher, publisher))
    .orderBy(desc(versions.logIndex))
    .limit(1);
  if (row === undefined) return;
  const { size } = await namesBehind(registry, row, { own: [lift], upTo: latest });
  if (size <= provenNamesMax) return;
  throw new Problem(
    'move-illegal',
    `Cannot lift the suspension of ${publisher}: its versions would rest on the statements about more than ${provenNamesMax} keys, people and scopes, and no installer could read them`,
    {
      hint: 'Scopes with very many owners and publishers name this publisher. The publisher publishes its skills again, with a new key.',
    },
  );
}

/** All names on which the version rests, by the statements up to a log index. */
async function findNames(
  registry: Registry,
  row: VersionRow,
  upTo: number,
): Promise<NamesRestedOn> {
  const own: LoggedIdentityStatement[] = [];
  // No installer reads an observation, so the version does not rest on its signer.
  for (const one of await statementsOf(registry, row.id))
    if (one.predicateType !== predicateTypes.observed)
      own.push(await readIdentityStatement(registry, one));
  return namesBehind(registry, row, { own, upTo });
}

/**
 * Beyond the names that installers read, not all names are found: strangers could make anybody rest
 * on very many.
 * @param own the statements about the version
 */
async function namesBehind(
  registry: Registry,
  version: RestingVersion,
  {
    own,
    upTo,
  }: {
    readonly own: readonly (LoggedIdentityStatement | SignedStatement)[];
    readonly upTo: number;
  },
): Promise<NamesRestedOn> {
  const words = new Map<number, SignedStatement>();
  const add = (found: readonly (LoggedIdentityStatement | SignedStatement)[]) => {
    for (const word of found) if (!('why' in word)) words.set(word.logIndex, word);
  };
  add(own);
  let asked: NamesRestedOn = new Map();
  for (;;) {
    const names = namesRestedOn(version, [...words.values()]);
    const fresh = [...names].filter(([name, below]) => (asked.get(name) ?? -1) < below);
    if (fresh.length === 0 || names.size > provenNamesMax) return names;
    asked = names;
    // Strangers can add statements from `below` on, so nobody reads those.
    for (const [below, group] of Map.groupBy(fresh, ([, one]) => one)) {
      const found = group.map(([name]) => name);
      add(await findIdentityStatements(registry, found, Math.min(upTo, below - 1)));
    }
  }
}
