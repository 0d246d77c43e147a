/**
 * Programs and code that Python starts: command lines are read by the shell front end, code by this
 * one.
 */

import { basename, normalize } from 'node:path/posix';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import type { OffsetMap } from '../../../fact/source.ts';
import type { ArgOf } from '../../../knowledge/row.ts';
import { own } from '../../../lookup-tables/api.ts';
import { egressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { networkPrograms } from '../../../lookup-tables/network-programs.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import { behindWrappers } from '../../../programs/behind-wrappers.ts';
import { besideOf } from '../../../programs/beside.ts';
import { isFilledIn } from '../../../programs/filled-text.ts';
import { nodesOf, unknownPy } from '../assignments/alternatives.ts';
import type { PythonModule, PyValue } from '../program.ts';
import {
  flowNode,
  flowSink,
  flowSource,
  notePyCapability,
  notePyTrait,
  type PythonRun,
  spanOfPy,
} from '../run.ts';
import type { PyCall } from './call.ts';
import {
  asLine,
  givenWords,
  isByShell,
  isUnknownLine,
  otherWords,
  quoteWord,
  wordText,
} from './command-words.ts';
import { startAt, startModule, startStored, storedPaths } from './connections.ts';

/** Notes a program that is started, by a list of words or a line for the shell. */
export function runProgram(
  run: PythonRun,
  call: PyCall,
  command: PyValue,
  effect: { readonly words: ArgOf; readonly shell?: boolean },
): PyValue {
  const given = effect.shell ? undefined : givenWords(call, command);
  const isRest = typeof effect.words === 'object' && effect.words.rest !== undefined;
  const words = isRest ? call.args : (given?.words ?? command.items);
  const started = startProgram(run, call, command, words, effect);
  const lists = isRest ? (call.otherArgs ?? []) : (given?.others ?? command.otherItems);
  for (const other of [...lists, ...otherWords(words ?? [])])
    startProgram(run, call, { ...command, otherTexts: [], nodes: [] }, other, effect);
  return started;
}

function startProgram(
  run: PythonRun,
  call: PyCall,
  command: PyValue,
  words: readonly PyValue[] | undefined,
  effect: { readonly shell?: boolean },
): PyValue {
  const byShell = effect.shell || isByShell(call);
  // With a shell, the first word is a line for it and the others are its arguments.
  const [line] = byShell && words !== undefined ? words : [];
  const text = line ?? (words === undefined || words.length === 0 ? command : undefined);
  const all =
    text === undefined
      ? [(words ?? []).map((word) => quoteWord(wordText(word))).join(' ')]
      : [...text.texts, ...text.otherTexts.map(asLine)];
  const lines = all.filter((one) => !isUnknownLine(one));
  const nodes = nodesOf([command, ...(words ?? [])]);
  const isUnknown = lines.length === 0;
  const isPerhapsUnknown = [command, ...(words ?? []).slice(0, 1)].some(({ otherTexts }) =>
    otherTexts.some((one) => isUnknownLine(asLine(one))),
  );
  if (isUnknown || isPerhapsUnknown || lines.length < all.length)
    notePyCapability(run, call, { kind: 'exec', program: '*' }, [
      'dynamic-name',
      ...(byShell ? (['shell-string'] as const) : []),
    ]);
  if (byShell) notePyCapability(run, call, { kind: 'exec', program: 'sh' });
  if (byShell && all.some((line) => line.includes(unknownPart)))
    notePyTrait(run, call, 'interpolated', all.find((one) => one.includes(unknownPart)) ?? '');
  const program = words?.[0] === undefined || line !== undefined ? undefined : wordText(words[0]);
  const name = basename(
    (program ?? (lines[0] ?? all[0])?.trim().split(/\s+/)[0] ?? '*').replace(/['"]/g, ''),
  );
  const exec: Capability = {
    kind: 'exec',
    program: name.includes(unknownPart) || name === '' ? '*' : name,
  };
  flowSink(run, call, byShell || isUnknown ? nodes : nodesOf((words ?? []).slice(1)), {
    what: 'exec',
    capability: exec,
    api: call.api,
    part: byShell || isUnknown ? 'code' : 'argument',
    ...besideOf((words ?? []).flatMap(textsOfWord)),
    ...(byShell && !isPerhapsUnknown && isFilled(text, all) && { filled: true }),
  });
  startStored(run, call, line ?? command, line === undefined ? words : undefined);
  if (command.decoded || words?.[0]?.decoded)
    notePyTrait(run, call, 'decode-to-code', lines[0] ?? '');
  noteDetached(run, call);
  sendByProgram(run, call, name, lines, [...nodes, ...(call.keywords.get('input')?.nodes ?? [])]);
  const programs = isUnknown
    ? []
    : line === undefined && words !== undefined && words.length > 0
      ? [embedWords(run, call, words)]
      : lines.map((one) =>
          embedShell(run, call, one, (line ?? command).folded ? undefined : (line ?? command).raw),
        );
  const output = flowSource(
    run,
    call,
    { what: 'command', name: exec.program },
    `${name} prints it`,
  );
  const input = call.keywords.get('input') ?? call.keywords.get('stdin');
  // What the program is given later: `child.stdin.write(text)`.
  const fed = flowNode(
    run,
    call.module,
    call.node,
    `stdin@${call.node.from}`,
    `written to the input of ${name}`,
  );
  for (const started of programs)
    noteStart(run, call, started, nodes, [...(input?.nodes ?? []), fed], output);
  if (input !== undefined) {
    const wrapped = readerOf(words);
    const reader = scriptOf(words) ?? wrapped ?? exec.program;
    const at: Capability = { kind: 'exec', program: reader };
    // The shell front end notes what comes to a program behind a wrapper.
    const given = reader === wrapped && wrapped !== name ? { ...input, nodes: [] } : input;
    feedProgram(run, { ...call, object: { ...unknownPy, targets: [{ at }] } }, given);
  }
  return {
    ...unknownPy,
    nodes: [output, ...(input?.nodes ?? [])],
    targets: [{ at: exec }],
    stream: [fed],
  };
}

function textsOfWord({ texts }: PyValue): readonly string[] {
  return texts.length === 0 ? [unknownPart] : texts;
}

// `[sys.executable, "check.py"]` reads its standard input as data, and `[sys.executable, "-"]` as a
// program.
function scriptOf(words: readonly PyValue[] | undefined): string | undefined {
  const script = words?.[1];
  const [text = ''] = script?.texts ?? [];
  const isOne = script?.texts.length === 1 && script.otherTexts.length === 0;
  const path = normalize(text);
  return isOne && isScript.test(path) && !isDevice.test(path) ? basename(path) : undefined;
}

// `["env", "sh"]`
function readerOf(words: readonly PyValue[] | undefined): string | undefined {
  const [program] = behindWrappers((words ?? []).map(wordText));
  return program === undefined || program.includes(unknownPart) ? undefined : basename(program);
}

const isScript = /^(?!-).*[./]\w+$/;
// `/dev/stdin` is the input itself.
const isDevice = /(?:^|\/)(?:dev|proc)\//;

function isFilled(line: PyValue | undefined, all: readonly string[]): boolean {
  return line?.decoded === false && all.length > 0 && all.every((one) => isFilledIn('shell', one));
}

// What goes into a program that is started, and what comes back; the front end of its language
// knows what it does with it.
function noteStart(
  run: PythonRun,
  call: PyCall,
  program: string,
  given: readonly string[],
  stdin: readonly string[],
  output: string,
): void {
  const entries = [...(call.keywords.get('env')?.entries ?? [])];
  run.starts.push({
    by: call.module.source.path,
    program,
    call: `${program} started@${call.node.from}`,
    span: spanOfPy(call.module, call.node),
    context: call.module.source.context,
    arguments: given,
    stdin,
    env: entries.flatMap(([name, value]) => value.nodes.map((node) => ({ name, node }))),
    output,
  });
}

/** Notes a file that is run as a part of this program, whatever its name says. */
export function noteLoad(run: PythonRun, call: PyCall, module: PyValue): PyValue {
  flowSink(run, call, module.nodes, { what: 'exec', api: call.api, part: 'argument' });
  for (const path of module.texts) if (/[./]/.test(path)) noteLoaded(run, call, path);
  for (const name of module.texts) if (/^[\w.]+$/.test(name)) startModule(run, call, name);
  startAt(run, call, storedPaths(call, module));
  return unknownPy;
}

function noteLoaded(run: PythonRun, call: PyCall, program: string): void {
  run.starts.push({
    by: call.module.source.path,
    program,
    language: 'python',
    call: `${call.module.source.path} loads ${program}@${call.node.from}`,
    span: spanOfPy(call.module, call.node),
    context: call.module.source.context,
    arguments: [],
    stdin: [],
    env: [],
  });
}

// A child that goes on when this program has ended.
function noteDetached(run: PythonRun, call: PyCall): void {
  const isOwnSession = call.keywords.get('start_new_session')?.texts[0] === 'True';
  const before = call.keywords.get('preexec_fn')?.qual ?? '';
  const flags = call.keywords.get('creationflags');
  const isDetached =
    /DETACHED_PROCESS|CREATE_NEW_PROCESS_GROUP|CREATE_NO_WINDOW/.test(flags?.qual ?? '') ||
    flags?.texts[0] === '8';
  if (isOwnSession || isDetached || /^os\.(setsid|setpgrp)$/.test(before))
    notePyTrait(run, call, 'detached', call.api);
}

/** Notes text that a program reads on its standard input: a shell or an interpreter runs it. */
export function feedProgram(run: PythonRun, call: PyCall, content: PyValue): PyValue {
  const target = call.object.targets.map(({ at }) => at).find(({ kind }) => kind === 'exec');
  if (target?.kind !== 'exec') return unknownPy;
  const isShell = /^(ba|da|z|k|a)?sh$/.test(target.program);
  const isPython = /^python[\d.]*$/.test(target.program);
  flowSink(run, call, content.nodes, {
    what: 'exec',
    capability: target,
    api: call.api,
    part:
      isShell || isPython || own(interpreters, target.program) !== undefined ? 'code' : 'argument',
  });
  if (isPython && content.texts.length > 0) return runCodeOf(run, call, { ...content, nodes: [] });
  if (isShell) {
    if (content.decoded) notePyTrait(run, call, 'decode-to-code', content.texts[0] ?? '');
    for (const text of content.texts)
      embedShell(run, call, text, content.folded ? undefined : content.raw);
  }
  return unknownPy;
}

// curl and its like send what they are given.
function sendByProgram(
  run: PythonRun,
  call: PyCall,
  name: string,
  lines: readonly string[],
  nodes: readonly string[],
): void {
  if (nodes.length === 0 || !Object.hasOwn(networkPrograms, name)) return;
  for (const line of lines) {
    const url = /\bhttps?:\/\/[^\s'"]*/.exec(line)?.[0] ?? unknownPart;
    const egress = egressOf(url, ['*']);
    if (egress !== undefined)
      flowSink(run, call, nodes, {
        what: 'network',
        capability: { kind: 'egress', ...egress },
        api: name,
        part: 'body',
      });
  }
}

/** Notes text that is run as Python, and goes through it. */
export function runCodeOf(run: PythonRun, call: PyCall, code: PyValue): PyValue {
  const texts = [...code.texts, ...code.otherTexts];
  const isOpen = texts.length === 0 || texts.some((text) => text.includes(unknownPart));
  if (code.decoded || (isOpen && isUnscrambled(call)))
    notePyTrait(run, call, 'decode-to-code', texts[0] ?? '');
  if (isOpen) notePyTrait(run, call, 'code-from-string', call.api);
  const isWhole = texts.every((text) => text.replaceAll(unknownPart, '').trim() === '');
  const sink = { what: 'exec', api: call.api } as const;
  flowSink(run, call, code.nodes, { ...sink, part: 'code', ...(isWhole && { whole: true }) });
  flowSink(run, call, code.nodes, { ...sink, part: 'program' });
  for (const one of texts) {
    const map =
      code.raw !== undefined && !code.folded && texts.length === 1
        ? [{ at: 0, raw: code.raw }]
        : [{ at: 0, raw: call.node.from, fixed: true as const }];
    embed(run, call, 'python', one, map);
  }
  return unknownPy;
}

function embedShell(run: PythonRun, call: PyCall, line: string, raw: number | undefined): string {
  const isInside = raw !== undefined && raw > call.node.from && raw < call.node.to;
  const map = !isInside ? [{ at: 0, raw: call.node.from, fixed: true as const }] : [{ at: 0, raw }];
  return embed(run, call, 'shell', line, map);
}

// Hands a program to the front end of its language; gives the path under which that one knows it,
// as rounds.ts makes it.
function embed(
  run: PythonRun,
  call: PyCall,
  language: 'shell' | 'python',
  text: string,
  map: OffsetMap,
): string {
  const within = call.module.source.path;
  const base = `${within}#${language}@${map[0]?.raw ?? 0}`;
  const same = run.programs.get(base) ?? [];
  run.programs.set(base, same);
  if (!same.includes(text)) {
    same.push(text);
    run.embedded.push({ within, language, text, context: call.module.source.context, map });
  }
  const count = same.indexOf(text) + 1;
  return count === 1 ? base : `${base}.${count}`;
}

// Each word keeps its place where it stands in the text as it is.
function embedWords(run: PythonRun, call: PyCall, words: readonly PyValue[]): string {
  const map: { at: number; raw: number; fixed?: true }[] = [];
  let text = '';
  for (const word of words) {
    const quoted = quoteWord(wordText(word));
    const isInside = word.raw !== undefined && word.raw > call.node.from && word.raw < call.node.to;
    const isPlain = isInside && !word.folded && !word.texts[0]?.includes("'");
    const open = quoted === word.texts[0] ? 0 : 1;
    map.push({ at: text.length, raw: isPlain ? (word.raw ?? 0) : call.node.from, fixed: true });
    if (isPlain) map.push({ at: text.length + open, raw: word.raw ?? 0 });
    text += `${quoted} `;
  }
  return embed(
    run,
    call,
    'shell',
    text.trimEnd(),
    map.filter((piece, index) => piece.at !== map[index + 1]?.at),
  );
}

// Code that Python unscrambles and runs, where the text as such could not be computed.

/**
 * Whether code that could not be computed is decrypted in the call, or was put together from the
 * numbers of its letters: by a library that nobody knows, or in a loop that was not gone through.
 */
export function isUnscrambled({ module, node }: PyCall): boolean {
  const { text } = module.source;
  const given = text.slice(node.from, Math.min(node.to, node.from + callCharsMax));
  if (decryptsLiteral.test(given)) return true;
  const letters = lettersOf(module);
  return letters.size > 0 && (given.match(plainName) ?? []).some((name) => letters.has(name));
}

const callCharsMax = 2_000;
const decryptsLiteral = /\.\s{0,4}decrypt\s{0,4}\(\s{0,4}b?['"]/;
const plainName = /(?<![\w.])[A-Za-z_]\w{0,80}(?!\s{0,4}[\w(.])/g;

const known = new WeakMap<PythonModule, ReadonlySet<string>>();

// Names that grow by letters made from numbers: `code += chr(ord(a) ^ ord(b))`. The text is read
// once, however many calls run code.
function lettersOf(module: PythonModule): ReadonlySet<string> {
  const found =
    known.get(module) ??
    new Set(Array.from(module.source.text.matchAll(growing), ([, name = '']) => name));
  known.set(module, found);
  return found;
}

const growing =
  /(?<![\w.])([A-Za-z_]\w{0,80})[ \t]{0,4}(?:\+=|=[ \t]{0,4}\1[ \t]{0,4}\+)[ \t]{0,4}chr\(/g;
