/** Files: read, written, moved, loaded; what is written to a path is what runs when it starts. */
import { posix } from 'node:path';
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { EffectOf } from '../knowledge/row.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { type ApiCall, argOf, wholeEnvironment } from './effects.ts';
import type { Engine, Invocation } from './interpret.ts';
import { valueOfName } from './names.ts';
import { type At, spanOf } from './notes.ts';
import { applyRequest } from './requests.ts';
import type { Text } from './text.ts';
import {
  allNodesOf,
  dataOf,
  either,
  itemsOf,
  knownText,
  newObject,
  type OpenOn,
  type OwnProgram,
  shownTexts,
  textsOf,
  thingValue,
  unknown,
  type Value,
} from './value.ts';
import { Variables } from './variables.ts';

type FileEffect = EffectOf<'read' | 'write' | 'delete' | 'open'>;

/** A file is read, written, deleted or opened; an address instead of a path is asked. */
export function applyFile(engine: Engine, call: ApiCall, effect: FileEffect): Value {
  const path = argOf(call, effect.path) ?? unknown;
  const mode = effect.mode === undefined ? undefined : knownText(argOf(call, effect.mode));
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
  const to = effect.to === undefined ? undefined : argOf(call, effect.to);
  if (to !== undefined) moveFile(engine, call, path, to, effect.unpacks);
  if (to !== undefined && fetched !== undefined) saveTo(engine, at, to, fetched);
  const file = { paths: storedPaths(engine, path), at: at.place.start };
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
  const others = [...(fetched === undefined ? [] : [fetched]), ...streams];
  if (capabilities.length === 0 && others.length > 0) return either(others);
  return opened(engine, at, path, { capabilities, writes, file, fetched: either(others) });
}

// A list names a file with each of its items.
function pathsIn(path: Value): readonly Text[] {
  const items = itemsOf(path);
  return items === undefined || items.length === 0 ? textsOf(path) : items.flatMap(pathsIn);
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
  const object = newObject('record');
  object.fields.set('name', unknown);
  object.fields.set('key', unknown);
  object.fields.set('value', value);
  const list = newObject('list');
  list.rest = thingValue({ is: 'object', object });
  return thingValue({ is: 'object', object: list });
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
  object.openOn = capabilities.map((capability) => ({ capability, ...(writes && { file }) }));
  const nodes = [...read, ...stored, ...(writes ? [] : allNodesOf([path])), ...fetched.nodes];
  object.rest = dataOf(nodes);
  return { ...thingValue({ is: 'instance', of: 'File', object }), nodes, isOpen: true };
}

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
  storeAt(engine, call.at, storedPaths(engine, to), allNodesOf([from]));
  for (const old of storedPaths(engine, from))
    for (const path of storedPaths(engine, to)) {
      const place = unpacks ? `${path.replace(/\/$/, '')}/` : path;
      storeAt(engine, call.at, [place], [placeOf(engine, call.at, old)]);
      if (!unpacks) engine.notes.moved.push({ from: old, to: path });
    }
}

function pathOf({ knowledge }: Engine, whole: string): string {
  const path = whole.replace(/^file:\/\//, '');
  return knowledge.path?.(path) ?? path;
}

/** The known paths of a value, as files are kept. */
export function storedPaths({ knowledge }: Engine, path: Value): readonly string[] {
  return (itemsOf(path) ?? [path])
    .flatMap(shownTexts)
    .map(({ whole }) => whole)
    .filter((whole) => whole.replaceAll(unknownPart, '') !== '')
    .map((whole) => posix.normalize(knowledge.path?.(whole) ?? whole));
}

/** Notes what a file gets, for the case that it is started. */
export function writeTo(
  engine: Engine,
  at: At,
  { paths, at: opening }: NonNullable<OpenOn['file']>,
  content: Value,
  isAppended: boolean,
): void {
  storeAt(engine, at, paths, allNodesOf([content]));
  const { path: within, context } = at.program.source;
  const [first, ...others] = textsOf(content);
  for (const path of paths) {
    const about = { path, within, context, opening };
    if (first === undefined) continue;
    engine.notes.written.push({
      ...about,
      text: first.whole,
      map: first.mapFrom(at.place.start),
      ...(isAppended && opening === at.place.start && { append: true as const }),
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
  for (const path of paths)
    for (const from of nodes) engine.notes.edge(from, placeOf(engine, at, path), { stored: true });
}

function placeOf(engine: Engine, at: At, path: string): string {
  const shown = path.replaceAll(unknownPart, '…').slice(0, 80);
  return engine.notes.sharedNode(at, `stored ${path}`, `kept in the file ${shown}`);
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
  const names = path.split('/').slice(0, -1);
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
    if (!text.isKnown) {
      engine.notes.trait(
        { ...at, certainty: 'widened' },
        'dynamic-import',
        'code whose place is computed',
      );
      engine.notes.sink(at, text.nodes, { what: 'exec', api: at.api, part: 'argument' });
    }
    const isAddress = /^(https?|ftp|data|php|phar|expect):/i.test(text.whole);
    if (isAddress) loadAddress(engine, at, path, frame);
    const found = ownProgram(engine, at.program, text.whole, isRelative);
    if (found !== undefined) results.push(runProgram(engine, found, frame));
    else if (/[./]/.test(text.whole) && !isAddress) noteLoaded(engine, at, text.whole);
  }
  startAt(engine, at, storedPaths(engine, path));
  return results.length === 0 ? unknown : either(results);
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
function ownProgram(
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
  if (program.hasRun) return program.result ?? unknown;
  program.hasRun = true;
  const frame = frameOf(program, from);
  if (engine.knowledge.sharesVariables && from !== undefined) frame.env = from.env;
  engine.evaluate(program.body, frame);
  program.result = frame.returned.length === 0 ? unknown : either(frame.returned);
  return program.result;
}

/** A frame for the top of a program. */
export function frameOf(program: OwnProgram, from?: Invocation): Invocation {
  return {
    program,
    env: new Variables(),
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
