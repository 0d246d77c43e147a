/**
 * Joins the programs of a skill into one flow graph, over files and languages. A file connects its
 * writers and its readers. A start connects arguments, input and variables with the started
 * program, and its output with the starter.
 */
import { posix } from 'node:path';
import type { FactContext, Span } from '../fact/fact.ts';
import { extensionOf, isSameFamily, shebang } from '../fact/language.ts';
import { programIn } from '../fact/program-look.ts';
import { type Language, lexicalLanguages, type TaintSource } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import { type FrontEndResult, notAnalysed } from '../programs/frontend.ts';
import type { FlowEdge, FlowGraph, FlowNode, FlowStart } from './graph.ts';

export interface Programs {
  /** Every file of the bundle. */
  readonly files: ReadonlySet<string>;
  /** Every analysed text. */
  readonly sources: readonly TaintSource[];
}

/** The graph with edges between programs. Spans must still be those of the sources themselves. */
export function linkPrograms(graph: FlowGraph, programs: Programs, steps: Steps): FlowGraph {
  const link: Link = { graph, ...programs, steps, nodes: [], edges: [], hubs: new Set() };
  linkFiles(link);
  linkStarts(link);
  return {
    ...graph,
    nodes: [...graph.nodes, ...link.nodes],
    edges: [...graph.edges, ...link.edges],
  };
}

interface Link extends Programs {
  readonly graph: FlowGraph;
  readonly steps: Steps;
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  readonly hubs: Set<string>;
}

function value(
  link: Link,
  from: string,
  to: string,
  about: { context?: FactContext; shared?: true } = {},
): void {
  link.steps.take();
  link.edges.push({ kind: 'value', from, to, ...about });
}

// Every file is one node, so the number of edges grows with writers plus readers, not with their
// product.
function linkFiles(link: Link): void {
  const reads = link.graph.sources.flatMap(({ node, source }) => {
    const key = source.what === 'file' ? fileKey(source.name) : undefined;
    return key === undefined ? [] : [{ node, key }];
  });
  const wanted = new Set(reads.map(({ key }) => key));
  for (const { node, sink, span, context } of link.graph.sinks) {
    if (sink.what !== 'file' || sink.capability?.kind !== 'mount' || context === 'comment')
      continue;
    const key = fileKey(sink.capability.path ?? '*');
    if (key === undefined) continue;
    const found = foldersOf(key).filter((folder) => wanted.has(folder));
    if (found.length === 0) continue;
    const written = `${node} writes ${key}`;
    if (!link.hubs.has(written)) {
      link.hubs.add(written);
      link.nodes.push({ id: written, span, note: `${sink.api} writes it to ${key}` });
      value(link, node, written);
    }
    for (const folder of found) value(link, written, `file ${folder}`, { context, shared: true });
  }
  for (const { node, key } of reads) value(link, `file ${key}`, node);
}

/**
 * One spelling for a path: for a user of the skill, its folder and the working directory are the
 * same.
 */
function fileKey(path: string): string | undefined {
  const own = path
    .replace(/^\/skills\/@self\//, '')
    .replace(/^\$?\{?(HOME|TMPDIR)\}?\//, (_, name) => (name === 'HOME' ? '~/' : '/tmp/'));
  const normal = posix.normalize(own).replace(/\/$/, '');
  // A partly known name matches only the same known part, and only when that part is specific.
  const known = normal.includes('*') ? normal.slice(0, normal.indexOf('*')) : normal;
  return /^(|\.|\/|~|\/(tmp|var\/tmp|home|root|etc|dev)|\/dev\/.*)\/?$/.test(known)
    ? undefined
    : normal;
}

// Reading a folder also reads the files in it.
function foldersOf(key: string): string[] {
  const folders = [key];
  for (
    let at = key.lastIndexOf('/');
    at > 0 && folders.length < 20;
    at = key.lastIndexOf('/', at - 1)
  )
    folders.push(key.slice(0, at));
  return folders;
}

function linkStarts(link: Link): void {
  const { exports = [] } = link.graph;
  const starts = [...(link.graph.starts ?? []), ...startsOfLines(link)];
  const exported = Map.groupBy(exports, (exported) => exported.by);
  const resolve = resolver(link);
  const used = new Set<string>();
  for (const start of starts) {
    if (start.context === 'comment') continue;
    for (const program of resolve(start)) {
      used.add(program);
      const shown = program.replace(/^.*#(\w+)@\d+(\.\d+)?$/s, 'the $1 in it');
      const hand = (from: readonly string[], channel: string, how: string): void => {
        if (from.length === 0) return;
        const handed = `${start.call} ${program} ${channel}`;
        link.nodes.push({ id: handed, span: start.span, note: `handed to ${shown} ${how}` });
        for (const node of from) value(link, node, handed, { context: start.context });
        link.steps.take();
        link.edges.push({
          kind: 'argument',
          from: handed,
          to: `${program} ${channel}`,
          call: start.call,
        });
      };
      hand(start.arguments, 'argument', 'as an argument');
      hand(start.stdin, 'stdin', 'on its input');
      for (const { name, node } of [...start.env, ...(exported.get(start.by) ?? [])])
        hand([node], `env ${name}`, `in ${name}`);
      if (start.output === undefined) continue;
      link.steps.take();
      link.edges.push({
        kind: 'result',
        from: `${program} prints`,
        to: start.output,
        call: start.call,
      });
    }
  }
  linkEnds(link, used);
}

// A call that runs a command line contains that line as a shell program. The call's arguments fill
// the unknown parts of the line, and the line's output is the call's result.
function startsOfLines({ graph, sources }: Link): FlowStart[] {
  const lines = sources.flatMap((source) => {
    const [, by, raw] = /^(.*)#shell@(\d+)(?:\.\d+)?$/s.exec(source.path) ?? [];
    return by === undefined
      ? []
      : [{ by, raw: Number(raw), program: source.path, context: source.context }];
  });
  if (lines.length === 0) return [];
  const calls = new Map<string, { span: Span; arguments: string[]; output?: string }>();
  const callAt = (span: Span): { span: Span; arguments: string[]; output?: string } => {
    const key = `${span.path}\n${span.start}\n${span.end}`;
    const known = calls.get(key) ?? { span, arguments: [] };
    calls.set(key, known);
    return known;
  };
  for (const { node, sink, span } of graph.sinks)
    if (sink.what === 'exec') callAt(span).arguments.push(node);
  const spans = new Map(graph.nodes.map((node) => [node.id, node.span]));
  for (const { node, source } of graph.sources) {
    const span = source.what === 'command' ? spans.get(node) : undefined;
    if (span !== undefined) callAt(span).output = node;
  }
  const byPath = Map.groupBy(calls.values(), (call) => call.span.path);
  for (const list of byPath.values()) list.sort((a, b) => a.span.start - b.span.start);
  return lines.flatMap(({ by, raw, program, context }): FlowStart[] => {
    const call = innermost(byPath.get(by) ?? [], raw);
    if (call === undefined) return [];
    return [{ ...call, by, program, call: `${program} started`, context, stdin: [], env: [] }];
  });
}

// The smallest call around an offset; calls are sorted by their start.
function innermost<Call extends { readonly span: Span }>(
  calls: readonly Call[],
  offset: number,
): Call | undefined {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.span.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at >= Math.max(0, low - callsAroundMax); at--)
    if ((calls[at]?.span.end ?? 0) > offset) return calls[at];
  return undefined;
}

const callsAroundMax = 50;

// The inputs and outputs of a started program.
function linkEnds(link: Link, used: ReadonlySet<string>): void {
  const { sources, sinks, entries = [], exits = [], nodes } = link.graph;
  const spans = new Map(nodes.map((node) => [node.id, node.span]));
  for (const { node, source } of sources) {
    const program = spans.get(node)?.path;
    if (program === undefined || !used.has(program)) continue;
    if (source.what === 'env') value(link, `${program} env ${source.name}`, node);
    if (source.what === 'input')
      value(link, `${program} ${isStdin(source.name) ? 'stdin' : 'argument'}`, node);
    if (source.what === 'file' && stdinPath.test(source.name))
      value(link, `${program} stdin`, node);
  }
  for (const { program, channel, node } of entries)
    if (used.has(program)) value(link, `${program} ${channel}`, node);
  for (const { node, sink, span } of sinks)
    if (sink.what === 'output' && used.has(span.path)) value(link, node, `${span.path} prints`);
  for (const { program, node } of exits)
    if (used.has(program)) value(link, node, `${program} prints`);
}

// A program's own input by its path, or by its descriptor.
const stdinPath = /^(\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0|0)$/;

function isStdin(name: string): boolean {
  return /stdin|^input$|readline|fileinput|\bread\b/i.test(name);
}

/**
 * The programs that a start means: one embedded in the starter (several with the same place), or a
 * file of the skill.
 */
function resolver({ files, sources }: Programs): (start: FlowStart) => readonly string[] {
  const inner = sources.filter((source) => source.depth > 0).map((source) => source.path);
  const embedded = Map.groupBy(inner, (path) => path.replace(/\.\d+$/, ''));
  // A start by full name means exactly that program.
  const exact = new Set(inner.filter((path) => /\.\d+$/.test(path)));
  const names = Map.groupBy(files, (path) => posix.basename(path));
  return ({ program, by, language = 'shell' }) => {
    if (program.includes('#') && program.startsWith(by))
      return exact.has(program) ? [program] : (embedded.get(program) ?? []);
    const [file] = filesNamed(program, files, names);
    if (file === undefined) return [];
    // A file whose name is not a program's was also read as that program.
    return [file, ...(embedded.get(`${file}#${language}@0`) ?? [])];
  };
}

/** Whether a flow passes more than one file of the skill. */
export function passesFiles(steps: readonly { readonly span: Span }[]): boolean {
  return steps.some((step) => step.span.path !== steps[0]?.span.path);
}

// Files that are programs because another program starts, sources or loads them, whatever their
// names are. They are read in that language, too.

/**
 * The files of a skill in each language in which a program starts them; each once in each language.
 */
export class StartedFiles {
  readonly #texts: ReadonlyMap<string, TaintSource>;
  readonly #names: ReadonlyMap<string, readonly string[]>;
  readonly #executable: ReadonlySet<string>;
  readonly #done = new Set<string>();

  constructor(
    texts: ReadonlyMap<string, TaintSource>,
    executable: ReadonlySet<string> = new Set(),
  ) {
    this.#executable = executable;
    this.#texts = texts;
    this.#names = Map.groupBy(texts.keys(), (path) => posix.basename(path));
  }

  /** Reads the files of new starts that were read in another language before. */
  readAs(starts: readonly FlowStart[]): Read {
    return joined(
      starts.flatMap(({ program, language, context }) => {
        if (
          context === 'comment' ||
          program.includes('#') ||
          !this.#isNew(`start ${language} ${program}`)
        )
          return [];
        return filesNamed(program, this.#texts, this.#names).map((path) => {
          const source = this.#isNew(`file ${language} ${path}`)
            ? this.#texts.get(path)
            : undefined;
          return source === undefined
            ? nothingRead
            : this.#read(source, language ?? this.#ownLanguage(source));
        });
      }),
    );
  }

  #isNew(key: string): boolean {
    const isNew = !this.#done.has(key);
    this.#done.add(key);
    return isNew;
  }

  /**
   * Reads texts that may be started by name, because they have no extension or are executable, and
   * that look like programs.
   */
  readByLook(): Read {
    const alike = [...this.#texts.values()].filter(
      ({ path, language }) =>
        language === 'text' &&
        !proseName.test(path) &&
        (this.#executable.has(path) || extensionOf(path) === ''),
    );
    return joined(alike.map((source) => this.#read(source, programIn(source.text))));
  }

  // Without a `#!` line, systems give the file to a shell. A list of files in a block looks as if
  // each file was started by its name.
  #ownLanguage({ path, text, language }: TaintSource): Language | undefined {
    const first = shebang(text);
    if (first !== undefined || isStartable(language)) return first;
    const isMeant =
      extensionOf(path) === '' || this.#executable.has(path) || programIn(text) !== undefined;
    return isMeant ? 'shell' : undefined;
  }

  #read(
    { path, text, context, language: known }: TaintSource,
    language: Language | undefined,
  ): Read {
    if (language === undefined || isSameFamily(language, known) || text.trim() === '')
      return nothingRead;
    if (!this.#isNew(`read ${language} ${path}`)) return nothingRead;
    const reason = `started as a program in a language that is not analysed (${language})`;
    return {
      embedded: [{ within: path, language, text, context, map: [{ at: 0, raw: 0 }] }],
      unanalysed: lexicalLanguages.has(language) ? [notAnalysed({ path, text }, reason)] : [],
    };
  }
}

/** Programs to read, and files that cannot be read as programs. */
type Read = Pick<FrontEndResult, 'embedded' | 'unanalysed'>;

export const nothingRead: Read = { embedded: [], unanalysed: [] };

// They tell people what to type.
const proseName =
  /(^|\/)(readme|install|usage|changelog|changes|news|license|licence|copying|notice|authors|contributing|todo|\.[\w-]+)$/i;

function joined(all: readonly Read[]): Read {
  return {
    embedded: all.flatMap((read) => read.embedded),
    unanalysed: all.flatMap((read) => read.unanalysed),
  };
}

function isStartable(language: Language): boolean {
  return (
    lexicalLanguages.has(language) ||
    /^(typescript|javascript|python|shell|powershell|batch)$/.test(language)
  );
}

/**
 * The files that a computed path may mean: below the skill's folder or the working directory. When
 * the folder is unknown, each file with that name.
 */
function filesNamed(
  program: string,
  files: { has(path: string): boolean },
  names: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const known = program.slice(program.lastIndexOf('\0') + 1).replace(/^\/skills\/@self\//, '');
  // The text before an unknown part is the skill's folder, or nothing that we could find.
  const plain = posix
    .normalize(program.includes('\0') ? known.replace(/^\/+/, '') : known)
    .replace(/^(\.\.\/)+/, '');
  if (files.has(plain)) return [plain];
  return (names.get(posix.basename(plain)) ?? []).filter(
    (path) => plain.endsWith(`/${path}`) || path.endsWith(`/${plain}`),
  );
}
