/**
 * Stand-ins are files that lie in an agent's folder in place of the programs of a skill, so that
 * nothing of the skill runs outside the sandbox.
 */
import type { Bundle, BundleFile } from '../../skill/bundle.ts';
import type { BundlePath } from '../../skill/bundle-path.ts';
import type { Manifest } from '../../skill/manifest.ts';
import { commandFile } from '../../skill/manifest-schema.ts';
import type { SkillName } from '../../skill/name.ts';
import { endingOf, isShimEnding, programOf, shimLanguageOf } from './shim-languages.ts';

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
