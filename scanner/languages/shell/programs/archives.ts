/**
 * Programs that pack or encrypt files, and `find`: their output has the content that they read.
 */
import { concat, dataOf, textValue, type Value } from '../../../engine/value.ts';
import { own } from '../../../lookup-tables/api.ts';
import { socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { words } from '../../../lookup-tables/shell.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import { executes, isInteractive, type ShellCommand } from '../shell-state.ts';
import { changed, empty, isKnown, nodes, shown } from '../values.ts';

interface Packer {
  /** Options whose value follows. */
  readonly takesValue?: string;
  /** The first word of a command that packs. */
  readonly verb?: RegExp;
  /** Only with one of these options it packs. */
  readonly needs?: string;
  readonly unless?: string;
  /** Options that name the file it makes; without any, the first operand does. */
  readonly output?: string;
  /** Options that name what it reads in place of the operands, further lists, and the folder. */
  readonly input?: string;
  readonly lists?: string;
  readonly folder?: string;
  /** Each file becomes one with this ending, unless it is printed. */
  readonly ending?: string;
}

const tar: Packer = {
  takesValue: 'f file C directory T files-from X exclude-from I use-compress-program exclude b',
  needs: 'c create r append u',
  output: 'f file',
  lists: 'T files-from',
  folder: 'C directory',
};
const sevenZip: Packer = { verb: /^[au]$/ };
const encrypts: Packer = {
  takesValue: 'o output r recipient u passphrase batch cipher-algo R i',
  unless: 'd decrypt verify import export list-keys k K',
  output: 'o output',
};
const compresses = (ending: string): Packer => ({
  takesValue: 'S b T o',
  unless: 'd decompress t l uncompress',
  output: '',
  ending,
});

const packers: Readonly<Record<string, Packer>> = {
  tar,
  bsdtar: tar,
  zip: { takesValue: 'x i P TT t n' },
  '7z': sevenZip,
  '7za': sevenZip,
  gpg: encrypts,
  gpg2: encrypts,
  age: encrypts,
  openssl: {
    takesValue: 'in out k pass K iv kfile connect host port servername inkey',
    verb: /./,
    unless: 'd',
    output: 'out',
    input: 'in',
  },
  gzip: compresses('.gz'),
  bzip2: compresses('.bz2'),
  xz: compresses('.xz'),
  zstd: compresses('.zst'),
};

/** Runs a program that packs files; undefined for other programs, and for unpacking. */
export function callPacker(command: ShellCommand): Value | undefined {
  const packer = own(packers, command.name);
  if (packer === undefined) return undefined;
  const { shell, name, at, input } = command;
  const [first, ...rest] = command.args;
  // `tar czf out in…`
  const isOld = name.endsWith('tar') && first !== undefined && /^[a-zA-Z]{1,8}$/.test(shown(first));
  const given = isOld ? [changed(first, `-${shown(first)}`), ...rest] : command.args;
  const args = parseArguments(given, new Set(words(packer.takesValue ?? '')));
  const values = (names: string | undefined): Value[] => optionValues(args, words(names ?? ''));
  const isVerb = packer.verb !== undefined;
  if (isVerb && !packer.verb.test(shown(args.operands[0]))) return undefined;
  if (name === 'openssl' && shown(first) === 's_client') return connect(command, args);
  if (packer.needs !== undefined && !hasOption(args, words(packer.needs))) return undefined;
  if (hasOption(args, words(packer.unless ?? ''))) return undefined;
  const operands = args.operands.slice(isVerb ? 1 : 0);
  const isNamed = packer.output === undefined;
  if (isNamed && operands.length === 0) return undefined;
  const [output] = isNamed ? operands : values(packer.output);
  const files = packer.input === undefined ? operands.slice(isNamed ? 1 : 0) : values(packer.input);
  const [folder] = values(packer.folder);
  const contents = [...files.map((file) => within(folder, file)), ...values(packer.lists)].map(
    (file) => (/^(-|@)$/.test(shown(file)) ? input : shell.read(at, file)),
  );
  const { ending } = packer;
  if (ending === undefined || files.length === 0 || hasOption(args, words('c stdout to-stdout')))
    // The public key of a pair is no secret.
    return packed(command, isPublic(given) ? [] : contents.length > 0 ? contents : [input], output);
  files.forEach((file, index) => {
    packed(command, contents.slice(index, index + 1), concat([file, textValue(ending)]));
  });
  return empty;
}

function within(folder: Value | undefined, file: Value): Value {
  return folder === undefined || /^[-/~]/.test(shown(file))
    ? file
    : concat([folder, textValue('/'), file]);
}

// `-text` prints the private half, too.
function isPublic(words: readonly Value[]): boolean {
  const texts = words.map(shown);
  return (
    /^(dsa|ec|pkey|rsa)$/.test(texts[0] ?? '') &&
    texts.includes('-pubout') &&
    !texts.includes('-text') &&
    words.every(isKnown)
  );
}

function connect({ shell, at, input }: ShellCommand, args: Arguments): Value {
  const [to] = [...optionValues(args, ['connect', 'host']), ...args.operands];
  const [, host, port] = /^(?:\[?([^\]:\0]*)\]?)(?::(\d+))?/.exec(shown(to)) ?? [];
  shell.notes.capability(at, executes('openssl'));
  if (isInteractive(input)) shell.trait(at, 'reverse-shell', 'a shell behind openssl');
  const egress = socketEgressOf('tcp', host, port === undefined ? 443 : Number(port));
  return shell.connect(at, egress, ['raw-socket'], [input]);
}

function packed(
  { shell, name, at }: ShellCommand,
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
export function find(command: ShellCommand): Value {
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
    return [shell.dispatch({ ...command, word, args: rest, depth: 1, isProgram: true })];
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
