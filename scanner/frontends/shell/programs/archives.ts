/**
 * Programs that pack or encrypt files, and `find`: their output has the content that they read.
 */
import { socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { noteFlows } from '../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  concat,
  emptyValue,
  isKnown,
  joinTaints,
  pass,
  rootTaint,
  type ShellValue,
  unknownValue,
} from '../value.ts';
import { hasOption, optionValues, parseArguments } from './arguments.ts';
import { readFileValue, writeFileValue } from './files.ts';

type Pack = (run: ShellRun, call: Call) => ShellValue | undefined;

const packs: Readonly<Record<string, Pack>> = {
  tar: packTar,
  bsdtar: packTar,
  zip: (run, call) =>
    packInto(
      run,
      call,
      parseArguments(call.args, new Set(['x', 'i', 'P', 'TT', 't', 'n'])).operands,
    ),
  '7z': packSevenZip,
  '7za': packSevenZip,
  gpg: (run, call) =>
    encrypt(
      run,
      call,
      new Set(['o', 'output', 'r', 'recipient', 'u', 'passphrase', 'batch', 'cipher-algo']),
      ['o', 'output'],
    ),
  gpg2: (run, call) =>
    encrypt(run, call, new Set(['o', 'output', 'r', 'recipient', 'u', 'passphrase']), [
      'o',
      'output',
    ]),
  age: (run, call) => encrypt(run, call, new Set(['o', 'output', 'r', 'R', 'i']), ['o', 'output']),
  openssl: packOpenssl,
  gzip: compress,
  bzip2: compress,
  xz: compress,
  zstd: compress,
};

/** Runs a program that packs files; undefined for other programs, and for unpacking. */
export function callPacker(run: ShellRun, call: Call): ShellValue | undefined {
  return Object.hasOwn(packs, call.name) ? packs[call.name]?.(run, call) : undefined;
}

// `tar czf out in…`, `tar -cz -f - in`, `tar c -T list`.
function packTar(run: ShellRun, call: Call): ShellValue | undefined {
  const [first, ...rest] = call.args;
  const isOld = first !== undefined && /^[a-zA-Z]{1,8}$/.test(first.text);
  const words = isOld ? [{ ...first, text: `-${first.text}` }, ...rest] : call.args;
  const args = parseArguments(
    words,
    new Set(
      'f file C directory T files-from X exclude-from I use-compress-program exclude b'.split(' '),
    ),
  );
  if (!hasOption(args, ['c', 'create', 'r', 'append', 'u'])) return undefined;
  const listed = optionValues(args, ['T', 'files-from']).map((list) =>
    list.text === '-' ? unknownValue(call.stdin.taints) : readFileValue(run, call, list),
  );
  const [folder] = optionValues(args, ['C', 'directory']);
  const inputs = args.operands.map((operand) =>
    folder === undefined || /^[/~]/.test(operand.text)
      ? operand
      : concat([folder, { ...emptyValue, text: '/' }, operand]),
  );
  return packed(
    run,
    call,
    [...inputs.map((input) => readFileValue(run, call, input)), ...listed],
    optionValues(args, ['f', 'file'])[0],
  );
}

function packSevenZip(run: ShellRun, call: Call): ShellValue | undefined {
  const [verb, ...operands] = call.args.filter((arg) => !arg.text.startsWith('-'));
  return verb !== undefined && /^[au]$/.test(verb.text) ? packInto(run, call, operands) : undefined;
}

function packInto(
  run: ShellRun,
  call: Call,
  [archive, ...files]: readonly ShellValue[],
): ShellValue | undefined {
  if (archive === undefined) return undefined;
  const inputs = files
    .filter((file) => !/^(-|@)$/.test(file.text))
    .map((file) => readFileValue(run, call, file));
  return packed(
    run,
    call,
    [...inputs, ...(files.some((file) => /^(-|@)$/.test(file.text)) ? [call.stdin] : [])],
    archive,
  );
}

function encrypt(
  run: ShellRun,
  call: Call,
  takes: ReadonlySet<string>,
  outputs: readonly string[],
): ShellValue | undefined {
  const args = parseArguments(call.args, takes);
  const [output] = optionValues(args, outputs);
  if (hasOption(args, ['d', 'decrypt', 'verify', 'import', 'export', 'list-keys', 'k', 'K']))
    return undefined;
  return packed(
    run,
    call,
    args.operands.length === 0
      ? [call.stdin]
      : args.operands.map((operand) => readFileValue(run, call, operand)),
    output,
  );
}

// `openssl enc -in a -out b`; `s_client` is a connection.
function packOpenssl(run: ShellRun, call: Call): ShellValue | undefined {
  const [verb, ...words] = call.args;
  const args = parseArguments(
    words,
    new Set('in out k pass K iv kfile connect host port servername inkey'.split(' ')),
  );
  if (verb?.text === 's_client') return connect(run, call, args);
  const [input] = optionValues(args, ['in']);
  const [output] = optionValues(args, ['out']);
  const content = input === undefined ? call.stdin : readFileValue(run, call, input);
  if (hasOption(args, ['d'])) return undefined;
  // The public key of a pair is no secret.
  if (/^(dsa|ec|pkey|rsa)$/.test(verb?.text ?? '') && isPublicHalf(words))
    return packed(run, call, [unknownValue()], output);
  return packed(run, call, [content], output);
}

// `-text` prints the private half, too.
function isPublicHalf(words: readonly ShellValue[]): boolean {
  const has = (option: string): boolean => words.some(({ text }) => text === option);
  return has('-pubout') && !has('-text') && words.every((word) => isKnown(word));
}

function connect(run: ShellRun, call: Call, args: ReturnType<typeof parseArguments>): ShellValue {
  const [to] = [...optionValues(args, ['connect', 'host']), ...args.operands];
  const [, host, port] = /^(?:\[?([^\]:\0]*)\]?)(?::(\d+))?/.exec(to?.text ?? '') ?? [];
  const capability = {
    kind: 'egress' as const,
    ...socketEgressOf('tcp', host, port === undefined ? 443 : Number(port)),
  };
  noteCapability(run, call, { kind: 'exec', program: 'openssl' });
  noteCapability(run, call, capability, ['raw-socket']);
  noteFlows(run, call, call.stdin.taints, {
    what: 'network',
    capability,
    api: 'openssl',
    part: 'body',
  });
  if (call.stdin.shellOutput) noteTrait(run, call, 'reverse-shell', 'a shell behind openssl');
  const step = { span: call.span, note: `openssl receives from ${capability.url}` };
  return unknownValue([rootTaint({ what: 'network', name: capability.url }, step, call.certainty)]);
}

// `gzip file` makes file.gz; with -c, or from its input, it prints.
function compress(run: ShellRun, call: Call): ShellValue | undefined {
  const args = parseArguments(call.args, new Set(['S', 'b', 'T', 'o']));
  if (hasOption(args, ['d', 'decompress', 't', 'l', 'uncompress'])) return undefined;
  const toOutput =
    hasOption(args, ['c', 'stdout', 'to-stdout']) ||
    args.operands.every((operand) => operand.text === '-');
  const ending = { gzip: '.gz', bzip2: '.bz2', xz: '.xz' }[call.name] ?? '.zst';
  if (toOutput) {
    const files = args.operands
      .filter((operand) => operand.text !== '-')
      .map((operand) => readFileValue(run, call, operand));
    return packed(run, call, files.length > 0 ? files : [call.stdin], undefined);
  }
  for (const operand of args.operands)
    packed(
      run,
      call,
      [readFileValue(run, call, operand)],
      concat([operand, { ...emptyValue, text: ending }]),
    );
  return emptyValue;
}

function packed(
  run: ShellRun,
  call: Call,
  contents: readonly ShellValue[],
  output: ShellValue | undefined,
): ShellValue {
  const step = { span: call.span, note: `${call.name} passes it on` };
  const value = unknownValue(pass(joinTaints(contents), step, true));
  if (output === undefined || output.text === '-') return value;
  writeFileValue(run, call, output, value, 'write');
  return emptyValue;
}

/** The words of `find` that name folders, and the commands that it runs on what it finds. */
export function findParts({ args }: Call): {
  readonly roots: readonly ShellValue[];
  readonly commands: readonly (readonly ShellValue[])[];
} {
  const roots = args.filter((_, at) =>
    args.slice(0, at + 1).every((arg) => !/^[-(!]/.test(arg.text) || /^-[LHPO]/.test(arg.text)),
  );
  const named = roots.filter((root) => !root.text.startsWith('-'));
  const commands = args.flatMap((arg, at) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(arg.text)) return [];
    const end = args.findIndex((arg, index) => index > at && /^(;|\\;|\+)$/.test(arg.text));
    return [args.slice(at + 1, end < 0 ? undefined : end).map((arg) => filled(arg, named[0]))];
  });
  return { roots: named, commands };
}

// `{}` is a file below the first folder.
function filled(word: ShellValue, root: ShellValue | undefined): ShellValue {
  if (!word.text.includes('{}')) return word;
  const path = root === undefined ? unknownPart : `${root.text.replace(/\/$/, '')}/${unknownPart}`;
  return {
    ...word,
    text: word.text.replaceAll('{}', path),
    taints: joinTaints([word, ...(root === undefined ? [] : [root])]),
  };
}
