/**
 * Whether the commands of a skill work in the folder of their caller. The scan does not see every
 * such use as a path: a library opens the path, a program looks around in its working directory, or
 * a path is relative. The answer is for drafts, and for whether a draft's folder is used.
 */
import { posix } from 'node:path';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { isBundlePath } from '../../skills-index/skill/bundle-path.ts';
import {
  type CommandStart,
  commandFile,
  commandsMax,
} from '../../skills-index/skill/manifest-schema.ts';
import { isNamePart } from '../../skills-index/skill/name.ts';
import { isToldToRun, moduleStartOf } from './module-start.ts';

/**
 * Programs that work in their working directory, without a path among their arguments: version
 * control, builds, checkers and typesetting.
 */
const folderPrograms: ReadonlySet<string> = new Set(
  (
    'git hg svn make gmake cmake ninja meson npm npx pnpm yarn cargo go mvn gradle dotnet terraform tofu ' +
    'semgrep codeql trivy gitleaks ruff mypy pytest pyright eslint prettier tsc vitest jest ' +
    'xelatex pdflatex lualatex latexmk bibtex biber typst'
  ).split(' '),
);

export interface FolderUse {
  /** The place of the use, as `path:line`. */
  readonly seen: string;
  readonly writes: boolean;
}

interface Sign {
  readonly form: RegExp;
  readonly writes: boolean;
}

const programs = [...folderPrograms].join('|');
const relative = String.raw`[rbf]?["'\`](?![/~])[\w{}][^"'\`\n]{0,200}`;

const signsIn: readonly { readonly of: RegExp; readonly signs: readonly Sign[] }[] = [
  {
    of: /\.py$/,
    signs: [
      signOf(
        String.raw`\btype\s*=\s*(pathlib\.)?Path\b|\bargparse\.FileType\b|\bclick\.(Path|File)\b`,
      ),
      signOf(String.raw`\bPath\.cwd\(|\bos\.getcwd\(`),
      signOf(String.raw`\w\s*:\s*(pathlib\.)?Path\s*[,)=]`),
      signOf(
        String.raw`add_argument\(\s*["'](-\w["'],\s*["'])?[-\w]*(file|path|dir|folder|input|image|src|target|root|repo|project|workspace|document|data)`,
      ),
      signOf(String.raw`add_argument\(\s*["'](-o["']|(-\w["'],\s*["'])?[-\w]*(output|dest))`, true),
      signOf(String.raw`[rf]?["']\./\w`, true),
      signOf(String.raw`\bos\.(walk|listdir|scandir)\(\s*["']\.`),
      signOf(String.raw`\bopen\(\s*${relative}["']\s*,\s*["'][wax]`, true),
      signOf(String.raw`\bopen\(\s*${relative}["']`),
      signOf(
        String.raw`\b(savefig|to_(csv|excel|json|parquet|html)|write_(html|image)|imwrite|imsave|savetxt|save|dump)\(\s*${relative}\.\w{1,5}["']`,
        true,
      ),
      signOf(
        String.raw`["'](${programs})["']|(run|system|popen|call|output)\(\s*f?["'](${programs})\s`,
        true,
      ),
    ],
  },
  {
    of: /\.[cm]?[jt]s$/,
    signs: [
      signOf(String.raw`\bprocess\.cwd\(`),
      signOf(String.raw`\b(writeFile|createWriteStream|appendFile|mkdir)\w*\(\s*${relative}`, true),
      signOf(String.raw`\b(readFile|createReadStream|readdir)\w*\(\s*${relative}`),
      signOf(String.raw`["'\`](${programs})["'\`]|exec(Sync)?\(\s*["'\`](${programs})\s`, true),
    ],
  },
  {
    of: /\.(ba)?sh$|(^|\/)[^.]+$/,
    signs: [
      signOf(String.raw`\bfind\s+\.|\$PWD\b|\$\(pwd\)`),
      signOf(String.raw`\[\[?\s+(!\s+)?-[defrs]\s+"?\$\{?[A-Z_a-z1-9]`),
      signOf(String.raw`[^>&\d]>{1,2}\s*"?(?![/&$~])\w[\w./-]*\.\w{1,5}\b`, true),
      signOf(String.raw`(^|[|;&(!]|\b(if|then|while|do)\b)\s*(${programs})\s`, true),
    ],
  },
];

function signOf(form: string, writes = false): Sign {
  return { form: new RegExp(form), writes };
}

/** The first use, of uses that write before all others; undefined where there is none. */
export function folderUse(
  texts: readonly { readonly path: string; readonly text: string }[],
): FolderUse | undefined {
  const uses = texts.flatMap(({ path, text }) => {
    const signs = signsIn.find(({ of }) => of.test(path))?.signs ?? [];
    return signs.length === 0 || isTestScript(path) ? [] : usesIn(path, text, signs);
  });
  return uses.find(({ writes }) => writes) ?? uses[0];
}

function usesIn(path: string, text: string, signs: readonly Sign[]): FolderUse[] {
  if (posix.extname(path) === '' && !text.startsWith('#!')) return [];
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|\/\/|\*)/.test(line) || line.length > lineCharsMax) return [];
    const found = signs.filter(({ form }) => form.test(line));
    return found.length === 0
      ? []
      : [{ seen: `${path}:${index + 1}`, writes: found.some(({ writes }) => writes) }];
  });
}

// A longer line is data or minified code.
const lineCharsMax = 500;

// The commands of a skill: the scripts that a text names or tells to run, and programs that start
// by themselves. Every other script is left out for a reason that the author can read.

interface InferredCommands {
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
function isTestScript(path: string): boolean {
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
