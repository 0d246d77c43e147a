/** Shims: the two lines that stand in an agent's folder for a file that would run, so that an agent on the host goes through the sandbox. */
import type { Bundle, BundleFile } from '../skills-index/skill/bundle.ts';
import type { BundlePath } from '../skills-index/skill/bundle-path.ts';
import type { SkillName } from '../skills-index/skill/name.ts';

/** What a shim calls: `skill run NAME COMMAND`. */
export interface ShimCall {
  readonly name: SkillName;
  /** A command of the manifest, or the path of an executable file. */
  readonly command: string;
}

interface ShimLanguage {
  /** Endings without dot. */
  readonly endings: readonly string[];
  /** Programs in a first line `#!…` that read this language, for files without a known ending. */
  readonly programs: RegExp;
  readonly print: (call: ShimCall) => string;
}

// Each must be right however it is called: by its first line, or as an argument of the interpreter that its ending implies.
// The variable tells `skill run` where the shim lies, so that the project's own lock counts from any working directory.
const shimLanguages: readonly ShimLanguage[] = [
  {
    endings: ['py', 'pyw'],
    programs: /^python[\d.]*$/,
    print: ({ name, command }) =>
      `#!/usr/bin/env python3\nimport os, sys; os.environ["SKILLGATE_SHIM"] = __file__; ` +
      `os.execvp("skill", ["skill", "run", ${JSON.stringify(name)}, ${JSON.stringify(command)}] + sys.argv[1:])\n`,
  },
  {
    // `import()` is the one form that CommonJS and modules both read.
    endings: ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts', 'jsx', 'tsx'],
    programs: /^(node|nodejs|deno|bun|tsx|ts-node)$/,
    print: ({ name, command }) =>
      `#!/usr/bin/env node\nimport("node:child_process").then((c) => { const r = c.spawnSync("skill", ` +
      `["run", ${JSON.stringify(name)}, ${JSON.stringify(command)}, ...process.argv.slice(2)], ` +
      `{ stdio: "inherit", env: { ...process.env, SKILLGATE_SHIM: process.argv[1] } }); ` +
      `if (r.error) console.error(String(r.error)); process.exitCode = r.status ?? 1; });\n`,
  },
  {
    endings: ['rb'],
    programs: /^ruby[\d.]*$/,
    print: ({ name, command }) =>
      `#!/usr/bin/env ruby\nENV['SKILLGATE_SHIM'] = __FILE__; ` +
      `exec('skill', 'run', ${singleQuoted(name)}, ${singleQuoted(command)}, *ARGV)\n`,
  },
  {
    endings: ['pl', 'pm'],
    programs: /^perl[\d.]*$/,
    print: ({ name, command }) =>
      `#!/usr/bin/env perl\n$ENV{'SKILLGATE_SHIM'} = $0; ` +
      `exec('skill', 'run', ${singleQuoted(name)}, ${singleQuoted(command)}, @ARGV) or die "skill: $!\\n";\n`,
  },
];

const shellLanguage: ShimLanguage = {
  endings: ['sh', 'bash', 'zsh', 'ksh', 'dash'],
  programs: /^(sh|bash|zsh|ksh|dash|ash)$/,
  print: ({ name, command }) =>
    `#!/bin/sh\nexport SKILLGATE_SHIM="$0"; exec skill run ${shellWord(name)} ${shellWord(command)} "$@"\n`,
};

// What agents and we read as text: a stray x-bit on it must not hide the text.
const textEndings = /\.(md|markdown|txt|json|ya?ml|toml|csv|html?|css|xml|svg)$/i;

/**
 * Which files of a bundle become shims, each with the command that it stands for: the files that commands name, and those that are executable.
 * @param commands command → file, as in the manifest
 */
export function shimmedFiles(bundle: Bundle, commands: Readonly<Record<string, BundlePath>>): Map<BundlePath, string> {
  const shims = new Map<BundlePath, string>();
  for (const file of bundle.files) {
    const command = commandOf(file, commands);
    if (command !== undefined) shims.set(file.path, command);
  }
  return shims;
}

/**
 * The text of a shim, two lines.
 * @param path where it lies in the skill; its ending tells the language
 * @param original the file it stands for; its first line tells the language when the ending does not
 */
export function printShim(path: string, original: Uint8Array, call: ShimCall): string {
  const ending = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const program = programOf(original);
  const all = [...shimLanguages, shellLanguage];
  const language =
    all.find((one) => one.endings.includes(ending)) ?? all.find((one) => one.programs.test(program)) ?? shellLanguage;
  return language.print(call);
}

function commandOf(file: BundleFile, commands: Readonly<Record<string, BundlePath>>): string | undefined {
  if (file.path === 'SKILL.md' || file.path === 'skill.json') return undefined;
  const named = Object.keys(commands)
    .filter((command) => commands[command] === file.path)
    .sort()[0];
  if (named !== undefined) return named;
  return file.mode === '755' && !textEndings.test(file.path) ? file.path : undefined;
}

// `#!/usr/bin/env -S python3 -u` and `#!/usr/bin/python3` → `python3`.
function programOf(original: Uint8Array): string {
  const line = Buffer.from(original.subarray(0, 200)).toString('latin1').split('\n')[0] ?? '';
  if (!line.startsWith('#!')) return '';
  const words = line.slice(2).trim().split(/\s+/);
  const program = /(^|\/)env$/.test(words[0] ?? '') ? words.slice(1).find((word) => !/^-|=/.test(word)) : words[0];
  return program?.split('/').at(-1) ?? '';
}

function shellWord(text: string): string {
  return /^[\w@/.+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

// Ruby and Perl: nothing is read inside single quotes but \\ and \'.
function singleQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
