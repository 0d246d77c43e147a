/**
 * Makes the packages of a skill ready on this host: fetches what the store lacks, unpacks, and
 * builds the sets that sandboxes mount. It happens at an installation, never at a run.
 */
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import { lockedDigest } from '../../skills-index/packages/locked-package.ts';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import {
  type SelectedPackage,
  selectPackages,
} from '../../skills-index/packages/select-packages.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findProgram } from '../host/host.ts';
import type { Network } from '../package-fetch/download.ts';
import { fetchPackage } from '../package-fetch/fetch-package.ts';
import { readPlatform } from '../package-fetch/host-facts.ts';
import { unpackNpm } from '../package-fetch/npm-package.ts';
import { unpackWheel } from '../package-fetch/wheel.ts';
import {
  interpreterState,
  readRecord,
  type SetRecord,
  setFolder,
  whyNotWhole,
} from '../packages/stored-set.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { buildSet, type SetPart } from './build-set.ts';
import { byteCodeFolder, compilePackages } from './byte-code.ts';
import { downloadsAtOnce } from './limits.ts';
import {
  readWhole,
  removeLeftovers,
  type StoredPackage,
  storedFolder,
  storeFiles,
} from './store.ts';

export interface PackagesRequest {
  readonly data: string;
  /** The packages of the skill's locks. */
  readonly packages: readonly LockedPackage[];
  readonly hostPolicy: Pick<HostPolicy, 'indexes'>;
  readonly network: Network;
  /** Returns the sandbox in which the interpreter makes byte code. */
  readonly sandbox: () => Sandbox;
  /** Called when a package begins to arrive, and when it is stored. */
  readonly onProgress?: (progress: FetchProgress) => void;
}

export interface FetchProgress {
  readonly file: string;
  readonly bytes: number;
  readonly stored: boolean;
  /** How many packages are fetched in all. */
  readonly total: number;
}

export interface ReadyPackages {
  readonly sets: readonly SetRecord[];
  /** How many packages were fetched, and from which indexes. */
  readonly fetched: number;
  readonly from: readonly string[];
  /** What a person should know about the packages. */
  readonly notes: readonly string[];
}

/**
 * @throws Problem `package-unavailable`, `package-differs`, `package-unsafe`, `package-unsuitable`,
 * `packages-full`
 */
export async function readyPackages(request: PackagesRequest): Promise<ReadyPackages> {
  const used = ecosystems.filter((one) => request.packages.some((each) => each.ecosystem === one));
  if (used.length > 0) removeLeftovers(request.data);
  const sets: SetRecord[] = [];
  const notes: string[] = [];
  const from: string[] = [];
  let fetched = 0;
  for (const ecosystem of used) {
    const ready = await readySet(request, ecosystem, notes);
    sets.push(ready.record);
    fetched += ready.fetched;
    if (ready.fetched > 0) from.push(indexOf(request, ecosystem).url);
  }
  return { sets, fetched, from, notes };
}

function indexOf({ hostPolicy }: PackagesRequest, ecosystem: Ecosystem) {
  return hostPolicy.indexes[ecosystem] ?? publicIndexes[ecosystem];
}

async function readySet(
  request: PackagesRequest,
  ecosystem: Ecosystem,
  notes: string[],
): Promise<{ readonly record: SetRecord; readonly fetched: number }> {
  const { data } = request;
  const packages = request.packages.filter((one) => one.ecosystem === ecosystem);
  const entries = packages.map((one) => ({ ...one, digest: lockedDigest(one) }));
  const folder = setFolder(data, packageSetKey(ecosystem, entries));
  const python = ecosystem === 'python' ? findProgram('python3') : undefined;
  const present = presentSet(folder, ecosystem, python);
  const isThere = (): boolean => presentSet(folder, ecosystem, python) !== undefined;
  if (present !== undefined) return { record: present, fetched: 0 };
  const platform = readPlatform(python);
  const selected = selectPackages(packages, platform);
  const { fetched, parts } = await fetchMissing(request, selected, notes);
  const facts = platform.python;
  if (python === undefined || facts === undefined)
    return { record: buildSet({ data, folder, isThere, ecosystem, parts }), fetched };
  const { cacheTag } = facts;
  try {
    await compilePackages({ data, sandbox: request.sandbox(), python, cacheTag }, parts);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    notes.push(`the packages have no byte code, so each start compiles them: ${cause.message}`);
  }
  const compiled = parts.map((part) => ({
    ...part,
    byteCode: byteCodeFolder(data, part.folder.split('/').at(-1) ?? '', cacheTag),
  }));
  const state = interpreterState(python);
  const record = buildSet({
    data,
    folder,
    isThere,
    ecosystem,
    parts: compiled,
    python: { facts, state },
  });
  return { record, fetched };
}

function presentSet(
  folder: string,
  ecosystem: Ecosystem,
  python: string | undefined,
): SetRecord | undefined {
  const record = readRecord(folder);
  const isFor = ecosystem !== 'python' || record?.python === interpreterState(python);
  return record !== undefined && isFor && whyNotWhole(folder, record) === undefined
    ? record
    : undefined;
}

async function fetchMissing(
  request: PackagesRequest,
  selected: readonly SelectedPackage[],
  notes: string[],
): Promise<{ readonly parts: SetPart[]; readonly fetched: number }> {
  const places = selected.map((one) => {
    const folder = storedFolder(request.data, one.package.ecosystem, one.file);
    const stored = readWhole(folder);
    // A lock may give the hash of another package that another skill brought.
    const isOwn = stored?.name === one.package.name && stored.version === one.package.version;
    return { ...one, folder, stored: isOwn ? stored : undefined };
  });
  const missing = places.filter(({ stored }) => stored === undefined);
  const waiting = [...missing];
  const made = new Map<string, StoredPackage>();
  // One failure ends all downloads.
  const stop = new AbortController();
  const signals = [
    stop.signal,
    ...(request.network.signal === undefined ? [] : [request.network.signal]),
  ];
  const network = { ...request.network, signal: AbortSignal.any(signals) };
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      made.set(next.folder, await fetchOne({ ...request, network }, next, missing.length, notes));
  };
  const workers = Array.from({ length: downloadsAtOnce }, () =>
    work().catch((cause: unknown) => {
      stop.abort();
      throw cause;
    }),
  );
  const results = await Promise.allSettled(workers);
  const failures = results.flatMap((one) =>
    one.status === 'rejected' ? [one.reason as unknown] : [],
  );
  request.network.signal?.throwIfAborted();
  if (failures.length > 0) throw failures.find((one) => one instanceof Problem) ?? failures[0];
  const parts = places.flatMap(({ folder, package: one, stored: before }): SetPart[] => {
    const stored = before ?? made.get(folder);
    return stored === undefined ? [] : [{ package: one, folder, stored }];
  });
  return { parts, fetched: missing.length };
}

async function fetchOne(
  request: PackagesRequest,
  { file, folder, package: one }: SelectedPackage & { readonly folder: string },
  total: number,
  notes: string[],
): Promise<StoredPackage> {
  const progress = (bytes: number, stored: boolean): void =>
    request.onProgress?.({ file: file.name, bytes, stored, total });
  const source = { index: indexOf(request, one.ecosystem), network: request.network };
  const fetched = await fetchPackage(source, one, file, (bytes) => progress(bytes, false));
  const unpacked =
    one.ecosystem === 'python'
      ? unpackWheel(file.name, fetched.bytes)
      : unpackNpm(file.name, fetched.bytes, one);
  notes.push(...fetched.notes, ...unpacked.notes);
  const stored = storeFiles(request.data, folder, one, unpacked.files);
  progress(fetched.bytes.length, true);
  return stored;
}
