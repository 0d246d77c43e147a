/** All mutations of the run. */
import { posix } from 'node:path';
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import type { CodeLanguage } from './language-of-path.ts';
import { languageOfPath } from './language-of-path.ts';
import { isText, type Mutated, type Mutation, ofBytes, ofCode, textOf } from './mutation.ts';
import { movePython, renamePython, splitPython, wrapPython } from './python-code.ts';
import { moveShell, renameShell, splitShell, wrapShell } from './shell-code.ts';
import {
  moveTypeScript,
  renameTypeScript,
  splitTypeScript,
  wrapTypeScript,
} from './typescript-code.ts';

type Change = (code: string) => string | undefined;
const each =
  (table: Readonly<Record<CodeLanguage, Change>>) => (code: string, language: CodeLanguage) =>
    table[language](code);

const comment: Readonly<Record<CodeLanguage, string>> = {
  typescript: '// a note',
  python: '# a note',
  shell: '# a note',
};

/** skill.json and SKILL.md are read as UTF-8 only; in another encoding they are refused. */
const noManifest = /^(?!skill\.json$|SKILL\.md$)/;

export const mutations: readonly Mutation[] = [
  ofBytes('Windows line ends', (text) => Buffer.from(text.replace(/\r?\n/g, '\r\n'))),
  ofBytes('a byte order mark', (text) => Buffer.from(`\ufeff${text}`)),
  ofBytes(
    'UTF-16, little end first',
    (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    noManifest,
  ),
  ofBytes(
    'UTF-16, big end first',
    (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    noManifest,
  ),
  ofCode(
    'other names',
    each({ typescript: renameTypeScript, python: renamePython, shell: renameShell }),
  ),
  ofCode(
    'texts in two halves',
    each({ typescript: splitTypeScript, python: splitPython, shell: splitShell }),
  ),
  ofCode('tabs', (code) =>
    /^ {2}/m.test(code)
      ? code.replace(/^ +/gm, (blanks) => '\t'.repeat(Math.ceil(blanks.length / 2)))
      : undefined,
  ),
  ofCode('notes and empty lines in front', padded, 3),
  ofCode(
    'in a function or branch',
    each({ typescript: wrapTypeScript, python: wrapPython, shell: wrapShell }),
    1,
  ),
  { name: 'functions in another file', apply: movedFunctions },
  { name: 'all in another file', apply: movedWhole },
];

// Behind the lines that have to be the first: `#!`, `# coding:`, "use strict".
function padded(code: string, language: CodeLanguage, path: string): string | undefined {
  const head =
    /^(#![^\n]*\n)?([ \t]*#[^\n]*coding[^\n]*\n)?(["']use strict["'];?\n)?/.exec(code)?.[0] ?? '';
  return path === '' ? undefined : `${head}${comment[language]}\n\n\n${code.slice(head.length)}`;
}

const moves = { typescript: moveTypeScript, python: movePython, shell: moveShell } as const;

function movedFunctions(files: readonly SourceFile[]): Mutated | undefined {
  return movedBy(files, (code, language, name) => moves[language](code, name));
}

// The script becomes one that only imports, sources or starts it.
function movedWhole(files: readonly SourceFile[]): Mutated | undefined {
  return movedBy(files, (code, language, name, path) => {
    const starts: Readonly<Record<CodeLanguage, string>> = {
      typescript: passedOn(code, name, path),
      python: `from ${name} import *\n`,
      shell: `#!/bin/sh\n. "$(dirname "$0")/${name}"\n`,
    };
    return { kept: starts[language], moved: code };
  });
}

// An ES module hands on what it exports, a CommonJS one too.
function passedOn(code: string, name: string, path: string): string {
  if (/\bmodule\.exports\b|\bexports\.\w/.test(code))
    return `module.exports = require('./${name}');\n`;
  if (/\brequire\(/.test(code) && path.endsWith('js')) return `require('./${name}');\n`;
  const isDefault = /^export default\b/m.test(code);
  if (!/^export\b/m.test(code)) return `import './${name}';\n`;
  return `export * from './${name}';\n${isDefault ? `export { default } from './${name}';\n` : ''}`;
}

function movedBy(
  files: readonly SourceFile[],
  move: (
    code: string,
    language: CodeLanguage,
    name: string,
    path: string,
  ) => { readonly kept: string; readonly moved: string } | undefined,
): Mutated | undefined {
  const moved = new Map<string, string>();
  const next = files.flatMap((file) => {
    const language = isText(file) ? languageOfPath(file.path, textOf(file)) : undefined;
    if (language === undefined || language === 'markdown') return [file];
    const target = posix.join(
      posix.dirname(file.path),
      `zq_${posix.basename(file.path).replace(/\W(?=.*\.)/g, '_')}`,
    );
    const name = language === 'python' ? posix.basename(target, '.py') : posix.basename(target);
    const parts = move(textOf(file), language, name, file.path);
    if (parts === undefined) return [file];
    moved.set(file.path, target);
    return [
      { ...file, bytes: Buffer.from(parts.kept) },
      { ...file, path: target, bytes: Buffer.from(parts.moved) },
    ];
  });
  // A finding may stay where the function is called, or go with it.
  if (moved.size === 0) return undefined;
  return {
    files: next,
    isSame: (old, found) => found.path === old.path || found.path === moved.get(old.path),
  };
}
