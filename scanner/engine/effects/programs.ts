/** Programs that code starts: by a line for a shell or by words; and code from texts. */

import { basename } from 'node:path/posix';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { present } from '../../fact/remembered.ts';
import { alternativesMax } from '../../fact/shared-limits.ts';
import type { Language } from '../../fact/source.ts';
import { startedWord } from '../../flow/started-word.ts';
import type { CodeGiven, EffectOf } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { interpreters } from '../../lookup-tables/shell.ts';
import { behindWrappers } from '../../programs/behind-wrappers.ts';
import { besideOf } from '../../programs/beside.ts';
import { isFilledIn } from '../../programs/filled-text.ts';
import type { Engine } from '../interpret.ts';
import { spanOf } from '../notes.ts';
import { concatTexts, Text } from '../text.ts';
import {
  allNodesOf,
  apiValue,
  dataOf,
  either,
  fieldOf,
  instanceValue,
  itemsOf,
  newObject,
  type OpenOn,
  objectsOf,
  orOther,
  shownTexts,
  textsOf,
  textValue,
  unknown,
  type Value,
} from '../value.ts';
import { type ApiCall, argOf, rowFor } from './effects.ts';
import { startAt, storedPaths } from './files.ts';
import { programWithOptions } from './options.ts';

/** Starts a program: a single text is a line for a shell, several are the program's words. */
export function startProgram(engine: Engine, call: ApiCall, effect: EffectOf<'program'>): Value {
  if (effect.options !== undefined || effect.args !== undefined) {
    const plain = programWithOptions(engine, call, effect);
    return startProgram(engine, plain.call, plain.effect);
  }
  const given = argOf(call, effect.words) ?? unknown;
  const argv = effect.argv === undefined ? undefined : argOf(call, effect.argv);
  if (argv !== undefined && itemsOf(argv)?.length !== 0)
    return startNamed(engine, call, effect, given, argv);
  return either(listsOf(given).map((one) => startGiven(engine, call, effect, one)));
}

// The program, and its words, of which the first is only the name that it gets.
function startNamed(
  engine: Engine,
  call: ApiCall,
  effect: EffectOf<'program'>,
  program: Value,
  argv: Value,
): Value {
  const started = listsOf(argv).map((one) => {
    const listed = wordsOf(one) ?? [unknown, dataOf(allNodesOf([one]))];
    const words = listed.filter((word) => !isRecord(word));
    return startWords(engine, call, withProgram(program, words), effect, listed.filter(isRecord));
  });
  return either(started);
}

// Each of the lists that a value may be, and what else it may be.
function listsOf(value: Value): readonly Value[] {
  const lists = value.things.filter((one) => one.is === 'object' && one.object.kind === 'list');
  if (lists.length < 2) return [value];
  const others = { ...value, things: value.things.filter((one) => !lists.includes(one)) };
  const hasMore = others.texts.length + others.scalars.length + others.things.length > 0;
  return [
    ...lists.map((one) => ({ ...value, texts: [], scalars: [], things: [one], isOpen: false })),
    ...(hasMore ? [others] : []),
  ];
}

// The first word decides what busybox or toybox is.
function withProgram(program: Value, words: readonly Value[]): readonly Value[] {
  const isMany = program.texts.some(({ whole }) => /(^|\/)(busy|toy)box$/.test(whole));
  return isMany ? [program, ...words] : [program, ...words.slice(1)];
}

function startGiven(
  engine: Engine,
  call: ApiCall,
  effect: EffectOf<'program'>,
  given: Value,
): Value {
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
  const program = effect.executable === undefined ? undefined : argOf(call, effect.executable);
  const isNamed = program !== undefined && program.texts.length > 0;
  return startWords(engine, call, isNamed ? withProgram(program, flat) : flat, effect, env);
}

// The words of a list, and behind them what may stand there besides.
function wordsOf(value: Value): readonly Value[] | undefined {
  const items = itemsOf(value);
  const [object, ...others] = objectsOf(value);
  if (items !== undefined || object?.kind !== 'list' || others.length > 0) return items;
  const known = Array.from({ length: object.length }, (_, at) => fieldOf(object, String(at)));
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
  written: Value,
  effect: EffectOf<'program'>,
  env: readonly Value[],
): Value {
  const { notes } = engine;
  const line = perhapsOther(engine, written);
  const { at } = call;
  const nodes = allNodesOf([line]);
  const inShell = engine.knowledge.callsBack ? (['shell-string'] as const) : [];
  notes.capability(at, { kind: 'exec', program: 'sh' }, inShell);
  const texts = startsOf(engine, line);
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
    ...asWhole(texts),
  });
  const programs = known.map((text) => notes.embed(at, 'shell', text));
  if (engine.knowledge.callsBack && shownTexts(line).some(({ whole }) => whole === ''))
    notes.embed(at, 'shell', Text.of(''));
  if (engine.knowledge.isOpen)
    for (const text of texts)
      if (startsUnknown(text.whole))
        startAt(engine, at, storedPaths(engine, { ...unknown, isOpen: false, texts: [text] }));
  for (const { whole } of known) startStored(engine, call, whole.trim().split(/\s+/).map(unquoted));
  return started(engine, call, { exec, programs, nodes, effect, env });
}

const codeOption = /^-(\w?[ce]|command)$/i;

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
  const line = lineOf(texts);
  const nodes = allNodesOf(words.slice(1));
  const name = programOf(texts.map(({ whole }) => whole));
  const exec: Capability = { kind: 'exec', program: name };
  const isUnknown = name === '*';
  // It may be one of those that are known, or any other.
  const [first = unknown] = words;
  const isOther = !isUnknown && first.nodes.length > 0 && first.isOpen;
  const any: Capability = { kind: 'exec', program: '*' };
  if (isUnknown || isOther) notes.capability(at, any, ['dynamic-name']);
  if (isOther)
    notes.sink(at, allNodesOf([first]), {
      what: 'exec',
      capability: any,
      api: at.api,
      part: 'code',
    });
  const sink = { what: 'exec', capability: exec, api: at.api } as const;
  const beside = besideOf(texts.map(({ whole }) => whole));
  // Whatever the program is, it gets its arguments.
  const isApart = engine.knowledge.tellsPrograms === true;
  if (isUnknown)
    notes.sink(at, allNodesOf(isApart ? [first] : words), {
      ...sink,
      part: 'code',
      ...beside,
      ...asWhole(texts.slice(0, 1)),
    });
  if (!isUnknown || isApart) notes.sink(at, nodes, { ...sink, part: 'argument', ...beside });
  // `sh -c CODE`
  const isRun = (word: Value, index: number): boolean =>
    word.isDecoded && (index === 0 || codeOption.test(texts[index - 1]?.whole ?? ''));
  if (words.some(isRun)) notes.trait(at, 'decode-to-code', line.whole);
  if (first.isFolded && !first.isOpen && engine.knowledge.tellsPrograms)
    noteHiddenProgram(engine, call, name);
  const programs = isUnknown ? [] : [notes.embed(at, 'shell', line)];
  startStored(
    engine,
    call,
    texts.map(({ whole }) => whole),
    words,
  );
  programs.push(...startOthers(engine, call, words, texts));
  const behind = behindWrappers(texts.map(({ whole }) => whole))[0];
  return started(engine, call, {
    exec,
    programs,
    nodes,
    effect,
    env,
    ...(behind !== undefined && { behind: basename(behind) }),
    hasScript: behindWrappers(texts.map(({ whole }) => whole))
      .slice(1)
      .some((word) => /^[^-]/.test(word)),
  });
}

// The name of a program that stands nowhere in the code, since it is put together.
function noteHiddenProgram({ notes, context }: Engine, { at }: ApiCall, name: string): void {
  const { text } = at.program.source;
  context.steps.take(1 + (text.length >> 6));
  const isShown = ['"', "'", '`'].some((quote) =>
    [quote, ' ', '.'].some((end) => text.includes(`${quote}${name}${end}`)),
  );
  if (/^[a-z]\w*$/i.test(name) && !isShown)
    notes.trait({ ...at, certainty: 'folded' }, 'folded-name', name);
}

// The same program with one of its words as it may be besides.
function startOthers(
  engine: Engine,
  call: ApiCall,
  words: readonly Value[],
  texts: readonly Text[],
): string[] {
  const others = words.flatMap((word, at) =>
    (at === 0 ? startsOf(engine, word) : textsOf(word))
      .slice(1)
      .map((text) => texts.with(at, text)),
  );
  return others.slice(0, alternativesMax).flatMap((other) => {
    const all = other.map(({ whole }) => whole);
    const exec: Capability = { kind: 'exec', program: programOf(all) };
    if (exec.program === '*') {
      engine.notes.capability(call.at, exec, ['dynamic-name']);
      return [];
    }
    startStored(engine, call, all, words);
    return [engine.notes.embed(call.at, 'shell', lineOf(other))];
  });
}

function lineOf(words: readonly Text[]): Text {
  return concatTexts(
    words.flatMap((text, index) => (index === 0 ? [quoted(text)] : [Text.of(' '), quoted(text)])),
  );
}

// What starts may be what is not known as well, where data may stand in place of the texts.
function startsOf({ knowledge }: Engine, value: Value): readonly Text[] {
  const isAny = value.isOpen || value.texts.some(({ whole }) => startsUnknown(whole));
  return knowledge.isOpen && isAny ? shownTexts(value) : textsOf(value);
}

// What a library gives may be any text.
function perhapsOther({ knowledge }: Engine, value: Value): Value {
  const isOther = knowledge.isOpen && value.things.some(({ is }) => is === 'instance');
  return isOther ? orOther(value) : value;
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
function startStored(
  engine: Engine,
  call: ApiCall,
  words: readonly string[],
  given: readonly Value[] = [],
): void {
  const word = startedWord(words);
  if (word === undefined) return;
  const isKnown = word.text !== unknownPart;
  const path = isKnown ? textValue(word.text) : given[word.at];
  if (path === undefined) return;
  const paths = storedPaths(engine, path);
  startAt(engine, call.at, paths);
  if (isKnown) return;
  // The line does not name the program.
  const { at } = call;
  for (const program of paths)
    engine.notes.start({
      by: at.program.source.path,
      program,
      ...(word.language !== undefined && { language: word.language }),
      call: `${program} started@${at.frame}${at.place.start}`,
      span: spanOf(at),
      context: at.program.source.context,
      arguments: [],
      stdin: [],
      env: [],
    });
}

interface StartedProgram {
  readonly exec: Capability & { readonly kind: 'exec' };
  /** Under which paths the programs of the lines are known. */
  readonly programs: readonly string[];
  readonly nodes: readonly string[];
  readonly effect: EffectOf<'program'>;
  readonly env: readonly Value[];
  readonly behind?: string;
  readonly hasScript?: boolean;
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
  const more = engine.knowledge.isOpen ? call.named.get('env') : undefined;
  notes.toChild(allNodesOf([...about.env, ...present(more)]));
  const env = [...about.env, ...present(more)].flatMap((value) =>
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
  const open: OpenOn = {
    capability: exec,
    input: fed,
    ...(about.behind && { behind: about.behind }),
    ...(about.hasScript && { hasScript: true }),
  };
  object.openOn = [open];
  object.rest = dataOf([output]);
  // The shell's front end follows what comes to a program behind a wrapper.
  const isWrapped = about.behind !== undefined && about.behind !== exec.program;
  if (input !== undefined)
    feedProgram(engine, call, open, isWrapped ? { ...input, nodes: [], things: [] } : input, true);
  return {
    ...instanceValue('Process', object),
    nodes: [output],
    isOpen: true,
  };
}

/** Text that a program reads on its standard input: a shell or an interpreter runs it. */
export function feedProgram(
  engine: Engine,
  call: ApiCall,
  { capability, input, behind, hasScript }: OpenOn,
  content: Value,
  isOption = false,
): void {
  if (capability.kind !== 'exec') return;
  const { at } = call;
  const nodes = allNodesOf([content]);
  if (input !== undefined) for (const node of nodes) engine.notes.edge(node, input);
  const [program = ''] = behind === undefined ? behindWrappers([capability.program]) : [behind];
  const isShell = /^(ba|da|z|k|a)?sh$/.test(program);
  const runs = isShell || own(interpreters, program) !== undefined;
  const isScript = engine.knowledge.callsBack === true && !isShell && hasScript === true;
  const part = runs && !isScript ? 'code' : 'argument';
  // What a program is given as an option, and does not run, is data to it.
  const isData = engine.knowledge.callsBack === true && part === 'argument' && isOption;
  const whole = asWhole(textsOf(content));
  if (!isData)
    engine.notes.sink(at, nodes, { what: 'exec', capability, api: at.api, part, ...whole });
  const { isOpen } = engine.knowledge;
  const language = isShell ? 'shell' : own(interpreters, program)?.language;
  if (language === undefined || (!isShell && (hasScript || !isOpen))) return;
  if (isOpen && !hasScript && shownTexts(content).some(({ isKnown }) => !isKnown))
    engine.notes.trait(at, 'code-from-string', at.api);
  if (content.isDecoded) engine.notes.trait(at, 'decode-to-code', textsOf(content)[0]?.whole ?? '');
  for (const text of textsOf(content))
    if (isShell ? text.whole !== unknownPart : text.isKnown) engine.notes.embed(at, language, text);
}

/** Text that is run as code of a language: the program's own, when none is named. */
export function runCode(
  engine: Engine,
  call: ApiCall,
  given: Value,
  language: Language = engine.knowledge.language,
): Value {
  const { at } = call;
  const { notes } = engine;
  const code = perhapsOther(engine, given);
  const isCallable = code.things.some((one) =>
    one.is === 'api' ? rowFor(engine, one.name) !== undefined : /^(function|bound)$/.test(one.is),
  );
  if (isCallable && code.texts.length === 0) return unknown;
  const texts = textsOf(code);
  const isOpen =
    (code.isOpen && code.texts.length > 0) || shownTexts(code).some(({ isKnown }) => !isKnown);
  const { givenByCode } = engine.knowledge;
  const made = texts.map(
    ({ whole, isKnown }): CodeGiven =>
      isOpen || !isKnown || at.certainty === 'folded'
        ? 'unseen'
        : (givenByCode?.(whole, at.api) ?? 'harmless'),
  );
  const nodes = allNodesOf([code]);
  if (code.isDecoded) notes.trait(at, 'decode-to-code', texts[0]?.whole ?? '');
  if (givenByCode !== undefined && made.includes('unseen'))
    notes.trait(at, 'code-from-string', texts[0]?.whole ?? at.api);
  else if (isOpen) notes.trait(at, 'code-from-string', at.api);
  const { whole } = asWhole(texts);
  const sink = { what: 'exec', api: at.api } as const;
  const fetched = whole && engine.knowledge.command !== undefined ? fetchedBy(engine, nodes) : [];
  for (const address of fetched) notes.trait(at, 'pipe-to-interpreter', address);
  if (fetched.length === 0) notes.sink(at, nodes, { ...sink, part: 'code', ...asWhole(texts) });
  notes.sink(at, nodes, { ...sink, part: 'program' });
  if (engine.knowledge.isOpen && shownTexts(code).some(({ whole }) => whole === ''))
    notes.embed(at, language, Text.of(''));
  for (const text of texts)
    if (
      text.whole.replaceAll(unknownPart, '').trim() !== '' ||
      (text.isKnown && engine.knowledge.isOpen)
    )
      notes.embed(at, language, text);
  const known = made.flatMap((one) => (typeof one === 'object' ? [apiValue(one.api)] : []));
  return known.length === 0 ? unknown : either(known);
}

// All of the code is data.
function asWhole(texts: readonly Text[]): { readonly whole?: true } {
  const isData = texts.every(({ whole }) => whole.replaceAll(unknownPart, '').trim() === '');
  return isData ? { whole: true } : {};
}

// `irm ADDRESS | iex`: the addresses, where nothing stands between the request and the run.
function fetchedBy({ notes }: Engine, nodes: readonly string[]): readonly string[] {
  const sources = nodes.map((node) => notes.sourceAt(node));
  const isPipe = sources.every((source) => source?.what === 'network');
  return isPipe ? sources.flatMap((source) => source?.name ?? []) : [];
}
