/**
 * Exports a registry to a folder that a plain file server can serve. At each moment of an export, a
 * reader finds one head of the log with everything that belongs to the head.
 */
import { fetchFile } from '../../skills-index/client/blobs.ts';
import { wordsTriesMax } from '../../skills-index/client/limits.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { type Status, verifyStatus } from '../../skills-index/trust/index-files/status-file.ts';
import { statusBytesMax } from '../../skills-index/trust/limits.ts';
import { exportPassMillisMax } from '../limits.ts';
import { type CopiedSkill, copySkill, type LackingVersion } from './copy-index.ts';
import { copyLog } from './copy-log.ts';
import { copyTrust, timestampPath } from './copy-trust.ts';
import { copyWords } from './copy-words.ts';
import type { CopyWorld } from './copy-world.ts';
import {
  type ExportedLog,
  type ExportState,
  readExportState,
  writeExportState,
} from './export-state.ts';

export interface Exported {
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
export async function exportRegistry(world: CopyWorld): Promise<Exported> {
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
  for (let tries = 1; tries <= wordsTriesMax; tries++) {
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
  if (pass.isNewMap) await folder.showFolder('words');
  await folder.show('index/status.json');
  for (const name of changed.keys()) await folder.show(`index/${name}`);
  if (hasTuf) await folder.show(timestampPath);
  await folder.put('log/checkpoint', Buffer.from(pass.statement.checkpoint));
}
