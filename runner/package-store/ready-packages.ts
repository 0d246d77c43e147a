/**
 * Makes the packages of a skill ready on this host: fetches what the store lacks, unpacks, and
 * builds the sets that sandboxes mount. It happens at an installation, never at a run.
 */

import { basename, dirname, join } from 'node:path';
import { type LockedPackage, lockedDigest } from '../../skills-index/packages/locked-package.ts';
import { packageSetKey } from '../../skills-index/packages/package-set.ts';
import { publicIndexes } from '../../skills-index/packages/public-indexes.ts';
import { type SelectedPackage, selectPackages } from '../../skills-index/packages/wheel-needs.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { runSizes } from '../../skills-index/run/plan/plan-skill.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { findProgram } from '../host/host.ts';
import type { Network } from '../package-fetch/download.ts';
import { fetchPackage, unpackNpm } from '../package-fetch/fetch-package.ts';
import { readPlatform } from '../package-fetch/host-facts.ts';
import { unpackWheel } from '../package-fetch/wheel.ts';
import {
  interpreterState,
  readRecord,
  type SetRecord,
  setFolder,
  whyNotWhole,
} from '../packages/stored-set.ts';
import { withRunFolder } from '../run/run-folder.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { buildSet, type SetPart } from './build-set.ts';
import {
  readWhole,
  removeLeftovers,
  type StoredPackage,
  storedFolder,
  storeFiles,
  storeFolder,
} from './store.ts';

const downloadsAtOnce = 4;

const byteCodeBytesMax = 512 * 1024 * 1024;

const compileMemoryMiB = 1_024;

const compileProcessesMax = 16;

/** What the interpreter may use while it makes byte code, and how much byte code it may make. */
const compileSecondsMax = 300;

interface PackagesRequest {
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

interface FetchProgress {
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

// Byte code of stored Python packages, so that no start compiles again. The interpreter of the host
// compiles in a sandbox of its own, where it sees the packages and nothing else. Compiling runs no
// code of a package.

/** A stored package without byte code, with the folder for its byte code. */
interface Uncompiled {
  readonly folder: string;
  readonly stored: StoredPackage;
}

interface Compiler {
  readonly data: string;
  readonly sandbox: Sandbox;
  /** The path of the interpreter, and the name that it gives to its byte code. */
  readonly python: string;
  readonly cacheTag: string;
}

// Writes a line and the bytes for each module: the length of the path, the length of the bytes.
// Python does not compare byte code of this form with its source (PEP 552): the runner verifies
// both.
const script = `import importlib.util, os, sys
from importlib._bootstrap_external import _code_to_hash_pyc
root, out = "/packages/in", sys.stdout.buffer
for folder, _, names in os.walk(root):
    for name in sorted(names):
        if not name.endswith(".py"):
            continue
        path = os.path.relpath(os.path.join(folder, name), root)
        try:
            with open(os.path.join(root, path), "rb") as file:
                source = file.read()
            code = compile(source, "/packages/python/" + path, "exec", dont_inherit=True)
            data = _code_to_hash_pyc(code, importlib.util.source_hash(source), False)
        except (Exception, RecursionError, MemoryError):
            continue
        line = os.fsencode(path)
        out.write(b"%d %d\\n" % (len(line), len(data)) + line + data)
out.flush()
`;

/** The folder for the byte code of a stored package, by the interpreter that made the byte code. */
function byteCodeFolder(data: string, storedName: string, cacheTag: string): string {
  return join(storeFolder(data), 'byte-code', cacheTag, storedName);
}

/** The path of the byte code of a module. */
function byteCodePath(path: string, cacheTag: string): string {
  return join(dirname(path), '__pycache__', `${basename(path, '.py')}.${cacheTag}.pyc`);
}

/**
 * Compiles the packages that have no byte code yet, and stores the byte code.
 * @throws Problem `sandbox-missing`, `sandbox-refused`, `packages-full`
 */
async function compilePackages(compiler: Compiler, packages: readonly Uncompiled[]): Promise<void> {
  const target = ({ folder }: Uncompiled): string =>
    byteCodeFolder(compiler.data, basename(folder), compiler.cacheTag);
  const wanted = packages.filter((one) => readWhole(target(one)) === undefined);
  if (wanted.length === 0) return;
  // A package that ends the interpreter, or takes it over, must not decide on the byte code of
  // another package, which other skills use. So each package gets a sandbox of its own.
  for (const one of wanted) {
    const output = await withRunFolder((runFolder) => runCompiler(compiler, one, runFolder));
    const files = [...parseOutput(output, one)].map(([path, bytes]) => ({
      path: byteCodePath(path, compiler.cacheTag),
      size: bytes.length,
      isExecutable: false,
      read: () => bytes,
    }));
    storeFiles(compiler.data, target(one), one.stored, files);
  }
}

async function runCompiler(
  { python, sandbox }: Compiler,
  { folder }: Uncompiled,
  runFolder: string,
): Promise<Buffer> {
  const nobody = 65_534;
  const isRoot = process.getuid?.() === 0;
  const running = await sandbox.start({
    plan: {
      limits: {
        seconds: compileSecondsMax,
        memoryMiB: compileMemoryMiB,
        outputBytes: byteCodeBytesMax,
        processes: compileProcessesMax,
        ...runSizes,
      },
      mounts: [],
      programs: [{ program: 'python3', path: python }],
      workingDirectory: '/tmp',
      uid: isRoot ? nobody : (process.getuid?.() ?? nobody),
      gid: isRoot ? nobody : (process.getgid?.() ?? nobody),
    },
    files: [{ path: '/packages/compile.py', mode: '444', bytes: Buffer.from(script) }],
    folders: [{ path: join(folder, 'files'), target: '/packages/in' }],
    command: ['/usr/bin/python3', '-I', '-S', '-B', '-W', 'ignore', '/packages/compile.py'],
    env: { PATH: '/usr/bin', LANG: 'C.UTF-8' },
    pins: new Map(),
    runFolder,
  });
  const late = setTimeout(() => running.kill(), compileSecondsMax * 1000);
  const chunks: Buffer[] = [];
  let bytes = 0;
  running.stdin.end();
  running.stderr.resume();
  running.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > byteCodeBytesMax) running.kill();
    else chunks.push(chunk);
  });
  try {
    await running.ended;
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(chunks);
}

// The output is a hostile package's word, should a package take over the interpreter. So a package
// can get byte code for its own modules only. A cut line ends the list.
function parseOutput(output: Buffer, { stored }: Uncompiled): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  const modules = new Set(
    stored.files.map(({ path }) => path).filter((path) => /\.py$/.test(path)),
  );
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const line = output.toString('latin1', at, end < 0 ? at : Math.min(end, at + 40));
    const [, pathBytes = '', dataBytes = ''] = /^(\d{1,5}) (\d{1,9})$/.exec(line) ?? [];
    const begin = end + 1 + Number(pathBytes);
    const next = begin + Number(dataBytes);
    const path = output.toString('utf8', end + 1, begin);
    if (dataBytes === '' || next > output.length || !modules.has(path)) break;
    made.set(path, output.subarray(begin, next));
    at = next;
  }
  return made;
}
