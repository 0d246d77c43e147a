/**
 * The commands of a skill: the scripts that a text names or tells to run, and programs that start
 * by themselves. Every other script is left out for a reason that the author can read.
 */
import { posix } from 'node:path';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { isBundlePath } from '../../skills-index/skill/bundle-path.ts';
import { commandsMax } from '../../skills-index/skill/limits.ts';
import { type CommandStart, commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';
import { moduleStartOf } from './module-start.ts';
import { isToldToRun } from './told-to-run.ts';

export interface InferredCommands {
  readonly commands: Record<string, CommandStart>;
  readonly left: readonly LeftScript[];
}

/** A script that is no command. */
export interface LeftScript {
  readonly path: string;
  readonly why: string;
}

interface Script {
  readonly path: string;
  readonly mode: number;
  readonly text: string;
}

interface Surroundings {
  readonly scripts: readonly Script[];
  /** The texts of the skill. */
  readonly texts: readonly string[];
  /** Files that the scan saw SKILL.md tell to run. */
  readonly told: readonly string[];
  readonly hasCommands: boolean;
}

const runnable = /\.([cm]?[jt]s|py|sh|bash|ps1)$/;
const shebang = /^#! *\S*?\/(env +(-S +)?)?(python3?|node|bash|sh|pwsh)\b/;
const otherLanguage = /\.(psm1|bat|cmd|rb|pl|lua|php|r)$/i;
const test = /(^|\/)(tests?|__tests__)\/|[._](test|spec)\.|(^|\/)test_|(^|\/)conftest\.py$/;
const part = /(^|\/)node_modules\/|\.d\.[cm]?ts$|(^|\/)__init__\.py$/;
const shown = /(^|\/)(templates?|assets|examples?|samples?|fixtures)\//;

/**
 * Command names and their files. A name is the file's own name, made unique.
 * @param before existing commands: they keep their names, and only files that a text names are
 * added
 * @param told files that SKILL.md tells to run, by any path
 */
export function inferCommands(
  files: readonly SourceFile[],
  before: Readonly<Record<string, CommandStart>> = {},
  told: readonly string[] = [],
): InferredCommands {
  const standing = new Set<string>(Object.values(before).map(commandFile));
  const scripts = files
    .filter(({ path }) => [runnable, otherLanguage, /(^|\/)[^.]+$/].some((form) => form.test(path)))
    .map(({ path, mode, bytes }) => ({ path, mode, text: Buffer.from(bytes).toString('utf8') }))
    .filter(({ path, text }) => posix.extname(path) !== '' || shebang.test(text))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const texts = files
    .filter(({ path }) => /\.mdx?$/i.test(path))
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
  const around = { scripts, texts, told, hasCommands: standing.size > 0 };
  const named = scripts.filter((script) => isNamed(script, around) && !isNever(script));
  const commands: Record<string, CommandStart> = { ...before };
  const left: LeftScript[] = [];
  for (const script of scripts.filter(({ path }) => !standing.has(path))) {
    const { path } = script;
    const why = whyLeft(script, around, named.length > 0) ?? whyFull(commands);
    const name = nameFor(path, commands);
    if (why !== undefined) left.push({ path, why });
    else if (name === undefined || !isBundlePath(path))
      left.push({ path, why: 'other commands have its name' });
    else commands[name] = moduleStartOf(script, scripts, texts) ?? path;
  }
  return { commands, left };
}

function whyLeft(script: Script, around: Surroundings, hasNamed: boolean): string | undefined {
  const { path, mode } = script;
  if (otherLanguage.test(path)) return 'no sandbox has an interpreter of its language';
  if (part.test(path)) return 'it is a part of other programs';
  if (test.test(path)) return 'it is a test';
  if (shown.test(path) && !isStarted(path, around))
    return 'it is an example or a template, and no text tells to run it';
  // Most scripts of PowerShell are for Windows, beside a script for other systems.
  if (path.endsWith('.ps1') && !around.texts.some((text) => isToldToRun(text, path)))
    return 'no text tells to run it with PowerShell';
  if (isTold(script, around)) return undefined;
  if (around.hasCommands)
    return isNamed(script, around) ? undefined : 'no text names it, and there are other commands';
  const isLibrary = isImported(script, around);
  if (hasMain.test(script.text) || (script.text.startsWith('#!') && !isLibrary)) return undefined;
  if (isLibrary) return 'other code imports it';
  if (isNamed(script, around)) return undefined;
  if (hasNamed) return 'no text names it, and it does not start by itself';
  if (/^scripts\/[^/]+$/.test(path) || (mode & 0o100) !== 0) return undefined;
  return 'no text names it, and it is not in scripts/';
}

const hasMain = /^if __name__ == ['"]__main__['"]/m;

function whyFull(commands: object): string | undefined {
  return Object.keys(commands).length < commandsMax
    ? undefined
    : `a skill has at most ${commandsMax} commands`;
}

/** Whether a path is the path of a test. */
export function isTestScript(path: string): boolean {
  return test.test(path);
}

function isNever({ path }: Script): boolean {
  return [otherLanguage, part, test, shown].some((form) => form.test(path));
}

function isTold({ path }: Script, { told, texts }: Surroundings): boolean {
  return told.includes(path) || texts.some((text) => isToldToRun(text, path));
}

// `cd examples/a && python b.py` names the file from its folder.
function isStarted(path: string, { told, texts }: Surroundings): boolean {
  const names = told.includes(path) ? [path, posix.basename(path)] : [path];
  return names.some((name) => texts.some((text) => isToldToRun(text, name)));
}

function isNamed(script: Script, around: Surroundings): boolean {
  return isTold(script, around) || around.texts.some((text) => text.includes(script.path));
}

function nameFor(path: string, taken: Readonly<Record<string, unknown>>): string | undefined {
  const base = posix
    .basename(path)
    .replace(runnable, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  const kind = posix.extname(path).slice(1);
  return [base, `${base}-${kind}`].find((name) => isNamePart(name) && !Object.hasOwn(taken, name));
}

// A file that other code imports is a part of it, not a command. Texts show code, too.
function isImported({ path }: Script, { scripts, texts }: Surroundings): boolean {
  const module = posix.basename(path).replace(runnable, '');
  const dotted = path.replace(runnable, '').replaceAll('/', '.');
  const ways = [
    `/${module}.`,
    `/${module}'`,
    `/${module}"`,
    `from ${module} import`,
    `import ${module}\n`,
    `from ${dotted} import`,
  ];
  return (
    scripts.some((other) => other.path !== path && ways.some((way) => other.text.includes(way))) ||
    texts.some((text) => text.includes(`from ${dotted} import`))
  );
}
