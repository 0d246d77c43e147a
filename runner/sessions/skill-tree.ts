/**
 * The skills of a session as files: a copy that the session owns, read-only in its sandbox, in
 * which every program is a shim.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PlannedSkill } from '../../skills-index/run/plan/session-plan.ts';
import { printStandIn, standIns } from '../../skills-index/run/plan/shims.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Admitted } from '../../skills-index/trust/decision.ts';
import { type OpenedSkill, readAll } from '../admission/catalogue.ts';

/** A skill of the session: admitted, and none of its files is read yet. */
export interface SessionSkill {
  readonly admitted: Admitted;
  readonly opened: OpenedSkill;
}

/**
 * Where agents look for a user's skills. No more than these: Codex reads its own folder too, and
 * would list each skill twice.
 */
export const skillFolders = ['/home/skill/.agents/skills', '/home/skill/.claude/skills'];

/**
 * A folder's name for each skill: its short name; of two with one short name the second is called
 * `scope-name`.
 */
export function folderNames(names: readonly SkillName[]): ReadonlyMap<SkillName, string> {
  const given = new Map<SkillName, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const [scope = '', short = ''] = name.slice(1).split('/');
    const free = [short, `${scope}-${short}`].find((one) => !taken.has(one));
    if (free === undefined) continue;
    taken.add(free);
    given.set(name, free);
  }
  return given;
}

export function plannedSkills(skills: readonly SessionSkill[], agent: string): PlannedSkill[] {
  return skills.map(({ admitted: { bundle, name, version } }) => ({
    name,
    version,
    bundle,
    reason: `approved, and agent ${agent} may start it; its programs run in sandboxes of their own`,
  }));
}

/**
 * Writes the tree below `folder`; every byte of a skill is checked against its bundle as it is
 * read.
 */
export async function writeSkillTree(
  folder: string,
  skills: readonly SessionSkill[],
): Promise<void> {
  mkdirSync(folder, { mode: 0o755 });
  const names = folderNames(skills.map((one) => one.admitted.name));
  for (const skill of skills) {
    const short = names.get(skill.admitted.name);
    if (short !== undefined) await writeSkill(join(folder, short), skill);
  }
}

async function writeSkill(
  folder: string,
  { admitted: { manifest, name }, opened }: SessionSkill,
): Promise<void> {
  const contents = await readAll(opened);
  const found = standIns(opened.bundle, contents, manifest.commands);
  const commands = Object.keys(manifest.commands);
  for (const { mode, path } of opened.bundle.files) {
    const bytes = contents.get(path) ?? new Uint8Array();
    const standIn = found.get(path);
    const content =
      standIn === undefined ? bytes : printStandIn(path, bytes, { name, standIn, commands });
    put(folder, path, content, standIn !== undefined || mode === '755' ? 0o755 : 0o644);
  }
}

// Whatever the runner's umask is, the session's uid reads it.
function put(folder: string, path: BundlePath, content: string | Uint8Array, mode: number): void {
  const at = join(folder, path);
  for (const above of foldersOf(folder, dirname(at))) {
    mkdirSync(above, { recursive: true });
    chmodSync(above, 0o755);
  }
  writeFileSync(at, content, { flag: 'wx' });
  chmodSync(at, mode);
}

function foldersOf(top: string, folder: string): string[] {
  return folder === top ? [top] : [...foldersOf(top, dirname(folder)), folder];
}
