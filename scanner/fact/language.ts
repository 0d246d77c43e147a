/** The language of a text: by its name, by its `#!` line, or by its content. */

import { own } from '../lookup-tables/api.ts';
import {
  languageOfExtension,
  languageOfInterpreter,
  languageOfName,
} from '../lookup-tables/file-types.ts';
import type { FactContext } from './fact.ts';
import type { Language } from './source.ts';

/** Lower case, without the dot. Empty for a name without a dot, or with only a leading dot. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/**
 * By the extension when it belongs to an analysed programming language. Otherwise by the `#!` line,
 * which outweighs extensions of text and data. Otherwise `text`.
 */
export function languageOf(path: string, text: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const byExtension = own(languageOfExtension, extensionOf(path));
  // `procfile.py` is Python, `Procfile` and `Procfile.dev` are not.
  const byName =
    byExtension !== undefined && isProgram(byExtension)
      ? byExtension
      : (own(languageOfName, name.replace(/(?<=.)\..*$/, '')) ?? byExtension);
  if (byName !== undefined && isProgram(byName)) return byName;
  return shebang(text) ?? byName ?? 'text';
}

/**
 * The language of a `#!` line; `other` for an unknown interpreter, undefined without such a line.
 */
export function shebang(text: string): Language | undefined {
  if (!text.startsWith('#!')) return undefined;
  const [, interpreter] =
    /^#![ \t]*(?:\S*\/)?(?:env[ \t]+(?:-\S+[ \t]+|\w+=\S*[ \t]+)*)?(?:\S*\/)?([a-z-]+)/.exec(
      text,
    ) ?? [];
  return interpreter === undefined
    ? undefined
    : (own(languageOfInterpreter, interpreter) ?? 'other');
}

/** Whether name and `#!` line of a program disagree: then its effect depends on who starts it. */
export function namesTwoLanguages(language: Language, text: string): boolean {
  const started = shebang(text);
  if (started === undefined || !isProgram(language)) return false;
  return !isSameFamily(started, language);
}

/** Whether one interpreter runs both languages. */
export function isSameFamily(a: Language, b: Language): boolean {
  const family = (language: Language): string =>
    language === 'typescript' ? 'javascript' : language;
  return family(a) === family(b);
}

function isProgram(language: Language): boolean {
  return (
    language === 'typescript' ||
    language === 'javascript' ||
    language === 'python' ||
    language === 'shell' ||
    language === 'powershell' ||
    language === 'batch'
  );
}

/** Test code lies in folders and under names that test tools look for. */
export function contextOf(path: string): FactContext {
  return /(^|\/)(_?tests?|__tests__|specs?)\/|(^|\/)test_[^/]*\.py$|[._](test|spec)\.[cm]?[jt]sx?$|_test\.py$/i.test(
    path,
  )
    ? 'test'
    : 'code';
}

/** Whether a file lies in a folder of tests, or of what tests compare with. */
export function isForTests(path: string): boolean {
  return contextOf(path) === 'test' || /(^|\/)fixtures?\//.test(path);
}
