/**
 * Brings the files of a plugin that a skill names into the skill: a registry, and agents that
 * install one skill, know no plugin. The copies lie below `plugin/`, and paths to them are
 * rewritten.
 */
import { isUtf8 } from 'node:buffer';
import { posix } from 'node:path';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { isBundlePath } from '../../../skills-index/skill/bundle-path.ts';
import type { SkillFolder } from '../../scan/source-folder.ts';

export interface PluginPlace {
  /** The skill's folder in the plugin. */
  readonly at: string;
  readonly read: () => Promise<SkillFolder>;
}

interface FolderWithPlugin {
  readonly folder: SkillFolder;
  /** Paths of the copies. */
  readonly copied: readonly string[];
  /** What the skill names, and the plugin lacks or nobody can rewrite. */
  readonly lost: readonly string[];
}

const part = '\\.\\.|\\.?[\\p{L}\\p{M}\\p{N}_@-]+(?:\\.[\\p{L}\\p{M}\\p{N}_@-]+)*';
/** The sign of a link, where it is one; the variable, or `..`; and the path below. */
const reference = new RegExp(
  `(\\]\\()?(?:(\\$\\{?CLAUDE_PLUGIN_ROOT\\}?)|(?<!\\.)\\.\\.)((?:/(?:${part}))+)`,
  'gu',
);

export async function withPluginFiles(
  folder: SkillFolder,
  { at, read }: PluginPlace,
): Promise<FolderWithPlugin> {
  if (!folder.files.some((file) => textOf(file).search(reference) >= 0))
    return { folder, copied: [], lost: [] };
  const plugin = new Map((await read()).files.map((file) => [file.path, file]));
  const bundled = (path: string): string =>
    isWithin(at, path) ? posix.relative(at, path) : `plugin/${path}`;
  const waiting = new Map(folder.files.map((file) => [posix.join(at, file.path), file]));
  const lost = new Set<string>();
  const files: SourceFile[] = [];
  // The map grows while it is walked: a copy names further files.
  for (const [from, file] of waiting) {
    const text = textOf(file);
    const rewritten = text.replace(reference, (whole, link = '', variable, path) => {
      const isVariable = variable !== undefined;
      const target = isVariable
        ? posix.normalize(path.slice(1))
        : posix.join(posix.dirname(from), `..${path}`);
      const isOwn = isWithin(at, target);
      if (isOwn && isWithin(at, from) && !isVariable) return whole;
      const found = isOwn || isWithin(target, at) ? [] : filesFor(target, plugin);
      for (const one of found) if (!waiting.has(one.path)) waiting.set(one.path, one);
      const beside = posix.relative(posix.dirname(bundled(from)), bundled(target));
      const written = isVariable ? throughVariable(file, bundled(target), beside) : beside;
      if (written !== undefined && (isOwn || found.length > 0)) return `${link}${written}`;
      if (isVariable || link !== '') lost.add(whole.slice(link.length));
      return whole;
    });
    const bytes = rewritten === text ? file.bytes : Buffer.from(rewritten);
    files.push({ ...file, path: bundled(from), bytes });
  }
  const copied = files.slice(folder.files.length).map(({ path }) => path);
  return { folder: { ...folder, files }, copied, lost: [...lost] };
}

function textOf({ bytes }: SourceFile): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString() : '';
}

function isWithin(folder: string, path: string): boolean {
  return !posix.relative(folder, path).startsWith('..');
}

const program = /\.(?:py|[cm]?[jt]s|sh|bash)$/;

/** The file or all of the folder; with a program also those beside it, which it may load. */
function filesFor(target: string, plugin: ReadonlyMap<string, SourceFile>): SourceFile[] {
  const folder = posix.dirname(target);
  const [ending] = (plugin.has(target) && folder !== '.' && program.exec(target)) || [];
  return [...plugin.values()].filter(
    ({ path }) =>
      isBundlePath(path) &&
      (isWithin(target, path) ||
        (ending !== undefined && posix.dirname(path) === folder && path.endsWith(ending))),
  );
}

// An agent starts from the skill's folder, a script from anywhere. Only bash tells a sourced file
// its own place.
function throughVariable(file: SourceFile, path: string, beside: string): string | undefined {
  if (/\.mdx?$/i.test(file.path)) return path;
  const isShell = /\.(?:ba)?sh$/.test(file.path) || /^#!.*\b(?:ba|da|z)?sh\b/.test(textOf(file));
  return isShell ? `$(dirname "\${BASH_SOURCE:-$0}")/${beside}` : undefined;
}
