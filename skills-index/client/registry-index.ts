/**
 * Everything `decide` needs about one version, fetched from the index, the blobs and the log.
 * Judges nothing.
 */
import { valid } from 'semver';
import { parseCheckpoint } from '../log/checkpoint.ts';
import type { TreeHead } from '../log/merkle-tree.ts';
import { type Bundle, parseBundle } from '../skill/bundle.ts';
import type { Digest } from '../skill/digest.ts';
import { parseJson } from '../skill/json.ts';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import { resolveVersion } from '../skill/version.ts';
import { predicateTypes } from '../statement/attestation.ts';
import { scanReportBytesMax } from '../statement/limits.ts';
import { peekStatement } from '../statement/sign.ts';
import { parseSigstoreBundle, type SigstoreBundle } from '../statement/sigstore-bundle.ts';
import { alarmOfSeen } from '../trust/decision/one-log.ts';
import type { Admitted, DecisionInput } from '../trust/decision.ts';
import { type IndexLine, parseIndexFile } from '../trust/index-line.ts';
import { indexFileBytesMax, rootBytesMax, statusBytesMax } from '../trust/limits.ts';
import { parseRoot, type RootFile } from '../trust/root.ts';
import { verifyRootCheckpoint } from '../trust/root-office.ts';
import {
  marksOfAll,
  newestStatus,
  type Status,
  type StatusMark,
  verifyStatus,
} from '../trust/status-file.ts';
import { fetchBlobIfThere, fetchFile, fetchNamed, inTurns, type Source } from './blobs.ts';
import { readKnown } from './known-statements.ts';
import { withSum } from './limited-source.ts';
import { statementBlobBytesMax } from './limits.ts';
import { describeKeptAlarm, keepAlarm } from './log-alarm.ts';
import { fetchConsistency } from './log-proofs.ts';
import type { Store } from './store.ts';

/** What to look for. */
export interface VersionQuery extends Source {
  readonly root: RootFile;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly name: SkillName;
  /**
   * A semver range; the highest version in it without a mark against it, an exact version as it is.
   */
  readonly range: string;
  /**
   * What other places of `status.json` said: the newest shows the head that the evidence is
   * gathered for, the marks of all count.
   */
  readonly furtherStatuses?: readonly Uint8Array[];
}

/** The evidence. Parts that could not be fetched are absent, and `decide` reports them. */
export type VersionEvidence = Omit<
  DecisionInput,
  'root' | 'policy' | 'now' | 'sigstore' | 'witnesses' | 'past' | 'pinned' | 'statusGraceSeconds'
>;

/**
 * Fetches the evidence about the highest version in the range.
 * @throws Problem `not-found`, `registry-down`, `registry-answer-invalid`, `signature-invalid`,
 * `log-invalid` when the kept checkpoint is damaged,
 *   `log-rolled-back` when the version is not there, and neither is the log that was seen before
 */
export async function fetchVersionEvidence(query: VersionQuery): Promise<VersionEvidence> {
  const lines = await fetchIndex(query, query.name);
  const isGood = (bytes: Uint8Array): boolean => readStatus(bytes, query) !== undefined;
  const statusFile = {
    name: 'status.json',
    path: '/index/status.json',
    bytesMax: statusBytesMax,
    isGood,
  };
  const statusBytes = await fetchNamed(query, statusFile);
  const statuses = [
    ...(statusBytes === undefined ? [] : [statusBytes]),
    ...(query.furtherStatuses ?? []),
  ];
  const read = statuses.flatMap((bytes) => readStatus(bytes, query) ?? []);
  const status = newestStatus(read);
  const seen = await fetchSeen(query, status);
  const line = await orRolledBack(query, { seen, status }, () =>
    chooseLine(lines, query, marksOfAll(read)),
  );
  const limited = withSum(query);
  const statements = await fetchStatements(limited, line.statements);
  const bundle =
    (await fetchBlobIfThere(limited, line.bundle, statementBlobBytesMax)) ?? new Uint8Array();
  const known = await readKnown(query.store, query.name);
  const bundles = [...statements.values()].flatMap((bytes) => peekBundle(bytes) ?? []);
  const heads = [
    ...bundles.flatMap(headOf),
    ...(status === undefined ? [] : [parseCheckpoint(status.checkpoint)]),
  ];
  return {
    line,
    statements,
    bundle,
    report: await fetchReport(limited, bundles),
    files: await fetchTexts(limited, bundle),
    statuses,
    consistency: await fetchProofs(limited, heads),
    known,
    ...(seen === undefined ? {} : { seen }),
  };
}

/**
 * Lines of a skill; empty when the registry does not know it.
 * @throws Problem `registry-down`, `registry-answer-invalid`
 */
export async function fetchIndex(source: Source, name: SkillName): Promise<IndexLine[]> {
  const path = `index/${name}`;
  const isGood = (read: Uint8Array): boolean => parseIndexFile(read, name).length > 0;
  const bytes = await fetchNamed(source, {
    name: path,
    path: `/${path}`,
    bytesMax: indexFileBytesMax,
    isGood,
  });
  if (bytes === undefined && source.offline === true)
    throw new Problem('registry-down', `Offline, and the index of ${name} is not in the store`);
  return bytes === undefined ? [] : parseIndexFile(bytes, name);
}

/**
 * The registry's root file, as it serves it: to show its fingerprint, never to trust it unseen;
 * nothing is kept.
 * @throws Problem `registry-down`, `root-invalid`, `not-found`
 */
export async function fetchRoot(source: Source): Promise<RootFile> {
  const bytes = await fetchFile(source, '/index/root.json', rootBytesMax);
  if (bytes === undefined) throw new Problem('not-found', `There is no registry at ${source.base}`);
  return parseRoot(bytes);
}

/**
 * Remembers the head of the log that an admission rests on, so that the next one cannot be shown an
 * older log.
 */
export async function rememberCheckpoint(store: Store, admitted: Admitted): Promise<void> {
  await store.putNamed('checkpoint', Buffer.from(admitted.checkpoint.note));
}

// Its age is for `decide`, which knows how much grace the host gives.
function readStatus(bytes: Uint8Array, { root, now }: VersionQuery): Status | undefined {
  return peek(() => verifyStatus(bytes, root, now, { graceSeconds: Number.POSITIVE_INFINITY }));
}

// Versions with a mark against them are passed over while there is another; when there is none,
// `decide` names the mark.
function chooseLine(
  lines: readonly IndexLine[],
  { name, range }: VersionQuery,
  marks: readonly StatusMark[],
): IndexLine {
  const stopping = marks.filter((mark) => mark.kind !== 'deprecated').map((mark) => mark.bundle);
  const unmarked = lines.filter((line) => !stopping.includes(line.bundle));
  const candidates = valid(range) === null ? [unmarked, lines] : [lines];
  for (const list of candidates) {
    const version = resolveVersion(
      range,
      list.map((line) => line.version),
    );
    const found = list.find((line) => line.version === version);
    if (found !== undefined) return found;
  }
  const known =
    lines.length === 0
      ? 'the registry has no approved version of it'
      : `there are ${lines.map((line) => line.version).join(', ')}`;
  const prerelease = lines.findLast((line) => line.version.includes('-'))?.version;
  throw new Problem('not-found', `Cannot find ${name}@${range}: ${known}`, {
    ...(prerelease === undefined
      ? {}
      : { hint: `a prerelease has to be named: ${name}@${prerelease}` }),
  });
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

// Read only to learn which report to fetch and which heads to prove; `decide` verifies it.
function peekBundle(bytes: Uint8Array): SigstoreBundle | undefined {
  return peek(() => parseSigstoreBundle(parseJson(bytes, 'statement').value));
}

function headOf(bundle: SigstoreBundle): TreeHead[] {
  const note = bundle.verificationMaterial.tlogEntries[0].inclusionProof.checkpoint.envelope;
  const head = peek(() => parseCheckpoint(note));
  return head === undefined ? [] : [head];
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
    (digest === undefined
      ? undefined
      : await fetchBlobIfThere(source, digest, scanReportBytesMax)) ?? new Uint8Array()
  );
}

/** SKILL.md and skill.json: what is read before anything else of a skill. */
async function fetchTexts(
  source: Source,
  bundleBytes: Uint8Array,
): Promise<Map<string, Uint8Array>> {
  const bundle: Bundle | undefined = peek(() => parseBundle(bundleBytes).bundle);
  const wanted = (bundle?.files ?? []).filter(
    (file) => file.path === 'SKILL.md' || file.path === 'skill.json',
  );
  const files = new Map<string, Uint8Array>();
  for (const { path, sha256, size } of wanted) {
    const bytes = await fetchBlobIfThere(source, sha256, size);
    if (bytes !== undefined) files.set(path, bytes);
  }
  return files;
}

async function fetchSeen(
  query: VersionQuery,
  status: Status | undefined,
): Promise<DecisionInput['seen']> {
  const kept = await query.store.getNamed('checkpoint');
  if (kept === undefined || status === undefined) return undefined;
  const note = Buffer.from(kept).toString('utf8');
  const { size, root } = verifyRootCheckpoint(note, query.root);
  const proofs = await fetchConsistency(query, [size], parseCheckpoint(status.checkpoint).size);
  return { checkpoint: { size, root, note }, proof: proofs.get(size) ?? [] };
}

// A registry that lost its newest entries lost the version too, so the real fault is the log, not
// the version.
async function orRolledBack(
  query: VersionQuery,
  { seen, status }: { readonly seen: DecisionInput['seen']; readonly status: Status | undefined },
  choose: () => IndexLine,
): Promise<IndexLine> {
  try {
    return choose();
  } catch (cause) {
    const alarm =
      seen === undefined || status === undefined ? undefined : alarmOfSeen(seen, status);
    if (!(cause instanceof Problem) || alarm === undefined) throw cause;
    const place = await keepAlarm(query, alarm);
    const reasons = [alarm.message, describeKeptAlarm(place)];
    throw new Problem(
      'log-rolled-back',
      `${cause.message}, and the registry shows another log than this host saw before`,
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
): Promise<NonNullable<DecisionInput['consistency']>> {
  const sizes = heads.map((head) => head.size);
  return fetchConsistency(source, sizes, Math.max(0, ...sizes));
}

function peek<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
