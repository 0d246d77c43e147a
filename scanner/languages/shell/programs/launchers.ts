/** Programs that run a given command line, from an argument or from their input. */

import { textValue, type Value } from '../../../engine/value.ts';
import { containers, type Launcher, launchers } from '../../../knowledge/shell-launchers.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../../lookup-tables/network-programs.ts';
import { interpreters, utilities } from '../../../lookup-tables/shell.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import { bare, runCode } from '../code.ts';
import type { ShellCommand } from '../shell-state.ts';
import { changed, empty, joined, shown, slice } from '../values.ts';

/** Follows the command lines that a command runs; gives their output. */
export function runLaunched(command: ShellCommand): Value | undefined {
  const launcher = own(launchers, command.name);
  if (launcher === undefined) return undefined;
  const { line, takesValue, programIn, operandsFrom } = launcher;
  const valued = new Set([line, takesValue, programIn].flatMap((names) => names ?? []));
  const args = parseArguments(command.args, valued, operandsFrom !== undefined);
  const lines = optionValues(args, line ?? []).flatMap((value) => lineOf(launcher, value));
  if (operandsFrom !== undefined && lines.length === 0) {
    const words = args.operands.slice(operandsFrom);
    if (words.length > 0) lines.push(joined(words, ' '));
  }
  const last = args.operands.at(-1);
  if (launcher.lastWord && last !== undefined && /\s/.test(shown(last))) lines.push(last);
  runProgramFiles(command, launcher, args);
  if (launcher.input !== undefined) lines.push(...inputOf(command, launcher.input, args));
  return lines.map((one) => runCode(bare(command), one, 'shell')).at(-1);
}

function lineOf({ behind }: Launcher, value: Value): Value[] {
  if (behind === undefined) return [value];
  const found = behind.exec(shown(value));
  return found === null ? [] : [slice(value, found[0].length)];
}

function inputOf(
  { shell, at, input: given }: ShellCommand,
  kind: NonNullable<Launcher['input']>,
  args: Arguments,
): Value[] {
  const [file] = optionValues(args, ['f']);
  const reads =
    kind === 'lines' ||
    args.operands.some((operand) => shown(operand) === '-') ||
    args.operands.length === 0;
  if (hasOption(args, ['l', 'r', 'd']) || !reads) return [];
  const isFile = file !== undefined && !/^(-|\/dev\/stdin)$/.test(shown(file));
  const input = isFile ? shell.read(at, file) : given;
  if (input === empty) return [];
  if (kind === 'lines') return [input];
  // The output of `crontab -l` comes before the added lines.
  const commands = shown(input)
    .replaceAll(unknownPart, '\n')
    .split('\n')
    // `*/5 * * * * cmd`, `@daily cmd`
    .flatMap((line) => /^\s*(?:@\w+|(?:\S+\s+){5})(.*)$/.exec(line)?.[1] ?? []);
  return [changed(input, commands.join('\n'))];
}

// `make -f notes.txt`: whatever its name says, the file is a program.
function runProgramFiles(
  command: ShellCommand,
  { program, programIn = [] }: Launcher,
  args: Arguments,
): void {
  const { shell, name, at, input } = command;
  for (const file of optionValues(args, programIn)) {
    const text = shown(file);
    const written = /^(-|\/dev\/stdin)$/.test(text) ? input : shell.written(text);
    if (program === undefined) {
      if (!ordinaryBuildFile.test(text)) shell.trait(at, 'unread-program', `${name} ${text}`);
    } else if (written === undefined) shell.start(command, text, program);
    else runCode(bare(command), written, program);
  }
}

// A file of one of these names is read, or held, for its name.
const ordinaryBuildFile = /\.(?:xml|pom|gradle|kts|ninja|cmake|json|just|rb|py|smk)$|file$/i;

/** The program that a container is to run, with its arguments; undefined when there is none. */
export function containedCommand({
  name,
  args: words,
}: ShellCommand): readonly Value[] | undefined {
  if (name === 'start') return startedCommand(words);
  const container = own(containers, name);
  if (container === undefined) return undefined;
  const at = words.findIndex((arg) => container.verbs.includes(shown(arg)));
  if (at < 0) return undefined;
  const args = parseArguments(words.slice(at + 1), new Set(container.takesValue), true);
  const dashes = words.findIndex((arg) => shown(arg) === '--');
  const entry = optionValues(args, ['entrypoint']).slice(0, 1);
  const inside = dashes > at ? words.slice(dashes + 1) : [...entry, ...args.operands.slice(1)];
  const [program] = inside;
  if (program !== undefined && own(interpreters, programName(program)) !== undefined)
    return seenFromHost(args, inside);
  const image = shown(args.operands[0])
    .replace(/^.*\//, '')
    .replace(/[:@].*$/, '');
  // `docker run curlimages/curl -T …`: an image that is named after its program.
  const line =
    program !== undefined && isTool(programName(program))
      ? inside
      : isTool(image)
        ? [textValue(image), ...inside]
        : [];
  const seen = seenFromHost(args, line);
  // Other programs of an image count where they get files of the host.
  return seen.some((word) => !line.includes(word)) ? seen : undefined;
}

function isTool(name: string): boolean {
  return own(networkPrograms, name) !== undefined || own(utilities, name) !== undefined;
}

// `start "title" /b pythonw x.py`. A call that opens a document or an address starts no nameable
// program.
function startedCommand(args: readonly Value[]): readonly Value[] | undefined {
  const at = args.findIndex((arg) => own(interpreters, programName(arg)) !== undefined);
  return at < 0 ? undefined : args.slice(at);
}

function programName(word: Value): string {
  return shown(word)
    .replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '');
}

// Folders of the host inside a container: what a command in the container does to them, it does to
// the host's files.

/** A folder or file of the host, and its place in the container. */
interface Mount {
  readonly host: string;
  readonly target: string;
}

/** The command of a container as the host sees it; the same words where nothing is mounted. */
function seenFromHost(args: Arguments, words: readonly Value[]): readonly Value[] {
  const mounts = mountsOf(args);
  if (mounts.length === 0 || words.length === 0) return words;
  const places = placesOf(mounts);
  const seen = words.map((word) => {
    const text = places.reduce(putIn, shown(word));
    return text === shown(word) ? word : changed(word, text);
  });
  const variables = optionValues(args, ['e', 'env']).filter((one) => /^\w+=/.test(shown(one)));
  return variables.length === 0 ? seen : [textValue('env'), ...variables, ...seen];
}

function mountsOf(args: Arguments): Mount[] {
  const volumes = optionValues(args, ['v', 'volume']).map((value) => {
    const [host = '', target = ''] = shown(value).split(':');
    return { host, target };
  });
  const others = optionValues(args, ['mount']).map((value) => ({
    host: /(?:^|,)(?:source|src)=([^,]*)/.exec(shown(value))?.[1] ?? '',
    target: /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(shown(value))?.[1] ?? '',
  }));
  // Other names are volumes of the container's own.
  return [...volumes, ...others].filter(
    ({ host, target }) => /^[/~.]/.test(host) && /^\/[^\0]/.test(target),
  );
}

interface Place {
  readonly inside: RegExp;
  readonly hosts: readonly string[];
}

const mountsMax = 32;

// The folders of the mounts, the longest first, and the folders around them, which hold them all.
function placesOf(mounts: readonly Mount[]): Place[] {
  const hosts = new Map<string, string[]>();
  for (const { host, target } of mounts.slice(0, mountsMax))
    hosts.set(target.replace(/\/+$/, ''), [host.replace(/(?<=.)\/+$/, '')]);
  for (const [path, own] of [...hosts])
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const around = hosts.get(path.slice(0, at)) ?? [];
      hosts.set(path.slice(0, at), [...around, ...own]);
    }
  return [...hosts]
    .sort(([a], [b]) => b.length - a.length)
    .map(([path, hosts]) => ({
      inside: new RegExp(`(?<![\\w./~*-])${RegExp.escape(path)}(?=$|[/\\s"'\`;|&<>()),:=])`, 'g'),
      hosts,
    }));
}

function putIn(text: string, { inside, hosts }: Place): string {
  // A script in quotes knows the home folder by its variable only.
  const isScript = /\s/.test(text);
  return text.replace(inside, (found, at: number, whole: string) => {
    const isFolder = whole.startsWith('/', at + found.length);
    return hosts
      .map((host) => (host === '/' && isFolder ? '' : host))
      .map((host) => (isScript ? host.replace(/^~(?=\/|$)/, '$HOME') : host))
      .join(' ')
      .replaceAll(unknownPart, '');
  });
}
