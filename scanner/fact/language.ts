/** The language of a text: by its name, its `#!` line, or what it looks like. */

import { own } from '../models/api.ts';
import {
  languageOfExtension,
  languageOfInterpreter,
  languageOfName,
} from '../models/file-types.ts';
import type { FactContext } from './fact.ts';
import type { Language } from './source.ts';

/** Lower case, without the dot; empty for a name without one, or that begins with its only one. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

/**
 * By the extension, where it is one of an analysed program; else by the `#!` line, which wins over
 * the extensions of text and data; else `text`.
 */
export function languageOf(path: string, text: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const byName =
    own(languageOfName, name.replace(/(?<=.)\..*$/, '')) ??
    own(languageOfExtension, extensionOf(path));
  if (byName !== undefined && isProgram(byName)) return byName;
  return shebang(text) ?? byName ?? 'text';
}

/**
 * The language that a `#!` line names; `other` for an interpreter that is not known, undefined
 * without such a line.
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

/**
 * Whether the name and the `#!` line of a program say different things: then it depends on who
 * starts it what it does.
 */
export function namesTwoLanguages(language: Language, text: string): boolean {
  const started = shebang(text);
  if (started === undefined || !isProgram(language)) return false;
  return !isSameFamily(started, language);
}

/** Whether what reads the one reads the other. */
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
    language === 'shell'
  );
}

/** Code of tests lies in folders and under names that their tools look for. */
export function contextOf(path: string): FactContext {
  return /(^|\/)(tests?|__tests__|specs?)\/|(^|\/)test_[^/]*\.py$|[._](test|spec)\.[cm]?[jt]sx?$|_test\.py$/i.test(
    path,
  )
    ? 'test'
    : 'code';
}
