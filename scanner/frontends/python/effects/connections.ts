/** Connections that another call of the file opened, and what is sent through them. */

import { normalize } from 'node:path/posix';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import type { Language } from '../../../fact/source.ts';
import { lineWords, startedWord } from '../../../flow/started-word.ts';
import type { ArgOf } from '../../../knowledge/row.ts';
import { anyEgress, socketEgressOf, unknownPart } from '../../../lookup-tables/egress-of.ts';
import { join, nodesOf, unknownPy } from '../assignments/alternatives.ts';
import type { PyTarget, PythonModule, PyValue } from '../program.ts';
import { flowNode, flowSink, type PythonRun, spanOfPy } from '../run.ts';
import { argumentOf, type PyCall, type PyNoting } from './call.ts';
import { wordText } from './command-words.ts';

/** Sends a value through what an object is open on, or writes it there. */
export function applySend(
  run: PythonRun,
  call: PyCall,
  content: PyValue | undefined,
  part: 'body' | 'header' | 'url' = 'body',
): PyValue {
  const written = call.api === 'os.write' ? call.args[0] : call.object;
  noteWritten(run, call, written?.file ?? [], content);
  if (content === undefined) return unknownPy;
  const { targets } = call.object;
  const isOpen = targets.some(
    ({ at }) => at.kind !== 'egress' || parseEgressUrl(at.url).host !== '*',
  );
  const later = isOpen ? [] : connectedBefore(run, call, call.api.replace(/\.\w+$/, ''));
  const open = later.length > 0 ? later : targets;
  for (const one of open.length > 0 ? open : [{ at: lastConnection(run, call) }]) {
    const { at, notAfter, hostFrom }: PyTarget = one;
    const what = at.kind === 'mount' ? 'file' : 'network';
    const sink = { what, capability: at, api: call.api } as const;
    flowSink(
      run,
      call,
      content.nodes,
      { ...sink, part: what === 'file' ? 'content' : part },
      notAfter,
    );
    // `request.add_header("Authorization", token)`: the address was given when it was made.
    if (what === 'network') flowSink(run, call, hostFrom ?? [], { ...sink, part: 'host' });
  }
  return unknownPy;
}

/** Whether nothing is known of the host. */
export function isAnyHost(capability: Capability): boolean {
  return capability.kind === 'egress' && capability.url === anyEgress;
}

/** The nodes that say the hosts of what an object is open on, where they are not known. */
export function hostNodesOf(open: readonly PyTarget[]): readonly string[] {
  return [...new Set(open.flatMap(({ hostFrom }) => hostFrom ?? []))];
}

/** What a client of this name was connected to by another call in the file. */
export function connectedBefore(
  run: PythonRun,
  { module }: PyCall,
  client: string,
): readonly PyTarget[] {
  const found = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === module.source.path &&
      fact.api === `${client}.connect`,
  );
  return found?.kind === 'capability' ? [{ at: found.capability }] : [];
}

/** Another host than those of Amazon, whose clients name a host by `endpoint_url` alone. */
export function isElsewhere({ at }: PyTarget): boolean {
  return at.kind === 'egress' && !/^https:\/\/([\w.-]+\.)?amazonaws\.com\//.test(at.url);
}

// `s = socket.socket(); s.connect(…); s.send(x)`: the connection was noted by another call on the
// object.
function lastConnection(run: PythonRun, call: PyCall): Capability {
  const here = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === call.module.source.path &&
      fact.traits.includes('raw-socket'),
  );
  return here?.kind === 'capability'
    ? here.capability
    : { kind: 'egress', ...socketEgressOf('tcp', undefined) };
}

// Texts that Python writes to files: `open(path, "w").write(text)`, a temporary file's `write`,
// `Path(path).write_text(text)`.

/** Notes what a file gets, for the case that it is started. */
export function noteWritten(
  run: PythonRun,
  call: PyCall,
  files: PyValue['file'],
  content: PyValue | undefined,
): void {
  if (content === undefined || files.length === 0) return;
  const { texts, otherTexts, raw, folded } =
    content.items === undefined ? content : join(content.items);
  const { path: within, context } = call.module.source;
  const map =
    raw !== undefined && !folded
      ? [{ at: 0, raw }]
      : [{ at: 0, raw: call.node.from, fixed: true as const }];
  const others = [...texts.slice(1), ...otherTexts].filter((text) => text !== unknownPart);
  storeAt(
    run,
    call,
    files.map(({ path }) => path),
    content.nodes,
  );
  for (const file of files) {
    run.context.steps.take();
    run.written.push({ ...file, within, text: texts[0] ?? unknownPart, context, map });
    for (const text of others)
      run.written.push({ ...file, within, text, context, map, instead: true });
  }
}

/** The file that a call opens or fills, by its path. */
export function openedBy(
  call: PyCall,
  given: PyValue | undefined,
  isAppended: boolean,
): PyValue['file'] {
  const opening = call.node.from;
  return storedPaths(call, given).map((path) => ({
    path,
    opening,
    nodes: given?.nodes ?? [],
    ...(isAppended && { append: true as const }),
  }));
}

/** A temporary file: nobody knows its name, but each use of it means the same file. */
export function temporaryFile(call: PyCall): PyValue {
  const suffix = call.keywords.get('suffix')?.texts[0] ?? '';
  const path = `/tmp/${unknownPart}.at${call.node.from}${suffix}`;
  return {
    ...unknownPy,
    texts: [path],
    file: [
      { path, opening: call.node.from, nodes: nodesOf([...call.args, ...call.keywords.values()]) },
    ],
    targets: [{ at: { kind: 'mount', path: '/tmp/*', mode: 'rw' } }],
  };
}

// Files by which values move: what Python writes, downloads or moves to a path is what runs when it
// starts that path.

/**
 * The paths that a value may be. One that is not known goes by the variable that holds it: each use
 * of the variable means the same file.
 */
export function storedPaths(call: PyCall, value: PyValue | undefined): readonly string[] {
  if (value === undefined) return [];
  const known = [...value.texts, ...value.otherTexts].filter(
    (text) => text.replaceAll(unknownPart, '') !== '',
  );
  if (known.length > 0) return known.map((text) => normalize(text));
  if (value.nodes.length === 0) return [];
  const names = plainNames(call.module.source.text.slice(call.node.from, call.node.to));
  return value.nodes
    .filter((node) => names.has(/[\w$]+$/.exec(node)?.[0] ?? ''))
    .map((node) => `${unknownPart}.of ${node}`);
}

// `args` of `args.out` holds many paths; `p` of `open(p)` and `p.write_text(…)` is one.
function plainNames(code: string): ReadonlySet<string> {
  const uses = code.matchAll(
    /(?<![\w.])([\w$]+)\s{0,4}(\.\s{0,4}(?!write_|open\b|rename\b|replace\b|as_posix\b|absolute\b|resolve\b)|\[|\()?/g,
  );
  const names = new Set<string>();
  for (const [, name = '', after] of uses) if (after === undefined) names.add(name);
  return names;
}

/** What is written at the paths. */
export function storeAt(
  run: PythonRun,
  call: PyCall,
  paths: readonly string[],
  nodes: readonly string[],
): void {
  if (nodes.length > 0) run.storing.add(call.module.source.path);
  for (const path of paths)
    for (const from of nodes)
      run.edges.push({ kind: 'value', from, to: placeOf(run, call, path), stored: true });
}

/** A file that gets another name, or a copy. */
export function storeMoved(
  run: PythonRun,
  call: PyCall,
  from: readonly string[],
  to: readonly string[],
): void {
  for (const old of from) {
    storeAt(run, call, to, [placeOf(run, call, old)]);
    for (const path of to) run.moved.push({ from: old, to: path });
  }
}

/** What lies at the path that is started is run. */
export function startStored(
  run: PythonRun,
  call: PyCall,
  command: PyValue,
  words: readonly PyValue[] | undefined,
): void {
  const started = startedBy(call, command, words);
  if (started === undefined) return;
  const { word, language, isModule } = started;
  if (isModule) {
    for (const name of word.texts) startModule(run, call, name);
    return;
  }
  for (const path of startAt(run, call, storedPaths(call, word)))
    if (path.startsWith(`${unknownPart}.of `)) noteStarted(run, call, path, language);
}

/** Runs what lies at the paths, or was unpacked above them; gives the paths. */
export function startAt(run: PythonRun, call: PyCall, paths: readonly string[]): readonly string[] {
  for (const path of paths)
    flowSink(
      run,
      call,
      [path, ...foldersOf(path)].map((one) => placeOf(run, call, one)),
      { what: 'exec', api: call.api, part: 'program' },
    );
  return paths;
}

// `a/b/run` lies in `a/b/` and in `a/`; a place as such does not tell what lies in it.
function foldersOf(path: string): readonly string[] {
  const folders: string[] = [];
  for (
    let at = path.search(/[/\\][^/\\]*$/);
    at > 0 && folders.length < foldersMax;
    at = path.slice(0, at).search(/[/\\][^/\\]*$/)
  )
    folders.push(`${path.slice(0, at)}/`);
  return !/[./\\]/.test(path) || /^[/~\0]/.test(path) ? folders : [...folders, './'];
}

const foldersMax = 8;

/** What is unpacked into a folder is what lies in the archive, or in the one that is open. */
export function storeUnpacked(run: PythonRun, call: PyCall, from: ArgOf, to: ArgOf): PyValue {
  const archive = argumentOf(call, from);
  const nodes =
    from === 'self'
      ? call.object.nodes
      : [...(archive?.nodes ?? []), ...storedIn(run, call, storedPaths(call, archive))];
  const folders = storedPaths(call, argumentOf(call, to));
  storeAt(
    run,
    call,
    (folders.length > 0 ? folders : ['.']).map((folder) => `${folder.replace(/\/$/, '')}/`),
    nodes,
  );
  return unknownPy;
}

/** The nodes of what lies at the paths. */
export function storedIn(
  run: PythonRun,
  call: PyCall,
  paths: readonly string[],
): readonly string[] {
  return paths.map((path) => placeOf(run, call, path));
}

/** A module that is imported is the file that was written under its name. */
export function startModule(
  run: PythonRun,
  at: PyNoting,
  name: string,
  stored: readonly string[] = storedBy(run, at.module),
): void {
  const file = `${name.replaceAll('.', '/')}.py`;
  const isFile = (path: string): boolean => path === file || path.endsWith(`/${file}`);
  const places = stored.filter((id) => isFile(id.slice(storedPrefix(at.module).length)));
  run.context.steps.take(run.nodeIds.size >> 4);
  flowSink(run, at, places, { what: 'exec', api: 'import', part: 'program' });
  if (run.written.some(({ path }) => isFile(path))) noteStarted(run, at, file, 'python');
}

/** The nodes of the files that a module has put something into so far. */
function storedBy(run: PythonRun, module: PythonModule): string[] {
  const prefix = storedPrefix(module);
  return [...run.nodeIds].filter((id) => id.startsWith(prefix));
}

function storedPrefix({ source }: PythonModule): string {
  return `${source.path}::stored `;
}

/** What the imports of a module run. */
export function startImports(run: PythonRun, module: PythonModule): void {
  if (run.written.length === 0 && !run.storing.has(module.source.path)) return;
  // Imports store nothing, so one look at all nodes is enough for all imports.
  const stored = storedBy(run, module);
  for (const { index, 0: whole, 1: name = '' } of module.source.text.matchAll(importLine)) {
    const node = { from: index, to: index + whole.length };
    for (const one of name.split(','))
      startModule(
        run,
        { module, node, api: 'import', certainty: 'exact' },
        one.trim().split(/\s/, 1)[0] ?? '',
        stored,
      );
  }
}

const importLine =
  /(?:^[ \t]*(?:import|from)[ \t]+|\b(?:__import__|import_module|run_module)\([ \t]*['"])([\w.]+(?:[ \t]*,[ \t]*[\w.]+){0,20})/gm;

function placeOf(run: PythonRun, call: PyCall, path: string): string {
  return flowNode(
    run,
    call.module,
    call.node,
    `stored ${path}`,
    `kept in the file ${path.replaceAll(unknownPart, '…').slice(0, 80)}`,
  );
}

// The program itself, or the file that another program is given to run.
function startedBy(
  call: PyCall,
  command: PyValue,
  words: readonly PyValue[] | undefined,
): { readonly word: PyValue; readonly language?: Language; readonly isModule?: true } | undefined {
  const byType = call.api === 'os.startfile';
  const [line] = words === undefined ? command.texts : [];
  const texts = line === undefined ? (words ?? [command]).map(wordText) : lineWords(line);
  const found = startedWord(byType ? ['start', ...texts] : texts);
  if (found === undefined) return undefined;
  const { language, isModule } = found;
  const given = line === undefined ? (words ?? [command])[found.at - (byType ? 1 : 0)] : command;
  const isWhole = line === undefined && given !== undefined && wordText(given) === found.text;
  const word = isWhole
    ? given
    : {
        ...(given ?? command),
        items: undefined,
        qual: undefined,
        texts: found.text === unknownPart ? [] : [found.text],
        otherTexts: [],
      };
  return { word, ...(language !== undefined && { language }), ...(isModule && { isModule }) };
}

function noteStarted(
  run: PythonRun,
  call: PyNoting,
  program: string,
  language: Language | undefined,
): void {
  run.starts.push({
    by: call.module.source.path,
    program,
    ...(language !== undefined && { language }),
    call: `${call.module.source.path} starts ${program}@${call.node.from}`,
    span: spanOfPy(call.module, call.node),
    context: call.module.source.context,
    arguments: [],
    stdin: [],
    env: [],
  });
}
