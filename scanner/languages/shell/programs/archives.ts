/**
 * Programs that pack or encrypt files, and `find`: their output has the content that they read.
 */
import { concat, dataOf, textValue, unknown, type Value } from '../../../engine/value.ts';
import { socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import { type Command, executes, isInteractive } from '../shell-state.ts';
import { changed, empty, isKnown, nodes, shown } from '../values.ts';

type Pack = (command: Command) => Value | undefined;

const zipOptions = new Set('x i P TT t n'.split(' '));
const gpgOptions = new Set('o output r recipient u passphrase batch cipher-algo R i'.split(' '));
const opensslOptions = new Set(
  'in out k pass K iv kfile connect host port servername inkey'.split(' '),
);
const tarOptions = new Set(
  'f file C directory T files-from X exclude-from I use-compress-program exclude b'.split(' '),
);

const packs: Readonly<Record<string, Pack>> = {
  tar: packTar,
  bsdtar: packTar,
  zip: (command) => packInto(command, parseArguments(command.args, zipOptions).operands),
  '7z': packSevenZip,
  '7za': packSevenZip,
  gpg: encrypt,
  gpg2: encrypt,
  age: encrypt,
  openssl: packOpenssl,
  gzip: compress,
  bzip2: compress,
  xz: compress,
  zstd: compress,
};

/** Runs a program that packs files; undefined for other programs, and for unpacking. */
export function callPacker(command: Command): Value | undefined {
  return Object.hasOwn(packs, command.name) ? packs[command.name]?.(command) : undefined;
}

// `tar czf out in…`, `tar -cz -f - in`, `tar c -T list`.
function packTar(command: Command): Value | undefined {
  const { shell, at, input } = command;
  const [first, ...rest] = command.args;
  const isOld = first !== undefined && /^[a-zA-Z]{1,8}$/.test(shown(first));
  const words = isOld ? [changed(first, `-${shown(first)}`), ...rest] : command.args;
  const args = parseArguments(words, tarOptions);
  if (!hasOption(args, ['c', 'create', 'r', 'append', 'u'])) return undefined;
  const listed = optionValues(args, ['T', 'files-from']).map((list) =>
    shown(list) === '-' ? dataOf(nodes(input)) : shell.read(at, list),
  );
  const [folder] = optionValues(args, ['C', 'directory']);
  const inputs = args.operands.map((operand) =>
    folder === undefined || /^[/~]/.test(shown(operand))
      ? operand
      : concat([folder, textValue('/'), operand]),
  );
  return packed(
    command,
    [...inputs.map((one) => shell.read(at, one)), ...listed],
    optionValues(args, ['f', 'file'])[0],
  );
}

function packSevenZip(command: Command): Value | undefined {
  const [verb, ...operands] = command.args.filter((arg) => !shown(arg).startsWith('-'));
  return /^[au]$/.test(shown(verb)) ? packInto(command, operands) : undefined;
}

function packInto(command: Command, words: readonly Value[]): Value | undefined {
  const { shell, at, input } = command;
  const [archive, ...files] = words;
  if (archive === undefined) return undefined;
  const isInput = (file: Value): boolean => /^(-|@)$/.test(shown(file));
  const contents = files.filter((file) => !isInput(file)).map((file) => shell.read(at, file));
  return packed(command, files.some(isInput) ? [...contents, input] : contents, archive);
}

function encrypt(command: Command): Value | undefined {
  const { shell, at, input } = command;
  const args = parseArguments(command.args, gpgOptions);
  const [output] = optionValues(args, ['o', 'output']);
  if (hasOption(args, 'd decrypt verify import export list-keys k K'.split(' '))) return undefined;
  const contents =
    args.operands.length === 0 ? [input] : args.operands.map((operand) => shell.read(at, operand));
  return packed(command, contents, output);
}

// `openssl enc -in a -out b`; `s_client` is a connection.
function packOpenssl(command: Command): Value | undefined {
  const { shell, at } = command;
  const [verb, ...words] = command.args;
  const args = parseArguments(words, opensslOptions);
  if (shown(verb) === 's_client') return connect(command, args);
  const [input] = optionValues(args, ['in']);
  const [output] = optionValues(args, ['out']);
  const content = input === undefined ? command.input : shell.read(at, input);
  if (hasOption(args, ['d'])) return undefined;
  // The public key of a pair is no secret.
  const isPublic = /^(dsa|ec|pkey|rsa)$/.test(shown(verb)) && isPublicHalf(words);
  return packed(command, [isPublic ? unknown : content], output);
}

// `-text` prints the private half, too.
function isPublicHalf(words: readonly Value[]): boolean {
  const has = (option: string): boolean => words.some((word) => shown(word) === option);
  return has('-pubout') && !has('-text') && words.every((word) => isKnown(word));
}

function connect({ shell, at, input }: Command, args: Arguments): Value {
  const [to] = [...optionValues(args, ['connect', 'host']), ...args.operands];
  const [, host, port] = /^(?:\[?([^\]:\0]*)\]?)(?::(\d+))?/.exec(shown(to)) ?? [];
  shell.notes.capability(at, executes('openssl'));
  if (isInteractive(input)) shell.trait(at, 'reverse-shell', 'a shell behind openssl');
  const egress = socketEgressOf('tcp', host, port === undefined ? 443 : Number(port));
  return shell.connect(at, egress, ['raw-socket'], [input]);
}

// `gzip file` makes file.gz; with -c, or from its input, it prints.
function compress(command: Command): Value | undefined {
  const { shell, name, at, input } = command;
  const args = parseArguments(command.args, new Set(['S', 'b', 'T', 'o']));
  if (hasOption(args, ['d', 'decompress', 't', 'l', 'uncompress'])) return undefined;
  const files = args.operands.filter((operand) => shown(operand) !== '-');
  const contents = files.map((file) => shell.read(at, file));
  if (files.length === 0 || hasOption(args, ['c', 'stdout', 'to-stdout']))
    return packed(command, contents.length > 0 ? contents : [input], undefined);
  const ending = { gzip: '.gz', bzip2: '.bz2', xz: '.xz' }[name] ?? '.zst';
  files.forEach((file, index) => {
    packed(command, contents.slice(index, index + 1), concat([file, textValue(ending)]));
  });
  return empty;
}

function packed(
  { shell, name, at }: Command,
  contents: readonly Value[],
  output: Value | undefined,
): Value {
  const data = dataOf(nodes(...contents));
  const value = dataOf(shell.pass(at, data, `${name} passes it on`, true));
  if (output === undefined || shown(output) === '-') return value;
  shell.write(at, output, value, 'write');
  return empty;
}

/** `find`: names below the folders, and the output of the commands that run on them. */
export function find(command: Command): Value {
  const { shell, at, args } = command;
  const isWord = (arg: Value): boolean => !/^[-(!]/.test(shown(arg)) || /^-[LHPO]/.test(shown(arg));
  const last = args.findIndex((arg) => !isWord(arg));
  const roots = args
    .slice(0, last < 0 ? undefined : last)
    .filter((root) => !shown(root).startsWith('-'));
  const names = roots.map((root) => shell.read(at, root));
  const printed = args.flatMap((arg, index) => {
    if (!/^-(exec|execdir|ok|okdir)$/.test(shown(arg))) return [];
    const end = args.findIndex((one, other) => other > index && /^(;|\\;|\+)$/.test(shown(one)));
    const words = args
      .slice(index + 1, end < 0 ? undefined : end)
      .map((word) => filled(word, roots[0]));
    const [word, ...rest] = words;
    if (word === undefined) return [];
    return [shell.dispatch({ ...command, word, args: rest, depth: 1 })];
  });
  const data = dataOf(nodes(...names, ...printed));
  return dataOf(shell.pass(at, data, 'find finds it'));
}

// `{}` is a file below the first folder.
function filled(word: Value, root: Value | undefined): Value {
  const text = shown(word);
  if (!text.includes('{}')) return word;
  const path =
    root === undefined ? unknownPart : `${shown(root).replace(/\/$/, '')}/${unknownPart}`;
  const made = changed(word, text.replaceAll('{}', path));
  return root === undefined ? made : { ...made, nodes: [...made.nodes, ...nodes(root)] };
}
