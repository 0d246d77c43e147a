/** Utilities of a plain shell image: what of their input, arguments and files their output holds. */
import { decodedCharsMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import { utilities } from '../models/shell.ts';
import { parseArguments } from './shell-arguments.ts';
import { joinWords } from './shell-builtins.ts';
import type { Call } from './shell-call.ts';
import { runCode } from './shell-code.ts';
import { dispatch } from './shell-commands.ts';
import { noteWrite, readFileValue, writeFileValue } from './shell-files.ts';
import { noteCapability, noteTrait, type ShellRun } from './shell-run.ts';
import { concat, emptyValue, isKnown, joinTaints, literalValue, pass, slice, unknownValue, type Value } from './shell-value.ts';

/** Runs one of the utilities of the table. */
export function callUtility(run: ShellRun, call: Call): Value {
  const utility = utilities[call.name];
  if (utility === undefined) return unknownValue();
  noteSpecial(run, call);
  const { options, operands } = parseArguments(call.args, new Set(valueOptions[call.name] ?? []));
  const isGiven = (valueOptions[call.name] ?? []).some(
    (name) => (name === 'e' || name === 'f') && options.some((option) => option.name === name),
  );
  const files = operands.slice(isGiven ? 0 : (utility.first ?? 0));
  switch (utility.does) {
    case 'quiet':
      return emptyValue;
    case 'say':
      return say(call);
    case 'read':
      return transform(run, call, files);
    case 'write':
      for (const file of files) noteWrite(run, call, file, call.name.startsWith('ch') ? ['write', 'permissions'] : ['write']);
      if (call.name !== 'tee') return emptyValue;
      for (const file of files) writeFileValue(run, call, file, call.stdin, 'write');
      return call.stdin;
    case 'copy':
      copy(run, call, files);
      return emptyValue;
    case 'delete': {
      const isRecursive = options.some((option) => /^(r|R|recursive)$/.test(option.name));
      for (const file of files) noteWrite(run, call, file, ['delete', ...(isRecursive ? (['recursive'] as const) : [])]);
      return emptyValue;
    }
  }
}

// Options with values of utilities whose operands are files or patterns.
const valueOptions: Readonly<Record<string, readonly string[]>> = {
  grep: ['e', 'f', 'm', 'A', 'B', 'C', 'include', 'exclude'],
  rg: ['e', 'f', 'm', 'A', 'B', 'C', 'g', 't'],
  sed: ['e', 'f'],
  awk: ['f', 'F', 'v'],
  jq: ['f', 'L'],
  head: ['n', 'c'],
  tail: ['n', 'c'],
  cut: ['d', 'f', 'c', 'b'],
  sort: ['k', 't', 'o', 'S'],
  base64: ['w', 'b', 'i', 'o'],
  tar: ['f', 'C', 'T', 'X'],
  find: [
    'name',
    'iname',
    'path',
    'type',
    'size',
    'mtime',
    'mmin',
    'newer',
    'maxdepth',
    'mindepth',
    'user',
    'perm',
    'regex',
    'not',
    'ipath',
    'o',
  ],
  mktemp: ['t', 'p'],
  mkdir: ['m'],
  touch: ['d', 't', 'r'],
  openssl: ['in', 'out', 'k', 'pass', 'K', 'iv', 'connect'],
  gpg: ['o', 'r', 'u', 'passphrase'],
  xxd: ['l', 's', 'c', 'g'],
};

function say(call: Call): Value {
  const words = call.args.filter((arg, index) => index > 0 || !/^-[neE]+$/.test(arg.text));
  if (call.name === 'echo' || call.name === 'print') {
    const interprets = call.args[0]?.text.includes('e') === true && /^-[neE]+$/.test(call.args[0].text);
    const joined = joinWords(words);
    return interprets && isKnown(joined) && joined.text.includes('\\')
      ? unescaped(joined)
      : concat([joined, { ...emptyValue, text: '\n' }]);
  }
  const [format, ...rest] = words;
  if (format === undefined) return emptyValue;
  if (!isKnown(format)) return unknownValue(joinTaints(words));
  const plain = unescaped(format);
  const pieces = plain.text.split(/%(?:s|b|q|d)/);
  if (pieces.length === 1 && !/%/.test(plain.text)) return plain;
  const start = plain.map[0]?.raw ?? 0;
  return concat(
    pieces.flatMap((piece, index) => {
      const text = literalValue(piece.replaceAll('%%', '%'), start, true);
      const given = rest[index];
      return index === pieces.length - 1
        ? [text]
        : [text, given === undefined ? emptyValue : /%b/.test(plain.text) ? unescaped(given) : given];
    }),
  );
}

function unescaped(value: Value): Value {
  const text = value.text.replace(/\\(x[0-9a-fA-F]{1,2}|0?[0-7]{1,3}|[nrt\\])/g, (_, code: string) => {
    if (code === 'n') return '\n';
    if (code === 'r' || code === 't' || code === '\\') return code === 't' ? '\t' : code === 'r' ? '\r' : '\\';
    return String.fromCharCode(code.startsWith('x') ? Number.parseInt(code.slice(1), 16) : Number.parseInt(code, 8) & 255);
  });
  const isHidden = /\\x|\\0?[0-7]{2}/.test(value.text);
  const raw = value.map[0]?.raw;
  return text === value.text
    ? value
    : {
        ...value,
        text,
        folded: true,
        decoded: value.decoded || isHidden,
        map: raw === undefined ? [] : [{ at: 0, raw, fixed: true }],
      };
}

function transform(run: ShellRun, call: Call, files: readonly Value[]): Value {
  const own = files.filter(
    (file) =>
      file.text !== '-' &&
      !(call.name === 'find' && /^[-(!]/.test(file.text)) &&
      !(call.name === 'tar' && /^[a-zA-Z]{1,6}$/.test(file.text)),
  );
  const contents = own.map((file) => readFileValue(run, call, file));
  const input = concat([...contents, ...(own.length === 0 || files.length > own.length ? [call.stdin] : [])]);
  if (call.name === 'cat' || call.name === 'tac' || call.name === 'less') return input;
  const encodes = encoders.test(call.name);
  const taints = pass(input.taints, { span: call.span, note: `${call.name} passes it on` }, encodes);
  const decode = decoderOf(call);
  if (decode === undefined) return { ...unknownValue(taints), decoded: input.decoded };
  const raw = input.map[0]?.raw ?? call.span.start;
  const text = isKnown(input) && input.text !== '' ? decode(input.text) : undefined;
  if (text === undefined || text.length > decodedCharsMax) return { ...unknownValue(taints), decoded: true };
  return { ...literalValue(text, raw, true), taints, decoded: true };
}

const encoders = /^(base64|base32|xxd|od|hexdump|gzip|bzip2|xz|zstd|openssl|gpg|tar|zip|rev|tr)$/;

function decoderOf(call: Call): ((text: string) => string | undefined) | undefined {
  const has = (pattern: RegExp): boolean => call.args.some((arg) => pattern.test(arg.text));
  switch (call.name) {
    case 'base64':
      return has(/^(-[a-zA-Z]*[dD]|--decode)$/) ? (text) => printable(Buffer.from(text.replace(/\s/g, ''), 'base64')) : undefined;
    case 'openssl':
      return has(/^-d$/) && has(/base64|enc/)
        ? (text) => (has(/^-?base64$|^-a$/) ? printable(Buffer.from(text.replace(/\s/g, ''), 'base64')) : undefined)
        : undefined;
    case 'xxd':
      return has(/^-[a-z]*r/) ? (text) => printable(Buffer.from(text.replace(/[^0-9a-fA-F]/g, ''), 'hex')) : undefined;
    case 'base32':
      return has(/^(-d|--decode)$/) ? () => undefined : undefined;
    case 'rev':
      return (text) =>
        text
          .split('\n')
          .map((line) => [...line].reverse().join(''))
          .join('\n');
    case 'tr':
      return (text) => translate(text, call.args[0]?.text ?? '', call.args[1]?.text ?? '');
    case 'gunzip':
    case 'zcat':
      return () => undefined;
    default:
      return undefined;
  }
}

// `tr 'A-Za-z' 'N-ZA-Mn-za-m'` and such; sets with classes are not computed.
function translate(text: string, from: string, to: string): string | undefined {
  if (/[[\]\\-]{2}|^-/.test(from) || from.includes(unknownPart) || to.includes(unknownPart)) return undefined;
  const [source, target] = [expandSet(from), expandSet(to)];
  const last = target.at(-1);
  if (last === undefined) return undefined;
  return [...text]
    .map((character) => {
      const at = source.indexOf(character);
      return at < 0 ? character : (target[at] ?? last);
    })
    .join('');
}

function expandSet(set: string): string[] {
  return [
    ...set.replace(/(.)-(.)/gs, (_, a: string, b: string) => {
      const [from, to] = [a.charCodeAt(0), b.charCodeAt(0)];
      return to < from || to - from > 255
        ? ''
        : String.fromCharCode(...Array.from({ length: to - from + 1 }, (_unused, i) => from + i));
    }),
  ];
}

function printable(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return /[\0\ufffd]/.test(text) || text === '' ? undefined : text;
}

function copy(run: ShellRun, call: Call, files: readonly Value[]): void {
  const target = files.at(-1);
  if (target === undefined || files.length < 2) return;
  const contents = files.slice(0, -1).map((file) => readFileValue(run, call, file));
  if (call.name === 'ln') noteTrait(run, call, 'link', files.map((file) => file.text).join(' -> '));
  writeFileValue(run, call, target, concat(contents), 'write');
}

function noteSpecial(run: ShellRun, call: Call): void {
  const { args, name } = call;
  if (name === 'find') {
    const at = args.findIndex((arg) => /^-(exec|execdir|ok)$/.test(arg.text));
    const [word, ...rest] = args.slice(at + 1).filter((arg) => !/^(;|\\;|\+|\{\})$/.test(arg.text));
    if (at >= 0 && word !== undefined) dispatch(run, word, rest, { span: call.span, onConnection: false, depth: 1 });
  }
  const program = args.map((arg) => arg.text).join(' ');
  if (/^[gm]?awk$/.test(name) && /\bsystem\s*\(|\|\s*getline|\|\s*"/.test(program))
    noteCapability(run, { ...call, certainty: 'lexical' }, { kind: 'exec', program: '*' }, ['dynamic-name']);
  const action = args.find((arg) => arg.text.startsWith('--checkpoint-action=exec='));
  if (name === 'tar' && action !== undefined) runCode(run, call, slice(action, '--checkpoint-action=exec='.length), 'shell');
  if (
    name === 'ps' &&
    args.some((arg) => /^-?[a-z]*e[a-z]*w|^-?[a-z]*w[a-z]*e|^auxe|^e(ww)?$/.test(arg.text)) &&
    args.some((arg) => /e/.test(arg.text.replace(/^-/, '')) && !arg.text.startsWith('-'))
  )
    noteTrait(run, call, 'process-environment', `ps ${program}`);
}
