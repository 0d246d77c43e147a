/** Utilities of a plain shell image: which input, arguments and files their output contains. */

import { concat, dataOf, textValue, type Value } from '../../../engine/value.ts';
import { decodedCharsMax } from '../../../fact/shared-limits.ts';
import { own } from '../../../lookup-tables/api.ts';
import { observingPrograms } from '../../../lookup-tables/observations.ts';
import { grantedUtilities, utilities } from '../../../lookup-tables/shell.ts';
import { parseArguments } from '../arguments.ts';
import { executes, type ShellCommand } from '../shell-state.ts';
import { changed, changedEach, empty, isKnown, nodes, shown } from '../values.ts';
import { readVariable, wholeEnvironment } from '../variables.ts';
import { callPacker, find } from './archives.ts';
import { filterOf } from './filters.ts';
import { say } from './printed.ts';
import { noteStarted } from './started.ts';

/** Runs one of the utilities of the table. */
export function callUtility(command: ShellCommand): Value {
  const { shell, name, at, args, input } = command;
  const utility = own(utilities, name);
  if (utility === undefined) return dataOf([]);
  if (grantedUtilities.has(name)) shell.notes.capability(at, executes(name));
  noteStarted(command);
  if (name === 'find') return find(command);
  const packed = callPacker(command);
  if (packed !== undefined) return packed;
  if (name === 'jq') return queryJson(command);
  const valued = valueOptions[name] ?? [];
  const { options, operands } = parseArguments(args, new Set(valued));
  const has = (form: RegExp): boolean => options.some((option) => form.test(option.name));
  const isGiven = valued.some((one) => /^[ef]$/.test(one) && options.some((o) => o.name === one));
  // `sed -i ''` in a variable: the quotes are no script.
  const given = name === 'sed' ? operands.filter((one) => !/^('')?$/.test(shown(one))) : operands;
  const files = given.slice(isGiven ? 0 : (utility.first ?? 0));
  switch (utility.does) {
    case 'quiet':
      return told(command, operands.length > 0);
    case 'say':
      return say(command);
    case 'read':
      return transform(command, files);
    case 'write':
      for (const file of files)
        shell.change(at, file, name.startsWith('ch') ? ['write', 'permissions'] : ['write']);
      if (name === 'chmod') shell.trait(at, 'permissions', operands.map(shown).join(' '));
      // `install -m 755 /dev/stdin hook` copies; `install -d folder` makes a folder.
      if (name === 'install' && !has(/^(d|directory)$/))
        copy(
          command,
          files.filter((file) => !/^0?[0-7]{3,4}$/.test(shown(file))),
        );
      // Every temporary file is separate, identified by the place of its creation.
      if (name === 'mktemp') return textValue(`/tmp/mktemp.${at.place.start}`);
      if (name !== 'tee') return empty;
      for (const file of files) shell.write(at, file, input, 'write');
      return input;
    case 'copy':
      copy(command, files);
      return empty;
    case 'delete': {
      const isRecursive = has(/^(r|R|recursive)$/);
      for (const file of files)
        shell.change(at, file, ['delete', ...(isRecursive ? (['recursive'] as const) : [])]);
      return empty;
    }
  }
}

// Options with values of utilities whose operands are files or patterns.
const valueOptions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries({
    grep: 'e f m A B C include exclude',
    rg: 'e f m A B C g t',
    sed: 'e f',
    awk: 'f F v',
    head: 'n c',
    tail: 'n c',
    cut: 'd f c b',
    sort: 'k t o S',
    base64: 'w b i o',
    tar: 'f C T X',
    mktemp: 't p',
    mkdir: 'm',
    touch: 'd t r',
    openssl: 'in out k pass K iv connect',
    gpg: 'o r u passphrase',
    xxd: 'l s c g o',
    fold: 'w',
    paste: 'd',
    od: 'A t N j w',
    nl: 'b s w',
    split: 'b l n a',
    join: 't j o',
    uniq: 'f s w',
    iconv: 'f t',
    strings: 'n',
  }).map(([name, options]) => [name, options.split(' ')]),
);

function transform(command: ShellCommand, files: readonly Value[]): Value {
  const { shell, name, at, args } = command;
  const isOption = (text: string): boolean =>
    (name === 'tar' && /^[a-zA-Z]{1,6}$/.test(text)) ||
    (name === 'openssl' && /^(base64|enc|dgst|[a-z0-9]+-[a-z0-9-]+)$/.test(text));
  const known = files.filter((file) => shown(file) !== '-' && !isOption(shown(file)));
  const contents = known.map((file) => shell.read(at, file));
  // Counts have nothing of what is counted, but stand beside the names of the files.
  // Where the names come out of a file, `wc` tells of each name that there is no such file.
  const readsNames = args.some((arg) => shown(arg).startsWith('--files0'));
  if (name === 'wc' && !readsNames) return dataOf(nodes(...known));
  const takesInput = known.length === 0 || files.length > known.length;
  const isFilter = !/^(ls|find|du|tree|dir|df|zip|unzip|stat|file|locate|fd|7z)$/.test(name);
  const given = command.input === empty && isFilter ? shell.entry(at, 'stdin') : command.input;
  const all = [...contents, ...(takesInput ? [given] : [])];
  const input = all.length === 1 && all[0] !== undefined ? all[0] : concat(all);
  const isPlain =
    /^(cat|less|more|tac|bat|tee)$/.test(name) &&
    args.every((arg) => !shown(arg).startsWith('-') || shown(arg) === '-');
  if (isPlain)
    return name === 'tac' && isKnown(input)
      ? changed(input, shown(input).split('\n').reverse().join('\n').trim())
      : input;
  const passed = shell.pass(at, input, `${name} passes it on`, encoders.test(name));
  const filter = filterOf(command);
  if (filter === undefined) return { ...dataOf(passed), isDecoded: input.isDecoded };
  const isDecoded = input.isDecoded || filter.decodes;
  const { length } = shown(input);
  shell.take(1 + (length >> 4) + (filter.cost?.(shown(input)) ?? 0));
  if (filter.ignoresInput === true)
    return { ...textValue(filter.apply('') ?? ''), nodes: passed, isFolded: true, isDecoded };
  const made = changedEach(input, (text) =>
    text.length > decodedCharsMax * 2 ? undefined : filter.apply(text)?.slice(0, decodedCharsMax),
  );
  return { ...made, nodes: passed, isDecoded };
}

const encoders = /^(base64|base32|xxd|od|hexdump|gzip|bzip2|xz|zstd|openssl|gpg|tar|zip|rev|tr)$/;

function copy({ shell, name, at, input }: ShellCommand, files: readonly Value[]): void {
  const target = files.at(-1);
  if (target === undefined || files.length < 2) return;
  const contents = files
    .slice(0, -1)
    .map((file) => (shown(file) === '/dev/stdin' ? input : shell.read(at, file)));
  if (name === 'ln') shell.trait(at, 'link', files.map(shown).join(' -> '));
  const [only = empty] = contents;
  shell.write(at, target, contents.length === 1 ? only : concat(contents), 'write');
}

// What such a program prints is no data of the skill, but may be a fact about the machine. Its text
// stays empty: names and addresses are put together with it.
function told({ shell, name, at }: ShellCommand, hasOperands: boolean): Value {
  const what = own(observingPrograms, name);
  if (what === undefined || (hasOperands && name !== 'ps')) return empty;
  const source = shell.source(at, { what: 'observed', name: what }, `${name} tells the ${what}`);
  return { ...empty, nodes: nodes(source) };
}

// jq: its program, variables with their values, and the files that it reads.

function queryJson(command: ShellCommand): Value {
  const { shell, at, args } = command;
  const { files, given, program } = jqArguments(args);
  const output = transform(command, files);
  const found = [...(program === undefined ? [] : shown(program).matchAll(jqVariable))];
  const variables = found.map(([, name]) =>
    name === undefined ? wholeEnvironment(shell, at) : readVariable(shell, name, at),
  );
  return { ...output, nodes: [...new Set(nodes(output, ...given, ...variables))] };
}

// `env.NAME`, `$ENV.NAME`, and all variables where no name follows.
const jqVariable =
  /(?:\$ENV\b|(?<![\w.$"])env\b(?!\s{0,9}[:(]))(?:\s{0,9}\.\s{0,9}([A-Za-z_]\w{0,80}))?/g;

interface JqArguments {
  readonly files: readonly Value[];
  /** Values that the program can put into its output. */
  readonly given: readonly Value[];
  /** The program, unless it is in a file. */
  readonly program: Value | undefined;
}

// jq 1.7 manual, "Invoking jq".
function jqArguments(args: readonly Value[]): JqArguments {
  const files: Value[] = [];
  const given: Value[] = [];
  let program: Value | undefined;
  let needsProgram = true;
  let operands = files;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    const text = shown(arg);
    const next = args.slice(at + 1, at + 3);
    if (/^--(arg|argjson|slurpfile|rawfile|argfile)$/.test(text)) {
      (/^--arg(json)?$/.test(text) ? given : files).push(...next.slice(1));
      at += 2;
    } else if (/^(-[a-zA-Z]*f|--from-file)$/.test(text)) {
      needsProgram = false;
      files.push(...next.slice(0, 1));
      at += 1;
    } else if (/^(-L|--indent|--seq-depth|--stream-depth)$/.test(text)) at += 1;
    else if (/^--(args|jsonargs)$/.test(text)) operands = given;
    else if (text.startsWith('-') && text !== '-') continue;
    else if (needsProgram) {
      program = arg;
      needsProgram = false;
    } else operands.push(arg);
  }
  return { files, given, program };
}
