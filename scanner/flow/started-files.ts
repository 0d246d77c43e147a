/**
 * Files that are programs because another program starts, sources or loads them, whatever their
 * names are. They are read in that language, too.
 */
import { posix } from 'node:path';
import { extensionOf, isSameFamily, shebang } from '../fact/language.ts';
import { programIn } from '../fact/program-look.ts';
import { type Language, lexicalLanguages, type TaintSource } from '../fact/source.ts';
import type { FrontEndResult } from '../frontends/frontend.ts';
import type { FlowStart } from './graph.ts';

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
      unanalysed: lexicalLanguages.has(language)
        ? [{ span: { path, start: 0, end: Math.min(1, text.length) }, reason }]
        : [],
    };
  }
}

/** Programs to read, and files that cannot be read as programs. */
export type Read = Pick<FrontEndResult, 'embedded' | 'unanalysed'>;

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
export function filesNamed(
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
