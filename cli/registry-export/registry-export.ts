import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type FileAnswer, fetchFile, type GetFile } from '../../skills-index/client/blobs.ts';
import { peek } from '../../skills-index/client/peek.ts';
import { nameProofsTriesMax } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { isOfHead } from '../../skills-index/client/version-proofs.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { parseScope, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import {
  nameProofsBytesMax,
  parseNameProofsFile,
  provesName,
} from '../../skills-index/trust/index-files/name-proofs.ts';
import {
  type Status,
  statusBytesMax,
  verifyStatus,
} from '../../skills-index/trust/index-files/status-file.ts';
import { parseRoot, rootBytesMax, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readsPrivately } from '../readers/read-tokens.ts';
import { freshRegistry } from '../registries/refresh.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { parseBase } from '../registries/registry-base.ts';
import { updateTrust } from '../registries/updater.ts';
import { answer, count, inkFor, joined, printNote, type Safe, safe } from '../terminal/output.ts';
import { startProgress } from '../terminal/progress.ts';
import {
  type CopiedSkill,
  type CopyWorld,
  copyLog,
  copySkill,
  type LackingVersion,
  readLines,
} from './copy-log.ts';
import {
  type ExportedLog,
  ExportFolder,
  type ExportState,
  readExportState,
  writeExportState,
} from './export-state.ts';

/** How long an export may copy before it looks at the registry again. */
const exportPassMillisMax = 600_000;

/** `skillgate registry export URL DIR`: copies the public files of a registry to a folder. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { args, cwd, options, fetch, send, signal, now } = context;
  const pinned = trustedRegistry(context, parseBase(args[0]));
  const dir = resolve(cwd, args[1] ?? '');
  const scopes = Array.isArray(options.scope) ? options.scope.map(parseScope) : [];
  await mkdir(dir, { recursive: true });
  const { lockFolder } = await import('../../registry/store/database-file.ts');
  const letGo = lockFolder(dir, 'export.lock');
  try {
    const terms = { offline: false, graceHours: 0, isDoubted: true };
    const { registry } = await freshRegistry(context, pinned, terms);
    const folder = new ExportFolder(dir);
    const { base } = registry;
    const exported = await exportRegistry({
      registry,
      source: { fetch: send ?? fetch, store: folder.store, base, signal },
      folder,
      scopes: [...new Set(scopes)].sort(),
      now,
      startProgress: (total, unit) => startProgress(context, total, unit),
    });
    const root = pinned.fingerprint;
    answer(
      context,
      {
        schema: 'skillgate.registry-export/1',
        registry: base,
        root,
        dir,
        ...exported,
      },
      () => textOf(context, dir, exported),
    );
    // A file server asks nobody for a token.
    if (readsPrivately(context.paths, base, now()))
      printNote(
        context,
        safe`You read ${base} with a session or token, so ${dir} may have private skills. Do not serve the folder to others who may not read them.`,
      );
    return exported.lacking.length === 0 ? exitCodes.ok : exitCodes.refused;
  } finally {
    letGo();
  }
}

function textOf(
  context: CommandContext,
  dir: string,
  { size, entries, versions, expires, lacking }: Exported,
): Safe {
  const ink = inkFor(context.stdout, context.env);
  return joined(
    [
      safe`${ink.green('✔')} ${dir}: ${count(size, 'entry', 'entries')} of the log (${entries} new), ${count(versions, 'new version')}; hosts accept the copy until ${expires}`,
      ...lacking.map(
        ({ name, version, why }) =>
          safe`${ink.red('✘')} ${name}@${version} is not in the copy: ${why}`,
      ),
    ],
    '\n',
  );
}

// Exports a registry to a folder that a plain file server can serve. At each moment of an export, a
// reader finds one head of the log with everything that belongs to the head.

interface Exported {
  /** Entries of the log. */
  readonly size: number;
  /** Versions and statements that the folder did not have before. */
  readonly versions: number;
  readonly entries: number;
  /** When a host rejects the copy, unless its policy allows an older one (ISO 8601, UTC). */
  readonly expires: string;
  readonly lacking: readonly LackingVersion[];
}

/** What one pass over the registry brought. */
interface Pass {
  readonly log: ExportedLog;
  readonly status: Uint8Array;
  readonly statement: Status;
  readonly isNewMap: boolean;
}

/** What all passes of one export brought. */
interface Gathered {
  /** The last look at each skill. */
  readonly skills: Map<SkillName, CopiedSkill>;
  /** Skills to look at again in the next pass, or the next export. */
  again: ReadonlySet<SkillName>;
}

/**
 * Copies what is new. After an interruption, the next call goes on.
 * @throws Problem `log-rolled-back`, `log-invalid`, `registry-answer-invalid`, `status-stale`,
 * `signature-invalid`, `registry-down`, `registry-busy` while the log grows faster than it is
 * copied, `usage` as `readExportState`
 */
async function exportRegistry(world: CopyWorld): Promise<Exported> {
  const { folder } = world;
  const of = { root: world.registry.fingerprint, scopes: world.scopes };
  const before = await readExportState(folder, of);
  const found: Gathered = { skills: new Map(), again: new Set(before.lacking) };
  const pass = await copyUntilQuiet(world, before, found);
  const hasTuf = await copyTrust(world);
  const changed = changedIn(found);
  await show(world, { pass, changed, hasTuf });
  await writeExportState(folder, of, { log: pass.log, lacking: [...found.again].sort() });
  await folder.clearWaiting();
  const skills = [...found.skills.values()];
  return {
    size: pass.log.head.size,
    versions: skills.reduce((sum, { copied }) => sum + copied, 0),
    entries: pass.log.head.size - before.log.head.size,
    expires: pass.statement.expires,
    lacking: skills.flatMap(({ lacking }) => lacking),
  };
}

async function copyUntilQuiet(
  world: CopyWorld,
  before: ExportState,
  found: Gathered,
): Promise<Pass> {
  let { log } = before;
  for (let tries = 1; tries <= nameProofsTriesMax; tries++) {
    const from = world.now().getTime();
    const { status, statement } = await readStatus(world);
    const head = parseCheckpoint(statement.checkpoint);
    const copied = await copyLog(world, log, head);
    log = copied.log;
    const names = new Set([...copied.names, ...found.again]);
    const isNewMap = canonicalText(before.log.head.map) !== canonicalText(head.map);
    // Each stop of a version or publisher changes the map, and the hints in index files.
    if (isNewMap) {
      for (const name of found.skills.keys()) names.add(name);
      for await (const name of world.folder.skills()) names.add(name);
    }
    await copySkills(world, names, head.size, found);
    const isWhole = await copyWords(world, { head, isNewMap, changed: changedIn(found) });
    // After hours of copying, the status would be hours old from the start.
    const isLate = world.now().getTime() - from > exportPassMillisMax;
    if (isWhole && !isLate) return { log, status, statement, isNewMap };
  }
  throw new Problem(
    'registry-busy',
    `${world.source.base} changes who is who faster than the proofs of all versions are copied`,
    { hint: 'try again at a quieter time, or export fewer scopes: --scope NAME' },
  );
}

function canonicalText(map: Uint8Array | undefined): string {
  return map === undefined ? '' : Buffer.from(map).toString('base64');
}

async function readStatus({
  source,
  registry,
  now,
}: CopyWorld): Promise<Pick<Pass, 'status' | 'statement'>> {
  const status = await fetchFile(source, '/index/status.json', statusBytesMax);
  if (status === undefined) throw new Problem('not-found', `${source.base} serves no status file`);
  return { status, statement: verifyStatus(status, registry.root, now().getTime()) };
}

async function copySkills(
  world: CopyWorld,
  names: ReadonlySet<SkillName>,
  size: number,
  found: Gathered,
): Promise<void> {
  const wanted = [...names]
    .filter((name) => world.scopes.length === 0 || world.scopes.includes(scopeOf(name)))
    .sort();
  const again = new Set<SkillName>();
  const progress = world.startProgress(wanted.length, 'skills');
  try {
    for (const name of wanted) {
      const skill = await copySkill(world, name, size);
      progress.step(name);
      found.skills.set(name, skill);
      if (skill.isBehind) again.add(name);
    }
  } finally {
    progress.end();
  }
  found.again = again;
}

function changedIn({ skills }: Gathered): ReadonlyMap<SkillName, readonly IndexLine[]> {
  const changed = [...skills].filter(([, { isChanged }]) => isChanged);
  return new Map(changed.map(([name, { lines }]) => [name, lines]));
}

interface Shown {
  readonly pass: Pass;
  readonly changed: ReadonlyMap<SkillName, readonly IndexLine[]>;
  readonly hasTuf: boolean;
}

// Nothing that is visible names something that is not. The proofs and the status have one map. An
// index line comes after a status whose head has the line's statements.
async function show(
  { folder, registry }: CopyWorld,
  { pass, changed, hasTuf }: Shown,
): Promise<void> {
  await folder.put('index/root.json', Buffer.from(canonicalJson(registry.root)));
  await folder.putWaiting('index/status.json', pass.status);
  if (pass.isNewMap) await folder.showFolder('proofs');
  await folder.show('index/status.json');
  for (const name of changed.keys()) await folder.show(`index/${name}`);
  if (hasTuf) await folder.show(timestampPath);
  await folder.put('log/checkpoint', Buffer.from(pass.statement.checkpoint));
}

// Copies the root of trust: the files that a new client reads while it verifies all of them. So the
// copy has what any client needs.

/** The file of the root of trust that changes under its name. */
const timestampPath = 'tuf/timestamp.json';

const noBytes = new Uint8Array();

/**
 * Writes all files but the timestamp, which waits.
 * @returns whether the registry has TUF metadata
 * @throws Problem as `updateTrust`
 */
async function copyTrust({ registry, source, folder, now }: CopyWorld): Promise<boolean> {
  const { kept, pinned, root } = registry;
  if (kept === undefined) return false;
  const files = new Map<string, Uint8Array>();
  const plain = { ...source, store: memoryStore() };
  const read = { ...plain, fetch: recorded(plain.fetch, plain.base, files) };
  await updateTrust({ source: read, pinned, now: now().getTime() });
  // A client that pinned a later root file than this one asks for the first.
  if (root.first !== undefined)
    await fetchFile(read, `/index/roots/${hexOf(root.first)}.json`, rootBytesMax);
  // Nothing lists all earlier root files, so those that are known here are kept.
  const exported = await folder.get('index/root.json');
  for (const earlier of [pinned, ...(exported === undefined ? [] : [parseRoot(exported)])])
    files.set(
      `index/roots/${hexOf(rootFingerprint(earlier))}.json`,
      Buffer.from(canonicalJson(earlier)),
    );
  for (const [path, bytes] of files) {
    if (path === timestampPath) await folder.putWaiting(path, bytes);
    else if (Buffer.compare((await folder.get(path)) ?? noBytes, bytes) !== 0)
      await folder.put(path, bytes);
  }
  return true;
}

/** The same `fetch`, which notes each file that it read to the end. */
function recorded(fetch: GetFile, base: string, files: Map<string, Uint8Array>): GetFile {
  return async (url, how) => {
    const path = url.slice(base.length + 1);
    // The joined file would be one more file that changes. Clients do without it.
    if (path === 'tuf/newest.json') return { ok: false, status: 404, body: null };
    const answer = await fetch(url, how);
    return answer.ok ? noted(answer, (bytes) => files.set(path, bytes)) : answer;
  };
}

function noted(answer: FileAnswer, note: (bytes: Uint8Array) => void): FileAnswer {
  const { body } = answer;
  if (body === null) return answer;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const read: Uint8Array[] = [];
    for await (const chunk of body ?? []) {
      read.push(chunk);
      yield chunk;
    }
    note(Buffer.concat(read));
  }
  return {
    ok: true,
    status: answer.status,
    body: Object.assign(chunks(), { cancel: () => body.cancel() }),
  };
}

// Copies the proofs that no statement about a version is left out.

interface WordsToCopy {
  readonly head: ExportedLog['head'];
  /** Whether the files in the folder are of an older map. All of them are replaced then. */
  readonly isNewMap: boolean;
  /** The lines of the skills that have new versions. */
  readonly changed: ReadonlyMap<SkillName, readonly IndexLine[]>;
}

/**
 * @returns false when the registry shows the proofs of another map: its log has grown since
 * @throws Problem `registry-answer-invalid`, `registry-down`
 */
async function copyWords(world: CopyWorld, words: WordsToCopy): Promise<boolean> {
  for (const [name, lines] of words.changed)
    for (const line of lines) if (!(await copyOne(world, words, { name, line }))) return false;
  if (!words.isNewMap) return true;
  for await (const name of world.folder.skills()) {
    if (words.changed.has(name)) continue;
    for (const line of await readLines(world, name))
      if (!(await copyOne(world, words, { name, line }))) return false;
  }
  return true;
}

async function copyOne(
  { folder, source }: CopyWorld,
  { head, isNewMap }: WordsToCopy,
  { name, line }: { readonly name: SkillName; readonly line: IndexLine },
): Promise<boolean> {
  const path = `proofs/${name}/${line.version}`;
  const kept = await (isNewMap ? folder.getWaiting(path) : folder.get(path));
  if (kept !== undefined && proves(kept, head)) return true;
  const asked = `/${path}?size=${head.size}`;
  const bytes = await fetchFile(source, asked, nameProofsBytesMax);
  if (bytes === undefined)
    throw new Problem('registry-answer-invalid', `${source.base} has no /${path}`);
  if (!isOfHead(parseNameProofsFile(bytes), head)) return false;
  if (!proves(bytes, head))
    throw new Problem('registry-answer-invalid', `The proofs in /${path} do not hold`);
  await (isNewMap ? folder.putWaiting(path, bytes) : folder.put(path, bytes));
  return true;
}

function proves(bytes: Uint8Array, head: ExportedLog['head']): boolean {
  const words = peek(() => parseNameProofsFile(bytes));
  return (
    words !== undefined &&
    isOfHead(words, head) &&
    [...words.names].every(([name, proof]) => provesName(words.map, name, proof))
  );
}
