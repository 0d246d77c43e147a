/** `skillgate list --tree`: which installed skill requires which. Reads files only. */
import type { SkillName } from '../../skills-index/skill/name.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { type Project, projectAt } from '../run/admission.ts';
import { answer, inkFor, joined, type Safe, safe } from '../terminal/output.ts';
import { namedSkills, nothingInstalled } from './installed-skills.ts';
import { type Lock, projectFileName } from './lock.ts';
import { requirersOf } from './required/required-skills.ts';

interface TreeNode {
  readonly name: SkillName;
  /** Null for a required skill that the lock lacks. */
  readonly version: Version | null;
  /** The range that is asked for: by skillgate.json, or by the skill above. */
  readonly range: string;
  /** Absent below a skill that stands above or before with its own requirements. */
  readonly requires?: readonly TreeNode[];
}

export async function showTree(context: CommandContext): Promise<ExitCode> {
  const project = await projectAt(context.cwd);
  const roots =
    context.args.length === 0
      ? rootsOf(project)
      : namedSkills(project, 'show', context.args).map(
          ({ name, wanted }) => [name, wanted.range] as const,
        );
  const seen = new Set<SkillName>();
  const trees = roots.map(([name, range]) => treeOf(project.lock, name, range, seen));
  answer(context, { schema: 'skillgate.tree/1', project: project.folder, skills: trees }, () =>
    trees.length === 0 ? nothingInstalled(project) : treeText(context, trees),
  );
  return exitCodes.ok;
}

function rootsOf({ file, lock }: Project): (readonly [SkillName, string])[] {
  return [...lock.keys()]
    .filter((name) => file.skills.has(name) || requirersOf(lock, name).length === 0)
    .sort()
    .map((name) => [name, file.skills.get(name)?.range ?? '*'] as const);
}

// A skill is shown whole once: diamonds would repeat it, and cycles would have no end.
function treeOf(lock: Lock, name: SkillName, range: string, seen: Set<SkillName>): TreeNode {
  const locked = lock.get(name);
  const about = { name, version: locked?.version ?? null, range };
  const requires = Object.entries(locked?.requires ?? {}) as [SkillName, string][];
  if (requires.length > 0 && seen.has(name)) return about;
  seen.add(name);
  const below = requires.sort().map(([one, wanted]) => treeOf(lock, one, wanted, seen));
  return { ...about, requires: below };
}

function treeText(context: CommandContext, trees: readonly TreeNode[]): Safe {
  const ink = inkFor(context.stdout, context.env);
  const lines: Safe[] = [];
  const add = (node: TreeNode, first: string, rest: string, by: string): void => {
    const { name, range, requires, version } = node;
    const place =
      version === null
        ? ink.red(`${name} is not installed`)
        : safe`${ink.bold(`${name}@${version}`)}${requires === undefined ? ' (see above)' : ''}`;
    lines.push(safe`${first}${place}  ${by} ${range === '*' ? 'any version' : range}`);
    for (const [at, one] of (requires ?? []).entries()) {
      const isLast = at === (requires?.length ?? 0) - 1;
      add(one, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`, 'required:');
    }
  };
  for (const tree of trees) add(tree, '', '', `${projectFileName}:`);
  return joined(lines, '\n');
}
