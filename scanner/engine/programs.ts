/** Programs that code starts: by a line for a shell or by words; and code from texts. */
import { basename } from 'node:path/posix';
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { Language } from '../fact/source.ts';
import { startedWord } from '../flow/started-word.ts';
import type { EffectOf } from '../knowledge/row.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { interpreters } from '../lookup-tables/shell.ts';
import { behindWrappers } from '../programs/behind-wrappers.ts';
import { besideOf } from '../programs/beside.ts';
import { isFilledIn } from '../programs/filled-text.ts';
import { type ApiCall, argOf } from './effects.ts';
import { startAt, storedPaths } from './files.ts';
import type { Engine } from './interpret.ts';
import { spanOf } from './notes.ts';
import { concatTexts, Text } from './text.ts';
import {
  allNodesOf,
  dataOf,
  itemsOf,
  newObject,
  type OpenOn,
  objectsOf,
  textsOf,
  thingValue,
  unknown,
  type Value,
} from './value.ts';

/** Starts a program: a single text is a line for a shell, several are the program's words. */
export function startProgram(engine: Engine, call: ApiCall, effect: EffectOf<'program'>): Value {
  const given = argOf(call, effect.words) ?? unknown;
  const listed = wordsOf(given);
  // Variables for the program stand before its words, options behind them.
  const words = listed?.filter((word) => !isRecord(word));
  const env = (listed ?? []).filter(isRecord);
  const [first] = words ?? [];
  const inner = first === undefined ? undefined : wordsOf(first);
  const only = words?.length === 1 && inner === undefined ? first : undefined;
  if (words === undefined || (effect.shell ?? only !== undefined))
    return startLine(engine, call, only ?? given, effect, env);
  const flat = inner === undefined ? words : [...inner, ...words.slice(1)];
  return startWords(engine, call, flat, effect, env);
}

// The words of a list, and behind them what may stand there besides.
function wordsOf(value: Value): readonly Value[] | undefined {
  const items = itemsOf(value);
  const [object, ...others] = objectsOf(value);
  if (items !== undefined || object?.kind !== 'list' || others.length > 0) return items;
  const known = Array.from({ length: object.length }, (_, at) => object.fields.get(String(at)));
  const more = { ...unknown, nodes: allNodesOf([value]) };
  return [...known.map((one) => one ?? unknown), more];
}

function isRecord(value: Value): boolean {
  const kinds = objectsOf(value).map(({ kind }) => kind);
  return kinds.length > 0 && kinds.every((kind) => kind === 'record');
}

function startLine(
  engine: Engine,
  call: ApiCall,
  line: Value,
  effect: EffectOf<'program'>,
  env: readonly Value[],
): Value {
  const { notes } = engine;
  const { at } = call;
  const nodes = allNodesOf([line]);
  notes.capability(at, { kind: 'exec', program: 'sh' });
  const texts = textsOf(line);
  const known = texts.filter(({ whole }) => !startsUnknown(whole));
  if (known.length < texts.length)
    notes.capability(at, { kind: 'exec', program: '*' }, ['dynamic-name', 'shell-string']);
  const holed = texts.find(({ isKnown }) => !isKnown);
  if (holed !== undefined) notes.trait(at, 'interpolated', holed.whole);
  if (line.isDecoded) notes.trait(at, 'decode-to-code', texts[0]?.whole ?? '');
  const name = known[0] === undefined ? '*' : programOf(known[0].whole.trim().split(/\s+/));
  const isFilled =
    !line.isDecoded &&
    known.length === texts.length &&
    texts.every(({ whole }) => isFilledIn('shell', whole));
  const exec: Capability = { kind: 'exec', program: name };
  notes.sink(at, nodes, {
    what: 'exec',
    capability: exec,
    api: at.api,
    part: 'code',
    ...(isFilled && { filled: true as const }),
  });
  const programs = known.map((text) => notes.embed(at, 'shell', text));
  for (const { whole } of known) startStored(engine, call, whole.trim().split(/\s+/).map(unquoted));
  return started(engine, call, { exec, programs, nodes, effect, env });
}

function startWords(
  engine: Engine,
  call: ApiCall,
  words: readonly Value[],
  effect: EffectOf<'program'>,
  env: readonly Value[],
): Value {
  const { notes } = engine;
  const { at } = call;
  const texts = words.map((word) => textsOf(word)[0] ?? Text.of(unknownPart));
  const line = concatTexts(
    texts.flatMap((text, index) => (index === 0 ? [quoted(text)] : [Text.of(' '), quoted(text)])),
  );
  const nodes = allNodesOf(words.slice(1));
  const name = programOf(texts.map(({ whole }) => whole));
  const exec: Capability = { kind: 'exec', program: name };
  if (name === '*') notes.capability(at, exec, ['dynamic-name']);
  const isUnknown = name === '*';
  notes.sink(at, isUnknown ? allNodesOf(words) : nodes, {
    what: 'exec',
    capability: exec,
    api: at.api,
    part: isUnknown ? 'code' : 'argument',
    ...besideOf(texts.map(({ whole }) => whole)),
  });
  if (words[0]?.isDecoded) notes.trait(at, 'decode-to-code', line.whole);
  const programs = isUnknown ? [] : [notes.embed(at, 'shell', line)];
  startStored(
    engine,
    call,
    texts.map(({ whole }) => whole),
  );
  return started(engine, call, { exec, programs, nodes, effect, env });
}

function startsUnknown(line: string): boolean {
  return (line.trimStart().split(/\s/, 1)[0] ?? '').includes(unknownPart);
}

function programOf(words: readonly string[]): string {
  const name = basename(unquoted(words[0] ?? ''));
  return name === '' || name.includes(unknownPart) ? '*' : name;
}

function unquoted(word: string): string {
  return word.replace(/^(['"])(.*)\1$/s, '$2');
}

// A word as a shell reads it; its letters keep their places.
function quoted(text: Text): Text {
  if (/^[\w./:@%+=,-]+$/.test(text.whole)) return text;
  const pieces = text.pieces.map((piece) => ({
    ...piece,
    text: piece.text.replaceAll("'", "'\\''"),
    raw: piece.text.includes("'") ? undefined : piece.raw,
  }));
  return concatTexts([Text.of("'"), new Text(pieces), Text.of("'")]);
}

// What was written to the file that is started.
function startStored(engine: Engine, call: ApiCall, words: readonly string[]): void {
  const word = startedWord(words);
  if (word !== undefined && word.text !== unknownPart)
    startAt(
      engine,
      call.at,
      storedPaths(engine, { ...unknown, isOpen: false, texts: [Text.of(word.text)] }),
    );
}

interface StartedProgram {
  readonly exec: Capability & { readonly kind: 'exec' };
  /** Under which paths the programs of the lines are known. */
  readonly programs: readonly string[];
  readonly nodes: readonly string[];
  readonly effect: EffectOf<'program'>;
  readonly env: readonly Value[];
}

function started(engine: Engine, call: ApiCall, about: StartedProgram): Value {
  const { notes } = engine;
  const { at } = call;
  const { exec, programs, nodes, effect } = about;
  const { path: by, context } = at.program.source;
  const output = notes.source(
    at,
    { what: 'command', name: exec.program },
    `${exec.program} prints it`,
  );
  const fed = notes.node(at, `stdin@${at.place.start}`, `written to the input of ${exec.program}`);
  const input = effect.input === undefined ? undefined : argOf(call, effect.input);
  for (const node of input === undefined ? [] : allNodesOf([input])) notes.edge(node, fed);
  const env = about.env.flatMap((value) =>
    objectsOf(value).flatMap(({ fields }) =>
      [...fields].flatMap(([name, held]) => allNodesOf([held]).map((node) => ({ name, node }))),
    ),
  );
  for (const program of programs)
    notes.start({
      by,
      program,
      call: `${program} started@${at.frame}${at.place.start}`,
      span: spanOf(at),
      context,
      arguments: nodes,
      stdin: [fed],
      env,
      output,
    });
  const object = newObject('object');
  const open: OpenOn = { capability: exec, input: fed };
  object.openOn = [open];
  object.rest = dataOf([output]);
  if (input !== undefined) feedProgram(engine, call, open, input);
  return {
    ...thingValue({ is: 'instance', of: 'Process', object }),
    nodes: [output],
    isOpen: true,
  };
}

/** Text that a program reads on its standard input: a shell or an interpreter runs it. */
export function feedProgram(
  engine: Engine,
  call: ApiCall,
  { capability, input }: OpenOn,
  content: Value,
): void {
  if (capability.kind !== 'exec') return;
  const { at } = call;
  const nodes = allNodesOf([content]);
  if (input !== undefined) for (const node of nodes) engine.notes.edge(node, input);
  const [program = ''] = behindWrappers([capability.program]);
  const isShell = /^(ba|da|z|k|a)?sh$/.test(program);
  const runs = isShell || own(interpreters, program) !== undefined;
  const part = runs ? 'code' : 'argument';
  engine.notes.sink(at, nodes, { what: 'exec', capability, api: at.api, part });
  if (!isShell) return;
  if (content.isDecoded) engine.notes.trait(at, 'decode-to-code', textsOf(content)[0]?.whole ?? '');
  for (const text of textsOf(content)) engine.notes.embed(at, 'shell', text);
}

/** Text that is run as code of a language: the program's own, when none is named. */
export function runCode(
  engine: Engine,
  call: ApiCall,
  code: Value,
  language: Language = engine.knowledge.language,
): Value {
  const { at } = call;
  const { notes } = engine;
  if (code.things.some(({ is }) => is === 'function')) return unknown;
  const texts = textsOf(code);
  const isOpen = texts.some(({ isKnown }) => !isKnown);
  const nodes = allNodesOf([code]);
  if (code.isDecoded) notes.trait(at, 'decode-to-code', texts[0]?.whole ?? '');
  if (isOpen) notes.trait(at, 'code-from-string', at.api);
  const isWhole = texts.every(({ whole }) => whole.replaceAll(unknownPart, '').trim() === '');
  const sink = { what: 'exec', api: at.api } as const;
  const fetched = isWhole && engine.knowledge.command !== undefined ? fetchedBy(engine, nodes) : [];
  for (const address of fetched) notes.trait(at, 'pipe-to-interpreter', address);
  if (fetched.length === 0)
    notes.sink(at, nodes, { ...sink, part: 'code', ...(isWhole && { whole: true as const }) });
  notes.sink(at, nodes, { ...sink, part: 'program' });
  for (const text of texts)
    if (text.whole.replaceAll(unknownPart, '').trim() !== '') notes.embed(at, language, text);
  return unknown;
}

// `irm ADDRESS | iex`: the addresses, where nothing stands between the request and the run.
function fetchedBy({ notes }: Engine, nodes: readonly string[]): readonly string[] {
  const sources = nodes.map((node) => notes.sourceAt(node));
  const isPipe = sources.every((source) => source?.what === 'network');
  return isPipe ? sources.flatMap((source) => source?.name ?? []) : [];
}
