/** One row of the tables of calls in languages without a parser. */
import type { Trait } from '../../../fact/fact.ts';
import type { Language } from '../../../fact/source.ts';

/**
 * `code`: text is run as code. `program`: a program or command line is started. `fetch`: something
 * is downloaded. `send`: a request that carries data. `fetch-run`: a program that runs what its
 * address gives. `env`: group 1 is a variable's name, or all of them when it is missing. `decode`:
 * encoded data is decoded. `connect`: a bare connection to another machine. `listen`: a port that
 * others reach. `load`: machine code or a library is loaded. `read`: a file is read. A
 * trait: just that.
 */
export type LexicalMeaning =
  | 'code'
  | 'program'
  | 'fetch'
  | 'send'
  | 'connect'
  | 'listen'
  | 'fetch-run'
  | 'env'
  | 'decode'
  | 'load'
  | 'read'
  | { readonly trait: Trait };

export interface LexicalForm {
  readonly languages: readonly Language[];
  readonly means: LexicalMeaning;
  readonly api: string;
  readonly form: RegExp;
}

/** Rows for some languages. */
export function lexicalRows(
  languages: readonly Language[],
  ...forms: readonly (readonly [LexicalMeaning, string, RegExp])[]
): LexicalForm[] {
  return forms.map(([means, api, form]) => ({ languages, means, api, form }));
}
