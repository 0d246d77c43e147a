/** Utilities of a plain shell image: which input, arguments and files their output contains. */

import { decodedCharsMax } from '../../../fact/shared-limits.ts';
import { own } from '../../../lookup-tables/api.ts';
import { observingPrograms } from '../../../lookup-tables/observations.ts';
import { grantedUtilities, utilities } from '../../../lookup-tables/shell.ts';
import type { Call } from '../call.ts';
import { unescaped } from '../escapes.ts';
import { ownInput } from '../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  changedText,
  concat,
  emptyValue,
  isKnown,
  joinTaints,
  joinWith,
  literalValue,
  pass,
  rootTaint,
  type ShellValue,
  slice,
  unknownValue,
} from '../value.ts';
import { readEnvironment, readVariable } from '../variables.ts';
import { callPacker, findParts } from './archives.ts';
import { parseArguments } from './arguments.ts';
import { noteWrite, readFileValue, writeFileValue } from './files.ts';
import { filterOf } from './filters.ts';
import { noteStarted } from './started.ts';

/** Runs one of the utilities of the table. */
export function callUtility(run: ShellRun, call: Call): ShellValue {
  const utility = own(utilities, call.name);
  if (utility === undefined) return unknownValue();
  if (grantedUtilities.has(call.name))
    noteCapability(run, call, { kind: 'exec', program: call.name });
  noteStarted(run, call);
  if (call.name === 'find') return find(run, call);
  const packed = callPacker(run, call);
  if (packed !== undefined) return packed;
  if (call.name === 'jq') return queryJson(run, call);
  const { options, operands } = parseArguments(call.args, new Set(valueOptions[call.name] ?? []));
  const isGiven = (valueOptions[call.name] ?? []).some(
    (name) => (name === 'e' || name === 'f') && options.some((option) => option.name === name),
  );
  const files = operands.slice(isGiven ? 0 : (utility.first ?? 0));
  switch (utility.does) {
    case 'quiet':
      return told(call, operands.length > 0);
    case 'say':
      return say(call);
    case 'read':
      return transform(run, call, files);
    case 'write':
      for (const file of files)
        noteWrite(
          run,
          call,
          file,
          call.name.startsWith('ch') ? ['write', 'permissions'] : ['write'],
        );
      if (call.name === 'chmod')
        noteTrait(run, call, 'permissions', operands.map((operand) => operand.text).join(' '));
      // `install -m 755 /dev/stdin hook` copies; `install -d folder` makes a folder.
      if (call.name === 'install' && !options.some(({ name }) => /^(d|directory)$/.test(name)))
        copy(
          run,
          call,
          files.filter(({ text }) => !/^0?[0-7]{3,4}$/.test(text)),
        );
      if (call.name === 'mktemp') return temporaryName(call);
      if (call.name !== 'tee') return emptyValue;
      for (const file of files) writeFileValue(run, call, file, call.stdin, 'write');
      return call.stdin;
    case 'copy':
      copy(run, call, files);
      return emptyValue;
    case 'delete': {
      const isRecursive = options.some((option) => /^(r|R|recursive)$/.test(option.name));
      for (const file of files)
        noteWrite(run, call, file, ['delete', ...(isRecursive ? (['recursive'] as const) : [])]);
      return emptyValue;
    }
  }
}

function queryJson(run: ShellRun, call: Call): ShellValue {
  const { files, given, program } = jqArguments(call.args);
  const output = transform(run, call, files);
  const at = { pos: call.span.start, end: call.span.end };
  const variables = [...(program?.text.matchAll(jqVariable) ?? [])].map(([, name]) =>
    name === undefined ? readEnvironment(run, call) : readVariable(run, name, at),
  );
  return { ...output, taints: joinTaints([output, ...given, ...variables]) };
}

// `env.NAME`, `$ENV.NAME`, and all variables where no name follows.
const jqVariable =
  /(?:\$ENV\b|(?<![\w.$"])env\b(?!\s{0,9}[:(]))(?:\s{0,9}\.\s{0,9}([A-Za-z_]\w{0,80}))?/g;

// Options with values of utilities whose operands are files or patterns.
const valueOptions: Readonly<Record<string, readonly string[]>> = {
  grep: ['e', 'f', 'm', 'A', 'B', 'C', 'include', 'exclude'],
  rg: ['e', 'f', 'm', 'A', 'B', 'C', 'g', 't'],
  sed: ['e', 'f'],
  awk: ['f', 'F', 'v'],
  head: ['n', 'c'],
  tail: ['n', 'c'],
  cut: ['d', 'f', 'c', 'b'],
  sort: ['k', 't', 'o', 'S'],
  base64: ['w', 'b', 'i', 'o'],
  tar: ['f', 'C', 'T', 'X'],
  mktemp: ['t', 'p'],
  mkdir: ['m'],
  touch: ['d', 't', 'r'],
  openssl: ['in', 'out', 'k', 'pass', 'K', 'iv', 'connect'],
  gpg: ['o', 'r', 'u', 'passphrase'],
  xxd: ['l', 's', 'c', 'g', 'o'],
  fold: ['w'],
  paste: ['d'],
  od: ['A', 't', 'N', 'j', 'w'],
  nl: ['b', 's', 'w'],
  split: ['b', 'l', 'n', 'a'],
  join: ['t', 'j', 'o'],
  uniq: ['f', 's', 'w'],
  iconv: ['f', 't'],
  strings: ['n'],
};

/** What echo or printf prints. */
export function say(call: Call): ShellValue {
  const words = call.args.filter((arg, index) => index > 0 || !/^-[neE]+$/.test(arg.text));
  if (call.name === 'echo' || call.name === 'print') {
    const interprets =
      call.args[0]?.text.includes('e') === true && /^-[neE]+$/.test(call.args[0].text);
    const joined = joinWith(words, ' ');
    return interprets && isKnown(joined) && joined.text.includes('\\')
      ? unescaped(joined)
      : concat([joined, { ...emptyValue, text: '\n' }]);
  }
  const [format, ...rest] = words;
  if (format === undefined) return emptyValue;
  if (!isKnown(format)) return unknownValue(joinTaints(words));
  return formatted(format, rest);
}

// The format is used again while there are arguments left (POSIX printf).
function formatted(format: ShellValue, given: readonly ShellValue[]): ShellValue {
  const plain = unescaped(format);
  const [first = '', ...pieces] = plain.text.split(
    /(%[-+ #0]{0,5}\d{0,4}(?:\.\d{1,4})?[sbqdiuxXoc%])/,
  );
  const start = plain.map[0]?.raw ?? 0;
  if (pieces.length === 0) return plain;
  const out: ShellValue[] = [];
  const left = [...given];
  do {
    out.push({ ...literalValue(first, start, true), decoded: plain.decoded });
    for (let at = 0; at < pieces.length; at += 2) {
      const kind = pieces[at]?.at(-1) ?? 's';
      out.push(kind === '%' ? literalValue('%', start, true) : argumentAs(kind, left.shift()));
      out.push({ ...literalValue(pieces[at + 1] ?? '', start, true), decoded: plain.decoded });
    }
  } while (
    left.length > 0 &&
    out.length < 1_000 &&
    pieces.some((piece, at) => at % 2 === 0 && piece !== '%%')
  );
  const isCut = left.length > 0 && out.length >= 1_000;
  return concat(isCut ? [...out, unknownValue(joinTaints(left))] : out);
}

function argumentAs(kind: string, given: ShellValue | undefined): ShellValue {
  if (given === undefined || !isKnown(given)) return given ?? emptyValue;
  if (kind === 'b') return unescaped(given);
  if (kind === 'c') return slice(given, 0, 1);
  const code = /^['"](.)/s.exec(given.text)?.[1]?.codePointAt(0) ?? Number(given.text);
  if (!/[xXo]/.test(kind) || Number.isNaN(code)) return given;
  return changedText(
    given,
    kind === 'X' ? code.toString(16).toUpperCase() : code.toString(kind === 'o' ? 8 : 16),
  );
}

function transform(run: ShellRun, call: Call, files: readonly ShellValue[]): ShellValue {
  const named = files.filter(
    (file) =>
      file.text !== '-' &&
      !(call.name === 'tar' && /^[a-zA-Z]{1,6}$/.test(file.text)) &&
      !(call.name === 'openssl' && /^(base64|enc|dgst|[a-z0-9]+-[a-z0-9-]+)$/.test(file.text)),
  );
  const contents = named.map((file) => readFileValue(run, call, file));
  // Counts have nothing of what is counted, but stand beside the names of the files.
  // Where the names come out of a file, `wc` tells of each name that there is no such file.
  const readsNames = call.args.some(({ text }) => text.startsWith('--files0'));
  if (call.name === 'wc' && !readsNames) return unknownValue(joinTaints(named));
  const takesInput = named.length === 0 || files.length > named.length;
  const isFilter = !/^(ls|find|du|tree|dir|df|zip|unzip|stat|file|locate|fd|7z)$/.test(call.name);
  const given = call.stdin === emptyValue && isFilter ? ownInput(call.span) : call.stdin;
  const input = concat([...contents, ...(takesInput ? [given] : [])]);
  if (
    /^(cat|less|more|tac|bat|tee)$/.test(call.name) &&
    call.args.every((arg) => !arg.text.startsWith('-') || arg.text === '-')
  )
    return call.name === 'tac' && isKnown(input)
      ? changedText(input, input.text.split('\n').reverse().join('\n').trim())
      : input;
  const taints = pass(
    input.taints,
    { span: call.span, note: `${call.name} passes it on` },
    encoders.test(call.name),
  );
  const filter = filterOf(call);
  if (filter === undefined) return { ...unknownValue(taints), decoded: input.decoded };
  run.context.steps.take(1 + (input.text.length >> 4) + (filter.cost?.(input.text) ?? 0));
  const raw = input.map[0]?.raw ?? call.span.start;
  const isReadable = isKnown(input) || input.bytes !== undefined || filter.ignoresInput === true;
  const made =
    isReadable && input.text.length <= decodedCharsMax * 2
      ? filter.apply(input.text, input.bytes)
      : undefined;
  const decoded = input.decoded || filter.decodes;
  if (made === undefined) return { ...unknownValue(taints), decoded };
  if (typeof made !== 'string') return { ...unknownValue(taints), decoded, bytes: made };
  return { ...literalValue(made.slice(0, decodedCharsMax), raw, true), taints, decoded };
}

const encoders = /^(base64|base32|xxd|od|hexdump|gzip|bzip2|xz|zstd|openssl|gpg|tar|zip|rev|tr)$/;

// Every temporary file is separate, identified by the place of its creation.
function temporaryName(call: Call): ShellValue {
  return literalValue(`/tmp/mktemp.${call.span.start}`, call.span.start, true);
}

// Names below the folders, and the output of the commands that run on them.
function find(run: ShellRun, call: Call): ShellValue {
  const { roots, commands } = findParts(call);
  const names = roots.map((root) => readFileValue(run, call, root));
  const printed = commands.flatMap(([word, ...rest]) =>
    word === undefined
      ? []
      : [
          run.dispatch(run, word, rest, {
            span: call.span,
            onConnection: false,
            depth: 1,
            env: call.env,
          }),
        ],
  );
  return unknownValue(
    pass(joinTaints([...names, ...printed]), { span: call.span, note: 'find finds it' }),
  );
}

function copy(run: ShellRun, call: Call, files: readonly ShellValue[]): void {
  const target = files.at(-1);
  if (target === undefined || files.length < 2) return;
  const contents = files
    .slice(0, -1)
    .map((file) => (file.text === '/dev/stdin' ? call.stdin : readFileValue(run, call, file)));
  if (call.name === 'ln') noteTrait(run, call, 'link', files.map((file) => file.text).join(' -> '));
  writeFileValue(run, call, target, concat(contents), 'write');
}

// What such a program prints is no data of the skill, but may be a fact about the machine. Its text
// stays empty: names and addresses are put together with it.
function told({ name, span, certainty }: Call, hasOperands: boolean): ShellValue {
  const what = own(observingPrograms, name);
  if (what === undefined || (hasOperands && name !== 'ps')) return emptyValue;
  const step = { span, note: `${name} tells the ${what}` };
  return { ...emptyValue, taints: [rootTaint({ what: 'observed', name: what }, step, certainty)] };
}

// The arguments of jq: its program, variables with their values, and the files that it reads.

interface JqArguments {
  readonly files: readonly ShellValue[];
  /** Values that the program can put into its output. */
  readonly given: readonly ShellValue[];
  /** The program, unless it is in a file. */
  readonly program: ShellValue | undefined;
}

// jq 1.7 manual, "Invoking jq".
const namesValue = /^--(arg|argjson)$/;
const namesFile = /^--(slurpfile|rawfile|argfile)$/;
const takesValue = /^(-L|--indent|--seq-depth|--stream-depth)$/;
const takesProgram = /^(-[a-zA-Z]*f|--from-file)$/;
const valuesFollow = /^--(args|jsonargs)$/;

function jqArguments(args: readonly ShellValue[]): JqArguments {
  const files: ShellValue[] = [];
  const given: ShellValue[] = [];
  let program: ShellValue | undefined;
  let needsProgram = true;
  let operands = files;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    const next = args.slice(at + 1, at + 3);
    if (namesValue.test(arg.text) || namesFile.test(arg.text)) {
      (namesValue.test(arg.text) ? given : files).push(...next.slice(1));
      at += 2;
    } else if (takesProgram.test(arg.text)) {
      needsProgram = false;
      files.push(...next.slice(0, 1));
      at += 1;
    } else if (takesValue.test(arg.text)) at += 1;
    else if (valuesFollow.test(arg.text)) operands = given;
    else if (arg.text.startsWith('-') && arg.text !== '-') continue;
    else if (needsProgram) {
      program = arg;
      needsProgram = false;
    } else operands.push(arg);
  }
  return { files, given, program };
}
