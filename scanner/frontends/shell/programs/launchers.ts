/** Programs that run a given command line, from an argument or from their input. */

import { containers, type Launcher, launchers } from '../../../knowledge/shell-launchers.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../../lookup-tables/network-programs.ts';
import { interpreters, utilities } from '../../../lookup-tables/shell.ts';
import type { Call } from '../call.ts';
import { noteStart } from '../graph.ts';
import { noteTrait, type ShellRun } from '../run.ts';
import {
  changedText,
  emptyValue,
  joinWith,
  literalValue,
  type ShellValue,
  slice,
} from '../value.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from './arguments.ts';
import { runCode } from './code.ts';
import { fileKey, readFileValue } from './files.ts';

/** Follows the command lines that a call runs; returns their output. */
export function runLaunched(run: ShellRun, call: Call): ShellValue | undefined {
  const launcher = own(launchers, call.name);
  if (launcher === undefined) return undefined;
  const args = parseArguments(
    call.args,
    new Set(
      [launcher.line, launcher.takesValue, launcher.programIn].flatMap((names) => names ?? []),
    ),
    launcher.operandsFrom !== undefined,
  );
  const lines = optionValues(args, launcher.line ?? []).flatMap((value) => lineOf(launcher, value));
  if (launcher.operandsFrom !== undefined && lines.length === 0) {
    const words = args.operands.slice(launcher.operandsFrom);
    if (words.length > 0) lines.push(joinWith(words, ' '));
  }
  const last = args.operands.at(-1);
  if (launcher.lastWord && last !== undefined && /\s/.test(last.text)) lines.push(last);
  runProgramFiles(run, call, launcher, args);
  if (launcher.input !== undefined) lines.push(...inputOf(run, call, launcher.input, args));
  const outputs = lines.map((line) => runCode(run, { ...call, args: [] }, line, 'shell'));
  return outputs.at(-1);
}

/** The program that a container is to run, with its arguments; undefined when there is none. */
export function containedCommand(call: Call): readonly ShellValue[] | undefined {
  if (call.name === 'start') return startedCommand(call);
  const container = own(containers, call.name);
  if (container === undefined) return undefined;
  const at = call.args.findIndex((arg) => container.verbs.includes(arg.text));
  if (at < 0) return undefined;
  const args = parseArguments(call.args.slice(at + 1), new Set(container.takesValue), true);
  const dashes = call.args.findIndex((arg) => arg.text === '--');
  const [entry] = optionValues(args, ['entrypoint']);
  const words =
    dashes > at
      ? call.args.slice(dashes + 1)
      : [...(entry === undefined ? [] : [entry]), ...args.operands.slice(1)];
  const [program] = words;
  if (program !== undefined && own(interpreters, programName(program.text)) !== undefined)
    return seenFromHost(args, words);
  const image = args.operands[0]?.text.replace(/^.*\//, '').replace(/[:@].*$/, '') ?? '';
  // `docker run curlimages/curl -T …`: an image that is named after its program.
  const line =
    program !== undefined && isTool(programName(program.text))
      ? words
      : isTool(image)
        ? [literalValue(image, call.span.start, true), ...words]
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
function startedCommand({ args }: Call): readonly ShellValue[] | undefined {
  const at = args.findIndex(({ text }) => own(interpreters, programName(text)) !== undefined);
  return at < 0 ? undefined : args.slice(at);
}

function programName(text: string): string {
  return text.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');
}

function lineOf({ behind }: Launcher, value: ShellValue): ShellValue[] {
  if (behind === undefined) return [value];
  const found = behind.exec(value.text);
  return found === null ? [] : [slice(value, found[0].length)];
}

function inputOf(
  run: ShellRun,
  call: Call,
  kind: NonNullable<Launcher['input']>,
  args: ReturnType<typeof parseArguments>,
): ShellValue[] {
  const [file] = optionValues(args, ['f']);
  const reads =
    kind === 'lines' ||
    args.operands.some((operand) => operand.text === '-') ||
    args.operands.length === 0;
  if (hasOption(args, ['l', 'r', 'd']) || !reads) return [];
  const input =
    file !== undefined && file.text !== '-' && file.text !== '/dev/stdin'
      ? readFileValue(run, call, file)
      : call.stdin;
  if (input === emptyValue) return [];
  if (kind === 'lines') return [input];
  // The output of `crontab -l` comes before the added lines.
  const commands = input.text
    .replaceAll(unknownPart, '\n')
    .split('\n')
    // `*/5 * * * * cmd`, `@daily cmd`
    .flatMap((line) => /^\s*(?:@\w+|(?:\S+\s+){5})(.*)$/.exec(line)?.[1] ?? []);
  return [changedText(input, commands.join('\n'))];
}

// `make -f notes.txt`: whatever its name says, the file is a program.
function runProgramFiles(
  run: ShellRun,
  call: Call,
  { program, programIn = [] }: Launcher,
  args: Arguments,
): void {
  for (const file of optionValues(args, programIn)) {
    const written =
      file.text === '-' || file.text === '/dev/stdin'
        ? call.stdin
        : run.files.get(fileKey(run, file.text));
    if (program === undefined) {
      if (!ordinaryBuildFile.test(file.text))
        noteTrait(run, { ...call, api: call.name }, 'unread-program', `${call.name} ${file.text}`);
    } else if (written === undefined) noteStart(run, call.span, file.text, call, program);
    else runCode(run, { ...call, args: [] }, written, program);
  }
}

// A file of one of these names is read, or held, for its name.
const ordinaryBuildFile = /\.(?:xml|pom|gradle|kts|ninja|cmake|json|just|rb|py|smk)$|file$/i;

// Folders of the host inside a container: what a command in the container does to them, it does to
// the host's files.

/** A folder or file of the host, and its place in the container. */
interface Mount {
  readonly host: string;
  readonly target: string;
}

/** The command of a container as the host sees it; the same words where nothing is mounted. */
function seenFromHost(args: Arguments, words: readonly ShellValue[]): readonly ShellValue[] {
  const mounts = mountsOf(args);
  if (mounts.length === 0 || words.length === 0) return words;
  const places = placesOf(mounts);
  const seen = words.map((word) => {
    const text = places.reduce(putIn, word.text);
    return text === word.text ? word : changedText(word, text);
  });
  const variables = optionValues(args, ['e', 'env']).filter(({ text }) => /^\w+=/.test(text));
  const raw = words[0]?.map[0]?.raw ?? 0;
  return variables.length === 0 ? seen : [literalValue('env', raw, true), ...variables, ...seen];
}

function mountsOf(args: Arguments): Mount[] {
  const volumes = optionValues(args, ['v', 'volume']).map(({ text }) => {
    const [host = '', target = ''] = text.split(':');
    return { host, target };
  });
  const others = optionValues(args, ['mount']).map(({ text }) => ({
    host: /(?:^|,)(?:source|src)=([^,]*)/.exec(text)?.[1] ?? '',
    target: /(?:^|,)(?:target|dst|destination)=([^,]*)/.exec(text)?.[1] ?? '',
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

// The folders of the mounts, the longest first, and the folders around them, which hold them all.
function placesOf(mounts: readonly Mount[]): Place[] {
  const hosts = new Map<string, string[]>();
  for (const { host, target } of mounts.slice(0, mountsMax)) {
    const path = target.replace(/\/+$/, '');
    hosts.set(path, [host.replace(/(?<=.)\/+$/, '')]);
  }
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

const mountsMax = 32;

function putIn(text: string, { inside, hosts }: Place): string {
  // A script in quotes knows the home folder by its variable only.
  const isScript = /\s/.test(text);
  return text.replace(inside, (_, at: number, whole: string) => {
    const isFolder = whole.startsWith('/', at + _.length);
    return hosts
      .map((host) => (host === '/' && isFolder ? '' : host))
      .map((host) => (isScript ? host.replace(/^~(?=\/|$)/, '$HOME') : host))
      .join(' ')
      .replaceAll(unknownPart, '');
  });
}
