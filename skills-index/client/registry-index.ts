/**
 * Fetches all evidence about one version from the index, the blobs and the log. This file judges no
 * evidence.
 */
import { type Checkpoint, parseCheckpoint } from '../log/checkpoint.ts';
import type { TreeHead } from '../log/merkle-tree.ts';
import type { TreeNodes } from '../log/tree-nodes.ts';
import { type Bundle, parseBundle } from '../skill/bundle.ts';
import { type Digest, hexOf } from '../skill/digest.ts';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { parseJson } from '../skill/text/json.ts';
import { compareVersions } from '../skill/version.ts';
import { predicateTypes } from '../statement/attestation.ts';
import { peekStatement } from '../statement/signature-formats/envelope.ts';
import {
  parseSigstoreBundle,
  type SigstoreBundle,
} from '../statement/signature-formats/sigstore-bundle.ts';
import type { DecisionInput } from '../trust/decision/decision.ts';
import { alarmOfSeen } from '../trust/decision/one-log.ts';
import { type IndexLine, indexFileBytesMax } from '../trust/index-files/index-line.ts';
import {
  type IndexPart,
  joinLines,
  parseIndex,
  parsePart,
} from '../trust/index-files/index-parts.ts';
import type { NameProofsFile } from '../trust/index-files/name-proofs.ts';
import { newestStatus, type Status, statusBytesMax } from '../trust/index-files/status-file.ts';
import type { RootFile } from '../trust/root/root.ts';
import { verifyRootCheckpoint } from '../trust/root/root-role.ts';
import { fetchBlobIfThere, fetchNamed, inTurns, type Source } from './blobs.ts';
import { chooseLine, partsWithChoice, type WantedVersion } from './choose-line.ts';
import { readKnown } from './known-statements.ts';
import { withSum } from './limited-source.ts';
import { describeKeptAlarm, keepAlarm } from './log-alarm.ts';
import { proveHeads } from './log-proofs.ts';
import { readNodes, withEvidencePack } from './packs.ts';
import { peek, peekStatus } from './peek.ts';
import {
  cachedNameProofs,
  cachedStatus,
  cacheNameProofs,
  fetchNameProofs,
  fetchProvenStatements,
  isOfHead,
  statementBlobBytesMax,
} from './version-proofs.ts';

export const scanReportBytesMax = 64 * 1024 * 1024;

/**
 * How often status and proofs are asked for together, when the proofs are not of the head in the
 * status: the registry keeps the maps of some hundred heads only, and a copy of a registry may be
 * updated between the two answers.
 */
export const nameProofsTriesMax = 4;

/** Parts of one index: 480,000 lines, where each part has 24. */
const indexPartsReadMax = 20_000;

/** The version to find, and the registry to ask. */
export interface VersionQuery extends Source, WantedVersion {
  readonly root: RootFile;
  /** The present time, in milliseconds since 1970. */
  readonly now: number;
  /**
   * The bytes of `status.json` from further sources. The status with the largest head shows the
   * head of the log.
   */
  readonly furtherStatuses?: readonly Uint8Array[];
  /** Whether the registry is asked for the proofs also where kept ones are of the same map. */
  readonly asksNameProofs?: boolean;
}

/**
 * The evidence about a version. Parts that could not be fetched are absent, and `decide` reports
 * each absent part.
 */
export type VersionEvidence = Omit<
  DecisionInput,
  | 'root'
  | 'policy'
  | 'now'
  | 'sigstore'
  | 'witnesses'
  | 'past'
  | 'pinned'
  | 'statusGraceSeconds'
  | 'olderProofs'
> & {
  /** Whether the proofs are kept ones, and the registry was not asked for them. */
  readonly areProofsCached: boolean;
};

/**
 * Fetches the evidence about the highest version in the range.
 * @throws Problem `not-found`, `registry-down`, `registry-answer-invalid`, `signature-invalid`,
 * `log-invalid` when the kept checkpoint is damaged,
 * `log-rolled-back` when the registry has no such version, and does not prove that its log
 * continues the log that this host saw before
 */
export async function fetchVersionEvidence(query: VersionQuery): Promise<VersionEvidence> {
  const lines = await fetchIndex(withSum(query), query.name, query);
  const { line, nameProofs, areProofsCached, statuses, status, seen } = await fetchLineWithProofs(
    query,
    lines,
  );
  const limited = withEvidencePack(withSum(query), line);
  const statements = await fetchStatements(limited, line.statements);
  const bundle =
    (await fetchBlobIfThere(limited, line.bundle, statementBlobBytesMax)) ?? new Uint8Array();
  const known = await readKnown(query.store, query.name);
  const bundles = [...statements.values()].flatMap((bytes) => peekBundle(bytes) ?? []);
  const proven = await fetchProvenStatements(limited, nameProofs, new Set(bundles.map(indexIn)));
  bundles.push(...[...proven.values()].flatMap((bytes) => peekBundle(bytes) ?? []));
  const heads = [
    ...bundles.flatMap(headOf),
    ...headsShown(query, { nameProofs, statuses, status }),
  ];
  return {
    line,
    statements: new Map([...statements, ...proven]),
    proven: [...proven.keys()],
    nameProofs,
    areProofsCached,
    bundle,
    report: await fetchReport(limited, bundles),
    files: await fetchTexts(limited, bundle),
    statuses,
    consistency: await fetchProofs(limited, heads, await readNodes(limited, line)),
    known,
    ...(seen === undefined ? {} : { seen }),
  };
}

/** Name of the kept status that showed the newest head that this host knows. */
export const seenStatusName = 'seen-status';

/** The statuses of all sources, the registry first. */
async function fetchStatuses(query: VersionQuery): Promise<readonly Uint8Array[]> {
  const isGood = (bytes: Uint8Array): boolean => peekStatus(bytes, query) !== undefined;
  const own = await fetchNamed(query, {
    name: 'status.json',
    path: '/index/status.json',
    bytesMax: statusBytesMax,
    isGood,
  });
  // A further source may have shown a newer head than the registry.
  const seen = query.offline === true ? await query.store.getNamed(seenStatusName) : undefined;
  return [own, ...(query.furtherStatuses ?? []), seen].flatMap((one) => one ?? []);
}

interface ChosenLine {
  readonly line: IndexLine;
  readonly nameProofs: NameProofsFile;
  readonly areProofsCached: boolean;
  readonly statuses: readonly Uint8Array[];
  /** The newest status. */
  readonly status: Status | undefined;
  readonly seen: DecisionInput['seen'];
}

/**
 * Chooses the line, and fetches the proofs of its version at the newest head. A registry that no
 * longer keeps the map of that head sends the proofs of a newer head. Then status and proofs are
 * asked for again.
 */
async function fetchLineWithProofs(
  query: VersionQuery,
  lines: readonly IndexLine[],
): Promise<ChosenLine> {
  for (let tries = 1; ; tries++) {
    const statuses = await fetchStatuses(query);
    const valid = statuses.flatMap((bytes) => peekStatus(bytes, query) ?? []);
    const status = newestStatus(valid);
    const seen = await fetchSeen(query, status);
    const line = await orRolledBack(query, { seen, status }, () => chooseLine(lines, query));
    const head = status && parseCheckpoint(status.checkpoint);
    const asksNameProofs = head === undefined || query.asksNameProofs === true;
    const kept = asksNameProofs ? undefined : await cachedNameProofs(query, line, head);
    const { nameProofs, bytes } = kept ?? (await fetchNameProofs(query, line, head));
    const chosen = { line, nameProofs, areProofsCached: kept !== undefined, status, seen };
    if (query.offline === true) {
      const all = [...statuses, await cachedStatus(query, line)];
      return { ...chosen, statuses: all.flatMap((one) => one ?? []) };
    }
    const isProven = head !== undefined && isOfHead(nameProofs, head);
    const proving = statuses.find(
      (one) => peekStatus(one, query)?.checkpoint === status?.checkpoint,
    );
    if (isProven && proving !== undefined)
      await cacheNameProofs(query, line, { bytes, status: proving });
    if (isProven || bytes === undefined || tries === nameProofsTriesMax)
      return { ...chosen, statuses };
  }
}

async function fetchStatements(
  source: Source,
  digests: readonly Digest[],
): Promise<Map<Digest, Uint8Array>> {
  const fetched = await inTurns(digests, async (digest) => {
    const bytes = await fetchBlobIfThere(source, digest, statementBlobBytesMax);
    return [digest, bytes] as const;
  });
  return new Map(
    fetched.flatMap(([digest, bytes]) => (bytes === undefined ? [] : [[digest, bytes] as const])),
  );
}

// Reads from an unverified bundle which report to fetch and which heads of the log need a proof.
// `decide` verifies the bundle.
function peekBundle(bytes: Uint8Array): SigstoreBundle | undefined {
  return peek(() => parseSigstoreBundle(parseJson(bytes, 'statement').value));
}

function indexIn({ verificationMaterial }: SigstoreBundle): number {
  return Number(verificationMaterial.tlogEntries[0].logIndex);
}

/** The newest head, and the head of the proofs of names where it is another. */
function headsShown(
  query: VersionQuery,
  { nameProofs, statuses, status }: Pick<ChosenLine, 'nameProofs' | 'statuses' | 'status'>,
): Checkpoint[] {
  if (status === undefined) return [];
  const newest = parseCheckpoint(status.checkpoint);
  const proving = statuses
    .flatMap((bytes) => peekStatus(bytes, query) ?? [])
    .map(({ checkpoint }) => parseCheckpoint(checkpoint))
    .find((head) => isOfHead(nameProofs, head));
  return proving === undefined || isOfHead(nameProofs, newest) ? [newest] : [newest, proving];
}

function headOf(bundle: SigstoreBundle): TreeHead[] {
  const note = bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;
  const head = peek(() => parseCheckpoint(note));
  return head ? [head] : [];
}

async function fetchReport(
  source: Source,
  bundles: readonly SigstoreBundle[],
): Promise<Uint8Array> {
  const digests = bundles.flatMap((bundle) => {
    const statement = peek(() => peekStatement(bundle.dsseEnvelope));
    return statement?.predicateType === predicateTypes.scan ? [statement.predicate.report] : [];
  });
  const [digest] = digests;
  return (
    (digest && (await fetchBlobIfThere(source, digest, scanReportBytesMax))) ?? new Uint8Array()
  );
}

/**
 * Fetches SKILL.md and skill.json, which `decide` compares with the signed statements. Keeps the
 * other files that arrived in one pack with the evidence.
 */
async function fetchTexts(
  source: Source,
  bundleBytes: Uint8Array,
): Promise<Map<string, Uint8Array>> {
  const bundle: Bundle | undefined = peek(() => parseBundle(bundleBytes).bundle);
  const files = new Map<string, Uint8Array>();
  for (const { path, sha256, size } of bundle?.files ?? []) {
    const isText = path === 'SKILL.md' || path === 'skill.json';
    if (!isText && source.packOf?.(sha256)?.has(sha256) !== true) continue;
    const bytes = await fetchBlobIfThere(source, sha256, size);
    if (isText && bytes !== undefined) files.set(path, bytes);
  }
  return files;
}

async function fetchSeen(
  query: VersionQuery,
  status: Status | undefined,
): Promise<DecisionInput['seen']> {
  const kept = await query.store.getNamed('checkpoint');
  if (!(kept && status)) return undefined;
  const note = Buffer.from(kept).toString('utf8');
  const { size, root } = verifyRootCheckpoint(note, query.root);
  const proofs = await proveHeads(query, [{ size, root }], parseCheckpoint(status.checkpoint));
  return { checkpoint: { size, root, note }, proof: proofs.get(size) ?? [] };
}

// A registry that lost its newest log entries lost the version, too. In that case, the error names
// the log.
async function orRolledBack(
  query: VersionQuery,
  { seen, status }: { readonly seen: DecisionInput['seen']; readonly status: Status | undefined },
  choose: () => IndexLine,
): Promise<IndexLine> {
  try {
    return choose();
  } catch (cause) {
    const alarm = seen && status && alarmOfSeen(seen, status);
    // Without a network this host lacks the proof. A registry that answers withholds the proof.
    const isSilent = alarm?.kind === 'log-unproven' && query.offline === true;
    if (!(cause instanceof Problem) || alarm === undefined || isSilent) throw cause;
    const place = await keepAlarm(query, alarm);
    const reasons = [alarm.message, describeKeptAlarm(place, alarm)];
    throw new Problem(
      'log-rolled-back',
      `${cause.message}, and the registry does not prove that its log continues the one that this host saw before`,
      {
        reasons: reasons.map((message) => ({ message })),
        cause,
      },
    );
  }
}

async function fetchProofs(
  source: Source,
  heads: readonly TreeHead[],
  nodes: TreeNodes,
): Promise<NonNullable<DecisionInput['consistency']>> {
  const [first, ...others] = heads;
  if (first === undefined) return new Map();
  const largest = others.reduce((a, b) => (b.size > a.size ? b : a), first);
  return proveHeads(source, heads, largest, nodes);
}

// Reads the lines of a skill's index: the newest from the index file, others from its parts.

/** The path of a part of a skill's index. */
export function indexPartPath(name: SkillName, { digest }: Pick<IndexPart, 'digest'>): string {
  return `/index/parts/${name}/${hexOf(digest)}`;
}

/**
 * Reads index lines of a skill, in the order of the log; empty when the registry does not know the
 * skill.
 * @param wanted leaves out parts that `chooseLine` does not need for this version
 * @throws Problem `registry-down`, `registry-answer-invalid`, `signature-invalid`
 */
export async function fetchIndex(
  source: Source,
  name: SkillName,
  wanted?: WantedVersion,
): Promise<readonly IndexLine[]> {
  const path = `index/${name}`;
  const isGood = (answer: Uint8Array): boolean => parseIndex(answer, name).lines.length > 0;
  const bytes = await fetchNamed(source, {
    name: path,
    path: `/${path}`,
    bytesMax: indexFileBytesMax,
    isGood,
  });
  if (bytes === undefined && source.offline === true)
    throw new Problem('registry-down', `Offline, and the index of ${name} is not in the store`);
  if (bytes === undefined) return [];
  let { parts, lines } = parseIndex(bytes, name);
  // A few small parts could stand for millions of parts, which this host would read from its store.
  const named = new Set<Digest>();
  for (let fresh = parts; ; ) {
    for (const { digest } of fresh)
      if (named.has(digest) || named.add(digest).size > indexPartsReadMax)
        throw new Problem(
          'registry-answer-invalid',
          `The index of ${name} names a part twice, or too many`,
        );
    const needed =
      wanted === undefined
        ? parts
        : partsWithChoice(parts, lines, wanted)
            .sort((a, b) => compareVersions(b.highest, a.highest))
            .slice(0, 1);
    if (needed.length === 0) return lines;
    const files = await inTurns(needed, async (part) => {
      const path = indexPartPath(name, part);
      const content = await fetchBlobIfThere(source, part.digest, indexFileBytesMax, path);
      if (content !== undefined) return parsePart(content, name, part);
      throw new Problem('registry-answer-invalid', `The registry has no ${path}`);
    });
    lines = joinLines(name, [lines, ...files.map((file) => file.lines)]);
    fresh = files.flatMap((file) => file.parts);
    parts = [...parts.filter((part) => !needed.includes(part)), ...fresh];
  }
}
