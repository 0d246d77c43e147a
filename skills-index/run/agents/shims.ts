/**
 * Stand-ins are files that lie in an agent's folder in place of the programs of a skill, so that
 * nothing of the skill runs outside the sandbox.
 */
import type { Bundle, BundleFile } from '../../skill/bundle.ts';
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { Manifest } from '../../skill/manifest.ts';
import { commandFile } from '../../skill/manifest-schema.ts';
import type { SkillName } from '../../skill/name.ts';
import { shellWord } from '../../skill/text/shell-word.ts';

/**
 * A stand-in for a command forwards the call to `skillgate run`. A stand-in for any other program
 * refuses and prints why.
 */
export type StandIn =
  | { readonly kind: 'runs'; readonly command: string }
  | { readonly kind: 'refuses' };

type Commands = Manifest['commands'];

// Extensions of files that agents read as text. A stray executable bit must not replace such a file
// with a stand-in.
const textEndings = /\.(md|markdown|txt|json|ya?ml|toml|csv|html?|css|xml|svg)$/i;

// Extensions of files that a single word on a command line can run, in addition to the languages of
// stand-ins.
const programEndings = new Set(
  (
    'fish csh tcsh nu elv xsh psd1 vbs vbe wsf wsh hta jse r jl tcl awk gawk go java kts groovy scala sc clj cljs bb ex exs ' +
    'erl escript raku rakumod nim cr dart swift hs lhs ml scm ss rkt lisp el fnl applescript scpt command desktop workflow mk ' +
    'exe com scr msi dll so dylib node wasm jar war class pyc pyo pyd pyz pyzw whl egg gem run appimage pth envrc bashrc zshrc profile bash_profile coffee'
  ).split(' '),
);
const programNames = /^(gnu)?makefile$|^(rake|gem|just|vagrant|snake|brew)file$|^s?construct$/i;

// The first bytes of ELF, PE, WebAssembly, four forms of Mach-O, Java classes and universal
// binaries.
const programStarts = [
  '7f454c46',
  '4d5a',
  '0061736d',
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
];

/**
 * Chooses the files of a bundle that get a stand-in. A file that a command names, or that is
 * executable, runs through `skillgate run`. Any other file that is a program by its extension,
 * name, first line or first bytes gets a stand-in that refuses.
 * @param commands as in the manifest
 */
export function standIns(
  bundle: Bundle,
  contents: ReadonlyMap<BundlePath, Uint8Array>,
  commands: Commands,
): Map<BundlePath, StandIn> {
  const found = new Map<BundlePath, StandIn>();
  for (const file of bundle.files) {
    if (file.path === 'SKILL.md' || file.path === 'skill.json') continue;
    const command = commandOf(file, commands);
    if (command !== undefined) found.set(file.path, { kind: 'runs', command });
    else if (isProgram(file.path, contents.get(file.path) ?? new Uint8Array()))
      found.set(file.path, { kind: 'refuses' });
  }
  return found;
}

/**
 * Returns the text of a stand-in.
 * @param path the file's path in the skill; its extension decides the language
 * @param original the replaced file; its first line decides the language when the extension does
 * not
 */
export function printStandIn(
  path: string,
  original: Uint8Array,
  {
    name,
    standIn,
    commands,
  }: { readonly name: SkillName; readonly standIn: StandIn; readonly commands: readonly string[] },
): string {
  const language = shimLanguageOf(path, original);
  if (standIn.kind === 'runs' && language.forward !== undefined)
    return language.forward({ name, command: standIn.command });
  const why =
    standIn.kind === 'runs'
      ? 'no sandbox runs the language of the file'
      : 'no command of the skill names the file';
  const instead =
    commands.length === 0
      ? 'The skill has no commands.'
      : `Commands: skillgate run ${name} ${commands.join('|')}`;
  return language.refuse(
    `skillgate: ${path} of ${name} does not run on this host: ${why}. ${instead}`,
  );
}

function commandOf(file: BundleFile, commands: Commands): string | undefined {
  const [named] = Object.entries(commands)
    .flatMap(([command, start]) => (commandFile(start) === file.path ? [command] : []))
    .sort();
  if (named !== undefined) return named;
  return file.mode === '755' && !textEndings.test(file.path) ? file.path : undefined;
}

function isProgram(path: string, original: Uint8Array): boolean {
  const ending = endingOf(path);
  if (isShimEnding(ending) || programEndings.has(ending)) return true;
  if (programNames.test(path.split('/').at(-1) ?? '') || programOf(original) !== undefined)
    return true;
  const start = Buffer.from(original.subarray(0, 4)).toString('hex');
  return programStarts.some((one) => start.startsWith(one));
}

// The programming languages in which Skillgate writes stand-in files. A stand-in must work however
// somebody calls the stand-in: by its first line, or as an argument of an interpreter.

/** The arguments that a stand-in passes to `skillgate run`. */
interface ShimCall {
  /** The skill, as `@scope/name`. */
  readonly name: string;
  /** The command: a command's name in the manifest, or the path of an executable file. */
  readonly command: string;
}

interface ShimLanguage {
  /** The file extensions of the language, without the dot. */
  readonly endings: readonly string[];
  /**
   * The programs that, in a first line `#!…`, mean this language. The first line decides for files
   * without a known extension.
   */
  readonly programs?: RegExp;
  /**
   * Makes a stand-in that forwards the call. Absent where no sandbox runs this language: a stand-in
   * of such a language always refuses.
   */
  readonly forward?: (call: ShimCall) => string;
  /** Makes a stand-in that prints the reason on stderr and exits with status 6. */
  readonly refuse: (why: string) => string;
}

// The stand-in calls `skillgate`, never `skill`: on Debian, `skill` of procps ends processes by
// name.
const missing = ({ name, command }: ShimCall): string =>
  `skillgate: cannot run ${command} of ${name}: there is no program skillgate on PATH. ` +
  'In your checkout of Skillgate, npm run -s skill -- doctor prints the line that puts skillgate on PATH.';

// SKILLGATE_SHIM tells `skillgate run` the stand-in's own path, so that the project's lock file is
// found from any working directory.
const shell: ShimLanguage = {
  endings: ['sh', 'bash', 'zsh', 'ksh', 'dash'],
  programs: /^(sh|bash|zsh|ksh|dash|ash)$/,
  forward: (call) => `#!/bin/sh
command -v skillgate >/dev/null 2>&1 || { echo ${shellWord(missing(call))} >&2; exit 127; }
export SKILLGATE_SHIM="$0"
exec skillgate run ${shellWord(call.name)} ${shellWord(call.command)} "$@"
`,
  refuse: (why) => `#!/bin/sh
echo ${shellWord(why)} >&2
exit 6
`,
};

const languages: readonly ShimLanguage[] = [
  {
    endings: ['py', 'pyw'],
    programs: /^python[\d.]*$/,
    forward: (call) => `#!/usr/bin/env python3
import os, sys
os.environ["SKILLGATE_SHIM"] = __file__
try:
    os.execvp("skillgate", ["skillgate", "run", ${JSON.stringify(call.name)}, ${JSON.stringify(call.command)}] + sys.argv[1:])
except OSError:
    sys.stderr.write(${JSON.stringify(`${missing(call)}\n`)})
    sys.exit(127)
`,
    refuse: (why) => `#!/usr/bin/env python3
import sys
sys.stderr.write(${JSON.stringify(`${why}\n`)})
sys.exit(6)
`,
  },
  {
    // `import()` is the only form of import that CommonJS and ES modules both accept.
    endings: ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts', 'jsx', 'tsx'],
    programs: /^(node|nodejs|deno|bun|tsx|ts-node)$/,
    forward: (call) => `#!/usr/bin/env node
import("node:child_process").then(({ spawnSync }) => {
  const args = ["run", ${JSON.stringify(call.name)}, ${JSON.stringify(call.command)}, ...process.argv.slice(2)];
  const env = { ...process.env, SKILLGATE_SHIM: process.argv[1] };
  const { error, status } = spawnSync("skillgate", args, { stdio: "inherit", env });
  if (error) console.error(error.code === "ENOENT" ? ${JSON.stringify(missing(call))} : String(error));
  process.exitCode = error ? 127 : status ?? 1;
});
`,
    refuse: (why) => `#!/usr/bin/env node
console.error(${JSON.stringify(why)});
process.exit(6);
`,
  },
  {
    endings: ['rb'],
    programs: /^ruby[\d.]*$/,
    forward: (call) => `#!/usr/bin/env ruby
ENV['SKILLGATE_SHIM'] = __FILE__
begin
  exec('skillgate', 'run', ${singleQuoted(call.name)}, ${singleQuoted(call.command)}, *ARGV)
rescue SystemCallError
  warn(${singleQuoted(missing(call))})
  exit(127)
end
`,
    refuse: (why) => `#!/usr/bin/env ruby\nwarn(${singleQuoted(why)})\nexit(6)\n`,
  },
  {
    endings: ['pl', 'pm'],
    programs: /^perl[\d.]*$/,
    forward: (call) => `#!/usr/bin/env perl
$ENV{'SKILLGATE_SHIM'} = $0;
exec('skillgate', 'run', ${singleQuoted(call.name)}, ${singleQuoted(call.command)}, @ARGV) or print STDERR ${singleQuoted(missing(call))}, "\\n";
exit 127;
`,
    refuse: (why) => `#!/usr/bin/env perl\nprint STDERR ${singleQuoted(why)}, "\\n";\nexit 6;\n`,
  },
  {
    endings: ['php', 'phar'],
    programs: /^php[\d.]*$/,
    refuse: (why) =>
      `#!/usr/bin/env php\n<?php\nfwrite(STDERR, ${singleQuoted(why)} . "\\n");\nexit(6);\n`,
  },
  {
    endings: ['lua'],
    programs: /^lua[\d.]*$/,
    refuse: (why) =>
      `#!/usr/bin/env lua\nio.stderr:write(${singleQuoted(why)}, "\\n")\nos.exit(6)\n`,
  },
  {
    endings: ['ps1', 'psm1'],
    programs: /^(pwsh|powershell)$/,
    refuse: (why) =>
      `#!/usr/bin/env pwsh\n[Console]::Error.WriteLine('${why.replaceAll("'", "''")}')\nexit 6\n`,
  },
  {
    endings: ['bat', 'cmd'],
    // The text contains nothing of the skill's, because no quoting for cmd.exe is safe.
    refuse: () =>
      '@echo skillgate: this file does not run outside the sandbox. 1>&2\r\n@exit /b 6\r\n',
  },
  shell,
];

/**
 * Returns the language of a file: by the file's extension, else by the first line, else shell.
 * Every other interpreter rejects a shell text as a syntax error.
 */
function shimLanguageOf(path: string, original: Uint8Array): ShimLanguage {
  const ending = endingOf(path);
  const program = programOf(original) ?? '';
  return (
    languages.find((one) => one.endings.includes(ending)) ??
    languages.find((one) => one.programs?.test(program) === true) ??
    shell
  );
}

/** Whether one of the languages has this file extension. */
function isShimEnding(ending: string): boolean {
  return languages.some((one) => one.endings.includes(ending));
}

/**
 * Returns the file extension in lower case, without the dot; empty for a path without an extension.
 */
function endingOf(path: string): string {
  return /\.([a-z0-9_]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
}

/**
 * Returns the program in a first line `#!…`: `#!/usr/bin/env -S python3 -u` → `python3`. Undefined
 * without such a line.
 */
function programOf(original: Uint8Array): string | undefined {
  const line = Buffer.from(original.subarray(0, 200)).toString('latin1').split('\n')[0] ?? '';
  if (!/^#!\s*\S*\//.test(line)) return undefined;
  const words = line.slice(2).trim().split(/\s+/);
  const program = /(^|\/)env$/.test(words[0] ?? '')
    ? words.slice(1).find((word) => !/^-|=/.test(word))
    : words[0];
  return program?.split('/').at(-1) ?? '';
}

// Ruby, Perl, PHP and Lua escape a backslash and a quote inside single quotes with a backslash.
function singleQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
