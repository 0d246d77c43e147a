/**
 * Writes the skills of a session as files, read-only in its sandbox. In place of each program lies
 * a stub that calls the bridge.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { printStandIn, standIns } from '../../skills-index/run/agents/shims.ts';
import type { PlannedSkill } from '../../skills-index/run/plan/session-plan.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { type OpenedSkill, readAll } from '../admission/catalogue.ts';

/** An admitted skill of the session, whose files are not read yet. */
export interface SessionSkill {
  readonly admitted: Admitted;
  readonly opened: OpenedSkill;
}

/**
 * Folders in which agents look for a user's skills. Codex also reads a folder of its own; with that
 * one too, it would list each skill twice.
 */
export const skillFolders = ['/home/skill/.agents/skills', '/home/skill/.claude/skills'];

/**
 * The folder name of each skill: its short name, or `scope-name` when an earlier skill has the same
 * short name.
 */
export function folderNames(names: readonly SkillName[]): ReadonlyMap<SkillName, string> {
  const given = new Map<SkillName, string>();
  const taken = new Set<string>();
  for (const name of names) {
    const [scope = '', short = ''] = name.slice(1).split('/');
    const free = [short, `${scope}-${short}`].find((name) => !taken.has(name));
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

/** Writes the skills below `folder`; each byte is verified against its bundle. */
export async function writeSkillTree(
  folder: string,
  skills: readonly SessionSkill[],
): Promise<void> {
  mkdirSync(folder, { mode: 0o755 });
  const names = folderNames(skills.map((skill) => skill.admitted.name));
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

// Set modes explicitly, because the runner's umask could keep the session's uid from reading.
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
