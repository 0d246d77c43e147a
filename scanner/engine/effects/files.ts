/** Files: read, written, moved, loaded; what is written to a path is what runs when it starts. */

import { posix } from 'node:path';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { present } from '../../fact/remembered.ts';
import { foldedCharsMax } from '../../fact/shared-limits.ts';
import type { EffectOf } from '../../knowledge/row.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { callValue, nothingGiven } from '../calls.ts';
import type { Engine, Invocation } from '../interpret.ts';
import { compute } from '../library/library.ts';
import { valueOfName } from '../named-values.ts';
import { type At, spanOf } from '../notes.ts';
import { changedForGood } from '../store.ts';
import { concatTexts, Text } from '../text.ts';
import {
  absorb,
  allNodesOf,
  concat,
  dataOf,
  either,
  instancesIn,
  instanceValue,
  itemsOf,
  knownOf,
  knownText,
  listValue,
  newObject,
  type OpenOn,
  type OwnProgram,
  objectsOf,
  objectValue,
  recordValue,
  shownTexts,
  textsOf,
  textValue,
  thingValue,
  unknown,
  type Value,
  withNodes,
} from '../value.ts';
import { Variables } from '../variables.ts';
import { type ApiCall, argOf, wholeEnvironment } from './effects.ts';
import { runCode } from './programs.ts';
import { applyRequest, sendOver } from './requests.ts';

type FileEffect = EffectOf<'read' | 'write' | 'delete' | 'open'>;

/** A file is read, written, deleted or opened; an address instead of a path is asked. */
export function applyFile(engine: Engine, call: ApiCall, effect: FileEffect): Value {
  const path = argOf(call, effect.path) ?? unknown;
  const isPath = !engine.knowledge.isOpen || effect.isPath || path.texts.length > 0;
  const box = isPath ? undefined : inMemory(call, path);
  if (box !== undefined) {
    if (effect.does === 'write')
      for (const object of objectsOf(path))
        absorb(object, allNodesOf(call.self ? [call.self] : []));
    if (effect.to !== undefined)
      moveFile(engine, call, path, argOf(call, effect.to) ?? unknown, effect.unpacks);
    return box;
  }
  if (isStandardInput(path) && effect.does === 'read') {
    const source = { what: 'input', name: 'stdin' } as const;
    return dataOf([engine.notes.source(call.at, source, 'reads its input')]);
  }
  const mode = effect.mode === undefined ? undefined : modeOf(call, argOf(call, effect.mode));
  const opensToWrite = effect.does === 'open' && /[wax+c]/.test(mode ?? '');
  const writes = effect.does === 'write' || effect.does === 'delete' || opensToWrite;
  const content = effect.content === undefined ? undefined : argOf(call, effect.content);
  const texts = pathsIn(path);
  const addresses = texts.filter(({ whole }) => isAddress(whole, effect.orAddress));
  const fetched =
    addresses.length === 0
      ? undefined
      : applyRequest(
          engine,
          { ...call, args: [{ ...path, texts: addresses, isOpen: false }, content ?? unknown] },
          {
            does: 'request',
            url: 0,
            method: content === undefined ? 'GET' : 'POST',
            methodAt: 'method',
            body: content === undefined ? ['content'] : [1],
            header: ['header'],
          },
        );
  const streams = texts.flatMap(({ whole }) => streamOf(engine, call.at, whole));
  const paths = texts.filter(({ whole }) => !isAddress(whole) && !isStream(engine, whole));
  const traits = effect.traits ?? (effect.does === 'delete' ? ['delete'] : writes ? ['write'] : []);
  const { at } = call;
  const capabilities = paths.map(({ whole }) =>
    engine.notes.mount(at, pathOf(engine, whole), writes ? 'rw' : 'ro', traits),
  );
  const number =
    traits.includes('permissions') && engine.knowledge.isOpen
      ? knownOf(argOf(call, effect.mode ?? { at: 1, name: 'mode' }) ?? unknown)
      : undefined;
  if (typeof number === 'number')
    engine.notes.trait(
      at,
      'permissions',
      `${number.toString(8)} ${paths.map(({ whole }) => whole).join(' ')}`,
    );
  const to = effect.to === undefined ? undefined : argOf(call, effect.to);
  if (to !== undefined) moveFile(engine, call, path, to, effect.unpacks);
  if (to !== undefined && fetched !== undefined) saveTo(engine, at, to, fetched);
  const appends = effect.does === 'open' && mode?.includes('a');
  const file = {
    paths: storedPaths(engine, path),
    at: at.place.start,
    ...(appends && { appends }),
  };
  if (content !== undefined && writes) {
    writeTo(engine, at, file, content, (effect.traits ?? []).includes('append'));
    for (const capability of capabilities)
      engine.notes.sink(at, allNodesOf([content]), {
        what: 'file',
        capability,
        api: at.api,
        part: 'content',
      });
  }
  const others = [...present(fetched), ...streams];
  if (capabilities.length === 0 && others.length > 0) return either(others);
  const made = opened(engine, at, path, { capabilities, writes, file, fetched: either(others) });
  if (effect.packs && call.self !== undefined) {
    for (const object of objectsOf(call.self)) absorb(object, allNodesOf([made]));
    sendOver(engine, call, made, 'body');
  }
  return made;
}

/** Goes through a folder; where the program names files that hold somebody's secrets, for these. */
export function searchFolder(
  engine: Engine,
  call: ApiCall,
  { folder, pattern }: EffectOf<'search'>,
): Value {
  const given = argOf(call, folder) ?? unknown;
  const names = [
    ...textsOf((pattern === undefined ? undefined : argOf(call, pattern)) ?? unknown),
    ...tellingNamesIn(engine, call.at),
  ];
  const sensitive = given.texts
    .filter(({ whole }) => /^(~|\/(?!skills\/|tmp\/))[^*?[]*$/.test(whole))
    .flatMap((text) => {
      const inside = names.map((name) => concatTexts([text, Text.of('/'), name]));
      return inside.find(({ isKnown, whole }) => isKnown && sensitivePath(whole)) ?? [];
    });
  const path = sensitive.length === 0 ? given : { ...given, texts: sensitive };
  const read = applyFile(engine, { ...call, args: [path] }, { does: 'read', path: 0 });
  const list = newObject('list');
  list.rest = withNodes({ ...either(textsOf(path).map(below)), isOpen: false }, read.nodes);
  return withNodes(objectValue(list), read.nodes);
}

// A path of a folder, or of what a pattern with wildcards matches.
function below({ whole }: Text): Value {
  if (sensitivePath(whole) !== undefined) return textValue(whole);
  const folder = whole.replace(/[^/]*[*?[].*$/s, '');
  return textValue(`${folder.replace(/\/$/, '') || '.'}/${unknownPart}`);
}

// Chromium's and Firefox' files in a profile.
const tellingNames =
  /(['"])(Login Data|Cookies|Web Data|Local State|logins\.json|key4\.db|cookies\.sqlite|Cookies\.binarycookies)\1/gi;

function tellingNamesIn({ context }: Engine, { program }: At): readonly Text[] {
  const { text } = program.source;
  context.steps.take(1 + (text.length >> 8));
  return [...text.matchAll(tellingNames)].map(([, , name = '']) => Text.of(name));
}

// `ZipFile(buffer, "w")`, `GzipFile(fileobj=buffer)`: no path is read or written.
function inMemory({ args, named }: ApiCall, path: Value): Value | undefined {
  const given = path === unknown ? [...args, ...named.values()] : [path];
  const holds = instancesIn(given);
  if (holds.length === 0) return undefined;
  const object = newObject('object');
  object.holds = holds;
  const nodes = allNodesOf(given);
  if (nodes.length > 0) object.rest = dataOf(nodes);
  object.openOn = holds.flatMap(({ openOn }) => openOn);
  return instanceValue('File', object);
}

// `os.open(path, os.O_WRONLY | os.O_CREAT)`
function modeOf({ at }: ApiCall, mode: Value | undefined): string | undefined {
  const known = knownText(mode);
  if (known !== undefined || mode === undefined) return known;
  const code = at.program.source.text.slice(at.place.start, at.place.end);
  return /\bO_(WRONLY|RDWR|CREAT|TRUNC|APPEND)\b/.test(code) ? 'w' : undefined;
}

/** A file with a name that nobody knows; each place that makes one makes another. */
export function temporaryFile(
  engine: Engine,
  call: ApiCall,
  { gives }: EffectOf<'temporary'>,
): Value {
  const suffix = knownText(call.named.get('suffix')) ?? '';
  const path = textValue(`/tmp/${unknownPart}.at${call.at.place.start}${suffix}`);
  if (gives === 'path') return path;
  const opening = { does: 'open', path: 0, mode: { text: 'w' } } as const;
  const made = applyFile(engine, { ...call, args: [path], named: new Map() }, opening);
  const things = made.things.map((one) => (one.is === 'instance' ? { ...one, of: 'open' } : one));
  const file = { ...made, things };
  return gives === 'file' ? file : listValue([file, path]);
}

// A list names a file with each of its items.
function pathsIn(path: Value): readonly Text[] {
  const items = itemsOf(path);
  const isOne = items === undefined || items.length === 0;
  return isOne ? textsOf(asPath(path)) : items.flatMap(pathsIn);
}

// The descriptor 0.
function isStandardInput({ texts, scalars, things }: Value): boolean {
  return (
    texts.length + things.length === 0 && scalars.length > 0 && scalars.every((one) => one === 0)
  );
}

// Nothing, or an option that is only set, is no path.
function asPath(value: Value): Value {
  const scalars = value.scalars.filter((one) => typeof one === 'number');
  const isOther = scalars.length < value.scalars.length && value.texts.length === 0;
  return { ...value, scalars, isOpen: value.isOpen || isOther };
}

function isAddress(text: string, isPerhaps = false): boolean {
  return /^(https?|ftps?):\/\//i.test(text) || (isPerhaps && text.startsWith(unknownPart));
}

// `php://input`: a path that is a name of the language.
function streamOf(engine: Engine, at: At, path: string): readonly Value[] {
  const given = own(engine.knowledge.names, path.toLowerCase());
  if (given === undefined) return [];
  if ('wholeEnv' in given) return [variablesOf(wholeEnvironment(engine, at))];
  return [valueOfName(engine, given, at)];
}

// A list of variables, whose names alone tell nothing.
function variablesOf(value: Value): Value {
  const list = newObject('list');
  list.rest = recordValue(Object.entries({ name: unknown, key: unknown, value }));
  return objectValue(list);
}

function isStream({ knowledge }: Engine, path: string): boolean {
  return own(knowledge.names, path.toLowerCase()) !== undefined;
}

interface Opened {
  readonly capabilities: readonly Capability[];
  readonly writes: boolean;
  readonly file: NonNullable<OpenOn['file']>;
  /** What addresses and streams gave. */
  readonly fetched: Value;
}

function opened(
  engine: Engine,
  at: At,
  path: Value,
  { capabilities, writes, file, fetched }: Opened,
): Value {
  const read = writes
    ? []
    : capabilities.map((capability) => {
        const name = capability.kind === 'mount' ? (capability.path ?? '*') : '*';
        return engine.notes.source(at, { what: 'file', name }, `reads ${name.slice(0, 80)}`);
      });
  const stored = writes ? [] : file.paths.map((one) => placeOf(engine, at, one));
  const object = newObject('object');
  if (engine.knowledge.isOpen) object.path = path;
  object.openOn = capabilities.map((capability) => ({ capability, ...(writes && { file }) }));
  const nodes = [...read, ...stored, ...(writes ? [] : allNodesOf([path])), ...fetched.nodes];
  object.rest = dataOf(nodes);
  const texts = writes
    ? []
    : textsOf(path).flatMap(({ whole }) => ownText(engine, at, whole) ?? []);
  if (texts.length > 0)
    object.content = withNodes(either(texts.map((text) => textValue(text))), nodes);
  return { ...instanceValue('File', object), nodes, isOpen: true };
}

// Of a path that begins in a folder that is not known, the folder is mostly that of the program.
function ownText({ context }: Engine, at: At, path: string): string | undefined {
  const { texts } = context;
  const rest = path.slice(path.lastIndexOf(unknownPart) + 1);
  if (rest === '' || /^[~*]/.test(rest)) return undefined;
  const isOfSkill = rest.startsWith(skillFolder);
  if (rest === path && rest.startsWith('/') && !isOfSkill) return undefined;
  const inside = posix
    .normalize(isOfSkill ? rest.slice(skillFolder.length) : rest)
    .replace(/^\/+/, '');
  const { path: from } = at.program.source;
  const folders = isOfSkill ? [''] : [posix.dirname(from), '', posix.dirname(posix.dirname(from))];
  const found = folders
    .map((folder) => texts?.get(posix.normalize(posix.join(folder, inside)))?.text)
    .find((text) => text !== undefined);
  context.steps.take(1 + ((found?.length ?? 0) >> 6));
  return found === undefined || found.length > foldedCharsMax ? undefined : found;
}

const skillFolder = '/skills/@self/';

/** Writes what an address gave to a file. */
export function saveTo(engine: Engine, at: At, to: Value, fetched: Value): void {
  for (const { whole } of textsOf(to))
    engine.notes.mount(at, pathOf(engine, whole), 'rw', ['write', 'download']);
  storeAt(engine, at, storedPaths(engine, to), fetched.nodes);
}

function moveFile(engine: Engine, call: ApiCall, from: Value, to: Value, unpacks = false): void {
  for (const { whole } of textsOf(to))
    engine.notes.mount(call.at, pathOf(engine, whole), 'rw', ['write']);
  // What names the files may be their content as well: what a search of a folder found.
  const into = storedPaths(engine, to);
  storeAt(engine, call.at, into, allNodesOf([from]));
  if (unpacks && engine.knowledge.isOpen)
    storeAt(
      engine,
      call.at,
      into.map((path) => `${path.replace(/\/$/, '')}/`),
      allNodesOf([from]),
    );
  for (const old of storedPaths(engine, from))
    for (const path of storedPaths(engine, to)) {
      const place = unpacks ? `${path.replace(/\/$/, '')}/` : path;
      storeAt(engine, call.at, [place], [placeOf(engine, call.at, old)]);
      const isNamed = !old.startsWith(unknownPath) && !path.startsWith(unknownPath);
      if (!unpacks && isNamed) engine.notes.moved.push({ from: old, to: path });
    }
}

function pathOf({ knowledge }: Engine, whole: string): string {
  const path = whole.replace(/^file:\/\//, '');
  return knowledge.path?.(path) ?? path;
}

/** The paths of a value, as files are kept: one that is not known is the same as itself. */
export function storedPaths(engine: Engine, path: Value): readonly string[] {
  const { knowledge, unknownPaths } = engine;
  const known = (itemsOf(path) ?? [path])
    .flatMap((one) => shownTexts(asPath(one)))
    .map(({ whole }) => whole)
    .filter((whole) => whole.replaceAll(unknownPart, '') !== '')
    .map((whole) => posix.normalize(knowledge.path?.(whole) ?? whole));
  if (known.length > 0 || path.nodes.length === 0 || path.things.length > 0) return known;
  const name = unknownPaths.get(path) ?? `${unknownPath}${unknownPaths.size}`;
  unknownPaths.set(path, name);
  return [name];
}

/** Begins the name of a path that is not known. */
const unknownPath = `${unknownPart}.of`;

/** Notes what a file gets, for the case that it is started. */
export function writeTo(
  engine: Engine,
  at: At,
  { paths, at: opening, appends = false }: NonNullable<OpenOn['file']>,
  content: Value,
  isAppended: boolean,
): void {
  storeAt(engine, at, paths, allNodesOf([content]));
  const { path: within, context } = at.program.source;
  // `f.writelines(lines)`
  const [first, ...others] = textsOf(concat(itemsOf(content) ?? [content]));
  for (const path of paths) {
    const about = { path, within, context, opening };
    // A text of which nothing is known is no program: the graph has where it comes from.
    if (first === undefined || first.whole === unknownPart) continue;
    engine.notes.written.push({
      ...about,
      text: first.whole,
      map: first.mapFrom(at.place.start),
      ...((appends || (isAppended && opening === at.place.start)) && { append: true as const }),
    });
    for (const other of others)
      engine.notes.written.push({
        ...about,
        text: other.whole,
        map: other.mapFrom(at.place.start),
        instead: true,
      });
  }
}

function storeAt(engine: Engine, at: At, paths: readonly string[], nodes: readonly string[]): void {
  for (const path of paths) {
    if (!engine.stored.has(path)) changedForGood();
    engine.stored.add(path);
    for (const from of nodes) engine.notes.edge(from, placeOf(engine, at, path), { stored: true });
  }
}

/** Begins the name of the node that stands for what a file holds. */
export const storedAt = 'stored ';

function placeOf(engine: Engine, at: At, path: string): string {
  const known = path.startsWith(unknownPath) ? '' : path;
  const shown = known.replaceAll(unknownPart, '…').slice(0, 80);
  return engine.notes.commonNode(at, `${storedAt}${path}`, `kept in the file ${shown}`);
}

const foldersMax = 8;

/** Runs what lies at the paths, or was unpacked above them. */
export function startAt(engine: Engine, at: At, paths: readonly string[]): void {
  for (const path of paths) {
    const places = [path, ...foldersOf(path)].map((one) => placeOf(engine, at, one));
    engine.notes.sink(at, places, { what: 'exec', api: at.api, part: 'program' });
  }
}

// `a/b/run` lies in `a/b/` and in `a/`.
function foldersOf(path: string): readonly string[] {
  const names = path.startsWith(unknownPath) ? [] : path.split('/').slice(0, -1);
  return names.map((_, index) => `${names.slice(0, index + 1).join('/')}/`).slice(-foldersMax);
}

/** Runs another file: one of the skill here, any other as a program that is started. */
export function loadPath(
  engine: Engine,
  at: At,
  path: Value,
  frame: Invocation,
  isRelative = false,
): Value {
  const texts = textsOf(path);
  const results: Value[] = [];
  for (const text of texts) {
    const isInside = engine.knowledge.isOpen && /^(\.{1,2}|\/skills\/@self)\//.test(text.whole);
    if (!text.isKnown && !isInside) {
      engine.notes.trait(
        { ...at, certainty: 'widened' },
        'dynamic-import',
        engine.knowledge.givenByCode ? text.whole : 'code whose place is computed',
      );
      engine.notes.sink(at, text.nodes, { what: 'exec', api: at.api, part: 'argument' });
    }
    const isAddress = /^(https?|ftp|data|php|phar|expect):/i.test(text.whole);
    if (/^data:/i.test(text.whole)) loadData(engine, { at, frame, ...nothingGiven }, text);
    else if (isAddress) loadAddress(engine, at, path, frame);
    const found = ownProgram(engine, at.program, text.whole, isRelative);
    if (found !== undefined) results.push(runProgram(engine, found, frame));
    else if (/[./]/.test(text.whole) && !isAddress) noteLoaded(engine, at, text.whole);
  }
  const paths = storedPaths(engine, path);
  // A module may lie in any folder.
  const named =
    engine.knowledge.modules === true && results.length === 0
      ? [...engine.stored].filter((one) => paths.some((end) => one.endsWith(`/${end}`)))
      : [];
  engine.context.steps.take(1 + named.length);
  startAt(engine, at, [...paths, ...named]);
  return results.length === 0 ? unknown : either(results);
}

// The code that an address of the scheme `data` has in it is run.
function loadData(engine: Engine, call: ApiCall, address: Text): void {
  const { whole } = address;
  const comma = whole.indexOf(',') + 1;
  const code = address.slice(comma, whole.length);
  const isEncoded = /;base64,$/i.test(whole.slice(0, comma));
  const decoded = compute(isEncoded ? 'base64-decode' : 'url-decode', [textValue(code)]);
  const value = withNodes({ ...decoded, isDecoded: isEncoded }, address.nodes);
  engine.notes.trait(call.at, 'code-from-string', knownText(value) ?? '');
  runCode(engine, call, value);
}

// What an address gives is run.
function loadAddress(engine: Engine, at: At, path: Value, frame: Invocation): void {
  const call = { at, frame, args: [path], named: new Map(), spread: [] };
  const { nodes } = applyRequest(engine, call, { does: 'request', url: 0 });
  engine.notes.sink(at, nodes, { what: 'exec', api: at.api, part: 'code' });
}

function noteLoaded(engine: Engine, at: At, program: string): void {
  const { path: by, context } = at.program.source;
  engine.notes.start({
    by,
    program,
    language: engine.knowledge.language,
    call: `${by} loads ${program}@${at.place.start}`,
    span: spanOf(at),
    context,
    arguments: [],
    stdin: [],
    env: [],
  });
}

/** The file of the skill that a path of a program names. */
export function ownProgram(
  engine: Engine,
  from: OwnProgram,
  written: string,
  isRelative: boolean,
): OwnProgram | undefined {
  const own = written.replace(/^\/skills\/@self\//, '');
  const folder = posix.dirname(from.source.path);
  const places = isRelative ? [posix.join(folder, own)] : [own, posix.join(folder, own)];
  for (const place of places)
    for (const end of ['', ...engine.knowledge.extensions]) {
      const found = engine.programs.get(posix.normalize(`${place}${end}`));
      if (found !== undefined) return found;
    }
  if (isRelative || !/[\w-]/.test(own)) return undefined;
  // A folder of libraries that the program names elsewhere: `lib/` on the load path.
  const tail = `/${posix.normalize(own).replace(/^(\.{0,2}\/)+/, '')}`;
  for (const [path, program] of engine.programs)
    for (const end of ['', ...engine.knowledge.extensions])
      if (`/${path}`.endsWith(`${tail}${end}`)) return program;
  return undefined;
}

/** Goes through a program from its top, once; gives what it returns. */
export function runProgram(engine: Engine, program: OwnProgram, from?: Invocation): Value {
  const { modules } = engine.knowledge;
  if (program.hasRun)
    return modules === true ? thingValue({ is: 'module', program }) : (program.result ?? unknown);
  changedForGood();
  program.hasRun = true;
  const frame = frameOf(engine, program, from);
  program.env = frame.env;
  if (engine.knowledge.sharesVariables && from !== undefined) frame.env = from.env;
  const isPackage = modules === true && isPackageStart(program);
  if (isPackage) engine.notes.importing += 1;
  engine.evaluate(program.body, frame);
  if (isPackage) engine.notes.importing -= 1;
  const hook =
    modules === true && frame.thrown.length > 0
      ? engine.globals.fields.get('sys.excepthook')
      : undefined;
  if (hook !== undefined) {
    const data = dataOf(allNodesOf(frame.thrown));
    callValue(engine, { node: program.body, frame }, hook, {
      args: [data, data, data],
      named: new Map(),
      spread: [],
    });
  }
  if (modules === true) return thingValue({ is: 'module', program });
  program.result = frame.returned.length === 0 ? unknown : either(frame.returned);
  return program.result;
}

function isPackageStart({ source }: OwnProgram): boolean {
  return source.depth === 0 && source.context === 'code' && /(^|\/)__init__\.py$/.test(source.path);
}

/** A frame for the top of a program. */
export function frameOf(engine: Engine, program: OwnProgram, from?: Invocation): Invocation {
  return {
    program,
    env: new Variables(engine.heap),
    self: undefined,
    owner: undefined,
    func: undefined,
    given: undefined,
    key: '',
    depth: from === undefined ? 0 : from.depth + 1,
    returned: [],
    thrown: [],
    ended: '',
  };
}
