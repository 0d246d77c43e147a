/** Which file of a skill an import names. */
import { posix } from 'node:path';
import { keep } from '../../fact/remembered.ts';
import { pythonKnowledge } from '../../knowledge/python.ts';
import { pythonOwnModules } from '../../lookup-tables/python-own-modules.ts';
import type { FrontEndContext } from '../../programs/frontend.ts';

/** Names of modules that Python or a known package has. */
const libraries: ReadonlySet<string> = new Set([
  ...pythonOwnModules,
  ...Object.keys(pythonKnowledge.rows).flatMap((api) =>
    api.includes('.') ? (api.split('.')[0] ?? []) : [],
  ),
]);

/** A module of the skill that has the name of a library. */
export interface Shadow {
  readonly path: string;
  readonly library: string;
  /** The folder that has to be on Python's path; undefined where it surely is. */
  readonly root: string | undefined;
}

/** The modules of a skill, as Python finds them by one way to start it. */
export class Modules {
  readonly #paths: ReadonlySet<string>;
  readonly #context: Pick<FrontEndContext, 'files' | 'isPackage'>;
  readonly #roots: ReadonlySet<string>;
  readonly #known = new Map<string, string>();

  /** `roots` are folders that Python looks through before those of the libraries. */
  constructor(
    paths: ReadonlySet<string>,
    context: Pick<FrontEndContext, 'files' | 'isPackage'>,
    roots: ReadonlySet<string>,
  ) {
    this.#paths = paths;
    this.#context = context;
    this.#roots = roots;
  }

  /** The path of the module of the skill that an import names; undefined for the library's. */
  own(written: string, from: string): string | undefined {
    return (
      keep(this.#known, `${from} ${written}`, () => this.#find(written, from) ?? '') || undefined
    );
  }

  #find(written: string, from: string): string | undefined {
    const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(written) ?? [];
    const way = rest.replaceAll('.', '/');
    const ends = way === '' ? ['__init__.py'] : [`${way}.py`, `${way}/__init__.py`];
    const folder = posix.dirname(from);
    if (dots !== '') return this.#first([above(folder, dots.length - 1)], ends);
    if (this.#context.isPackage) return this.#first(['.'], ends);
    if (!libraries.has(rest.split('.')[0] ?? '')) return this.#first(foldersUp(folder), ends);
    const shadow = this.shadow(written, from);
    if (shadow?.root !== undefined) return this.#roots.has(shadow.root) ? shadow.path : undefined;
    // A library's name is a module of the skill beside the importing file, where Python looks first
    // when the file itself starts. From all other places Python may load the library.
    return shadow === undefined ? undefined : this.#first([folder], ends);
  }

  /** The module of the skill that has the name of a library which an import names. */
  shadow(written: string, from: string): Shadow | undefined {
    const [library = ''] = written.split('.');
    if (this.#context.isPackage || !libraries.has(library)) return undefined;
    const name = written.replaceAll('.', '/');
    const ends = [`${name}.py`, `${name}/__init__.py`];
    const folder = posix.dirname(from);
    const inside = written.includes('.')
      ? [...this.#paths].find((one) => ends.some((end) => one.endsWith(`/${end}`)))
      : undefined;
    const path = this.#first([folder, '.'], ends) ?? inside;
    // A file that imports its own name wants the library.
    if (path === undefined || path === from) return undefined;
    const isPackage = this.#context.files.has(posix.join(folder, '__init__.py'));
    const end = ends.find((one) => path.endsWith(one)) ?? '';
    return { path, library, root: isPackage ? path.slice(0, -end.length) : undefined };
  }

  #first(folders: readonly string[], ends: readonly string[]): string | undefined {
    return folders
      .flatMap((folder) => ends.map((end) => posix.join(folder, end)))
      .find((path) => this.#paths.has(path));
  }
}

function above(folder: string, steps: number): string {
  return steps <= 0 ? folder : above(posix.dirname(folder), steps - 1);
}

function foldersUp(folder: string): readonly string[] {
  const up = posix.dirname(folder);
  return up === folder ? [folder] : [folder, ...foldersUp(up)];
}
