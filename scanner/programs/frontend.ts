/**
 * A front end: sources of its languages in, facts out. It does no I/O, has no state, and throws
 * only because of bugs.
 */

import { posix } from 'node:path';
import type { Fact, Span } from '../fact/fact.ts';
import { extensionOf, languageOf, shebang } from '../fact/language.ts';
import { programIn } from '../fact/program-look.ts';
import { keep, present } from '../fact/remembered.ts';
import {
  type EmbeddedProgram,
  type Language,
  lexicalLanguages,
  type TaintSource,
} from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import type { FlowGraph, FlowStart } from '../flow/graph.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownLetter, unknownPart } from '../lookup-tables/egress-of.ts';
import { languageOfExtension } from '../lookup-tables/file-types.ts';

/** All that a result may depend on besides the sources: `FactMemo` remembers what is asked. */
export interface FrontEndContext {
  /** Paths of all files of the bundle, to distinguish the skill's own scripts from programs. */
  readonly files: Pick<ReadonlySet<string>, 'has'>;
  /** Whether the files are a package: its own folders are never folders of modules. */
  readonly isPackage?: boolean;
  /** The text files by path, for programs that include another file. */
  readonly texts?: Pick<ReadonlyMap<string, TaintSource>, 'get' | 'values'>;
  /** Count work with `steps.take(n)`: it throws when no steps are left. */
  readonly steps: Steps;
}

export interface FrontEndResult {
  readonly facts: readonly Fact[];
  /** Embedded programs. The front end of their language analyses them in the next round. */
  readonly embedded: readonly EmbeddedProgram[];
  /** Texts that code writes to files: programs when something starts them. */
  readonly written?: readonly WrittenText[];
  /** Files that code renames or copies. */
  readonly moved?: readonly MovedFile[];
  /** The flow of values, joined with the graphs of the other front ends. */
  readonly graph?: FlowGraph;
  /** Parts that could not be parsed: the file counts as unanalysed. */
  readonly unanalysed: readonly { readonly span: Span; readonly reason: string }[];
}

/**
 * Gets all sources of its languages in one round, since code of one file calls code of another.
 */
export interface Analyse {
  (sources: readonly TaintSource[], context: FrontEndContext): FrontEndResult;
  /** Reads one source, where a front end reads each alone. */
  readonly each?: AnalyseOne;
}

type AnalyseOne = (source: TaintSource, context: FrontEndContext) => FrontEndResult;

export interface FrontEnd {
  readonly name: string;
  readonly languages: readonly Language[];
  /** Loads the parser. It is called only for skills with a source in this language. */
  readonly load: () => Promise<Analyse>;
}

/**
 * A front end that reads one source at a time. An error in one source does not affect the others.
 */
export function perSource(each: AnalyseOne): Analyse {
  const all: Analyse = (sources, context) =>
    joinResults(sources.map((source) => each(source, context)));
  return Object.assign(all, { each });
}

/** That a whole source was not analysed, for `FrontEndResult.unanalysed`. */
export function notAnalysed(
  { path, text }: Pick<TaintSource, 'path' | 'text'>,
  reason: string,
  at = 0,
): FrontEndResult['unanalysed'][number] {
  const start = Math.min(at, text.length);
  return { span: { path, start, end: Math.min(start + 1, text.length) }, reason };
}

/** Several results as one. */
export function joinResults(results: readonly FrontEndResult[]): FrontEndResult {
  const graphs = results.flatMap((result) => present(result.graph));
  return {
    facts: results.flatMap((result) => result.facts),
    embedded: results.flatMap((result) => result.embedded),
    written: results.flatMap((result) => result.written ?? []),
    moved: results.flatMap((result) => result.moved ?? []),
    unanalysed: results.flatMap((result) => result.unanalysed),
    ...(graphs.length > 0 && {
      graph: {
        nodes: graphs.flatMap((graph) => graph.nodes),
        edges: graphs.flatMap((graph) => graph.edges),
        sources: graphs.flatMap((graph) => graph.sources),
        sinks: graphs.flatMap((graph) => graph.sinks),
        starts: graphs.flatMap((graph) => graph.starts ?? []),
        exports: graphs.flatMap((graph) => graph.exports ?? []),
        entries: graphs.flatMap((graph) => graph.entries ?? []),
        exits: graphs.flatMap((graph) => graph.exits ?? []),
      },
    }),
  };
}

// Programs that a skill writes to a file. A program that is started is read in the language that
// starts it, whatever the file's name is. Tools find their own files by name, and start what stands
// in them: workflows, makefiles, settings.

/** A text that code writes to a file. */
export interface WrittenText extends Omit<EmbeddedProgram, 'language' | 'decoded'> {
  /** The computed path; `unknownPart` stands for unknown parts. */
  readonly path: string;
  /**
   * The offset where the file was opened. Texts with the same opening follow one another, as in
   * `f.write(a); f.write(b)`.
   */
  readonly opening: number;
  /** Appended to the file. */
  readonly append?: true;
  /** One of several texts that may be written here: it makes a file of its own. */
  readonly instead?: true;
}

/** A file that is renamed or copied. */
export interface MovedFile {
  readonly from: string;
  readonly to: string;
}

type StartedAs = Pick<FlowStart, 'program' | 'language'>;

/** The program, without its place in the skill. */
interface WrittenFile extends Omit<EmbeddedProgram, 'language'> {
  readonly path: string;
}

/**
 * The written texts and the starts of all rounds: often one program writes a file and another
 * starts it.
 */
export class WrittenPrograms {
  readonly #written: WrittenText[] = [];
  readonly #moved: MovedFile[] = [];
  readonly #starts = new Map<string, StartedAs>();
  readonly #done = new Set<string>();
  #files: readonly WrittenFile[] = [];
  #byEnd = new Map<string, WrittenFile[]>();
  #byTail = new Map<string, WrittenFile[]>();

  /** Combines new texts and new starts. */
  readAs(
    {
      written = [],
      moved = [],
    }: { readonly written?: readonly WrittenText[]; readonly moved?: readonly MovedFile[] },
    starts: readonly FlowStart[],
    steps: Steps,
  ): readonly EmbeddedProgram[] {
    this.#written.push(...written);
    this.#moved.push(...moved);
    for (const start of starts)
      if (start.context !== 'comment' && !start.program.includes('#'))
        this.#starts.set(`${start.language} ${start.program}`, start);
    if (this.#written.length === 0) return [];
    if (written.length > 0 || moved.length > 0) this.#join(steps);
    steps.take(this.#starts.size);
    const started = [...this.#starts.values()].flatMap((start) => {
      const tail = tailOf(start.program);
      const found = [
        ...(this.#byEnd.get(tail) ?? []),
        ...endsOf(tail).flatMap((end) => this.#byTail.get(end) ?? []),
      ];
      steps.take(1 + found.length);
      return found.flatMap((file) => {
        const language = start.language ?? ownLanguage(file.path, file.text);
        return language === undefined || language === 'other' ? [] : this.#read(file, language);
      });
    });
    const ofTools = this.#files.flatMap((file) => {
      const language = languageOf(file.path, '');
      if (toolLanguages.has(language))
        return this.#read(file, language, { becomes: tailOf(file.path) });
      // Whoever writes such a line means the file to be started: later, by a hook, or by hand.
      const program = shebang(file.text);
      if (program === undefined || program === 'other') return [];
      return this.#read(file, program, file.text.includes(unknownPart) ? { draft: true } : {});
    });
    return [...started, ...ofTools];
  }

  #join(steps: Steps): void {
    for (const { text } of this.#written) steps.take(1 + (text.length >> 6));
    const files = new Map<string, WrittenFile>();
    for (const file of withMoved(filesOf(this.#written, steps), this.#moved, steps))
      keep(files, keyOf(file), () => file);
    this.#files = [...files.values()];
    this.#byEnd = new Map();
    this.#byTail = new Map();
    for (const file of this.#files) {
      const tail = tailOf(file.path);
      keep(this.#byTail, tail, () => []).push(file);
      for (const end of endsOf(tail)) keep(this.#byEnd, end, () => []).push(file);
    }
  }

  #read(
    written: WrittenFile,
    language: Language,
    more: Pick<EmbeddedProgram, 'becomes' | 'draft'> = {},
  ): readonly EmbeddedProgram[] {
    const { path: _, ...file } = written;
    const key = `${language} ${keyOf(written)}`;
    // A draft that something starts after all is read again, and has to be readable then.
    const keyOfDraft = `draft ${key}`;
    if (this.#done.has(key) || (more.draft && this.#done.has(keyOfDraft))) return [];
    this.#done.add(more.draft ? keyOfDraft : key);
    // Only the shell reader knows unknown parts. For other languages a letter of the same length
    // replaces them, so that offsets stay.
    return [
      {
        ...file,
        language,
        ...more,
        text: language === 'shell' ? file.text : file.text.replaceAll(unknownPart, unknownLetter),
      },
    ];
  }
}

const toolLanguages: ReadonlySet<Language> = new Set([
  'yaml',
  'json',
  'toml',
  'ini',
  'makefile',
  'dockerfile',
]);

// Each opening starts the file again, and appended text may follow any of them, because functions
// may run in another order.
function filesOf(written: readonly WrittenText[], steps: Steps): readonly WrittenFile[] {
  const files = written.filter(({ instead }) => instead).map(fileOf);
  const parts = written.filter(({ instead }) => !instead);
  for (const texts of Map.groupBy(parts, ({ within, path }) => `${within}\n${path}`).values()) {
    const appended = texts.filter(({ append }) => append);
    const openings = [
      ...Map.groupBy(texts, ({ append, opening }) => (append ? undefined : opening)).entries(),
    ];
    const begun = openings.flatMap(([opening, own]) => (opening === undefined ? [] : [own]));
    for (const own of begun.length === 0 ? [[]] : begun)
      files.push(...joined([...own, ...appended], steps));
  }
  return files;
}

// Each file under all its names. A cycle of renames ends, because each name is taken once.
function withMoved(
  files: readonly WrittenFile[],
  moved: readonly MovedFile[],
  steps: Steps,
): readonly WrittenFile[] {
  if (moved.length === 0) return files;
  const byOld = Map.groupBy(moved, ({ from }) => tailOf(from));
  return files.flatMap((file) => {
    const names = [file.path];
    for (let at = 0; at < names.length && names.length < namesMax; at++) {
      for (const { to } of byOld.get(tailOf(names[at] ?? '')) ?? [])
        if (!names.includes(to)) names.push(to);
    }
    steps.take(names.length);
    return names.map((path) => ({ ...file, path }));
  });
}

/** Names that one file is followed under. */
const namesMax = 16;

function joined(texts: readonly WrittenText[], steps: Steps): readonly WrittenFile[] {
  const [first] = texts;
  if (first === undefined || texts.length === 1) return texts.map(fileOf);
  steps.takeText(texts.reduce((sum, { text }) => sum + text.length, 0));
  let length = 0;
  const map = texts.flatMap(({ text, map }) => {
    const moved = map.map((piece) => ({ ...piece, at: piece.at + length }));
    length += text.length;
    return moved;
  });
  return [{ ...fileOf(first), text: texts.map(({ text }) => text).join(''), map }];
}

function keyOf({ path, within, text }: WrittenFile): string {
  return `${within} ${path} ${text}`;
}

function fileOf({ path, within, text, context, map }: WrittenText): WrittenFile {
  return { path, within, text, context, map };
}

// The known end of a path: the place of the skill, a temporary folder or the working directory is
// unknown.
function tailOf(path: string): string {
  const known = path.slice(path.lastIndexOf(unknownPart) + 1).replace(/^\/skills\/@self\//, '');
  return posix.normalize(known).replace(/^(\.{0,2}\/)+/, '');
}

// `a/b/c`, `b/c`, `c`.
function endsOf(tail: string): string[] {
  const names = tail.split('/').slice(-pathNamesMax);
  return /^\.?$/.test(tail) ? [] : names.map((_, at) => names.slice(at).join('/'));
}

/** Longer paths are compared by this number of names at their end. */
const pathNamesMax = 20;

function ownLanguage(path: string, text: string): Language | undefined {
  const byName = own(languageOfExtension, extensionOf(path));
  const isProgram =
    byName !== undefined &&
    (lexicalLanguages.has(byName) ||
      /^(typescript|javascript|python|shell|powershell|batch)$/.test(byName));
  return (
    shebang(text) ??
    (isProgram ? byName : undefined) ??
    programIn(text) ??
    (extensionOf(path) === '' ? 'shell' : undefined)
  );
}
