/**
 * Files that are a program because another one starts, sources or loads them, whatever their names
 * say: they are read in that language too.
 */
import { posix } from 'node:path';
import { extensionOf, isSameFamily, shebang } from '../fact/language.ts';
import type { Language, TaintSource } from '../fact/source.ts';
import { lexicalLanguages } from '../models/file-types.ts';
import type { FrontEndResult } from '../rounds/frontend.ts';
import { programIn } from '../rounds/program-look.ts';
import type { FlowStart } from './graph.ts';

/**
 * The files of a skill as the program that each of them is started as; each once in each language.
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

  /** What new starts make of files that were read as something else. */
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
   * Texts that may be started by their own names, as they have no extension or may be executed, and
   * look like programs.
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

  // A system that finds no `#!` line hands the file to a shell. Lists of files in a block look as
  // if each was started by its name.
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

/** Programs to be read, and files that are none that can be. */
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
  return lexicalLanguages.has(language) || /^(typescript|javascript|python|shell)$/.test(language);
}

/**
 * The files that a path may mean, as code computes it: below the skill's folder or the working
 * directory, and where the folder is not known each of that name.
 */
export function filesNamed(
  program: string,
  files: { has(path: string): boolean },
  names: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const known = program.slice(program.lastIndexOf('\0') + 1).replace(/^\/skills\/@self\//, '');
  // What stands before a part that is not known is the folder of the skill, or nothing that we
  // could find.
  const plain = posix
    .normalize(program.includes('\0') ? known.replace(/^\/+/, '') : known)
    .replace(/^(\.\.\/)+/, '');
  if (files.has(plain)) return [plain];
  return (names.get(posix.basename(plain)) ?? []).filter(
    (path) => plain.endsWith(`/${path}`) || path.endsWith(`/${plain}`),
  );
}
