/**
 * Jupyter notebooks (nbformat 3 and 4): code cells in their languages, lines that IPython gives to
 * a shell, text cells, active outputs.
 */

import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import type { Setting } from './setting.ts';
import { joinSettings } from './setting-map.ts';
import { cellMagics, kernelLanguages, lineMagics } from './tables/notebook.ts';

/** The programs in the cells of a notebook. */
export function notebookPrograms(
  source: TaintSource,
  settings: readonly Setting[],
): EmbeddedProgram[] {
  const cells = Map.groupBy(
    settings.filter(({ path }) => path.includes('cells')),
    ({ path }) => path.slice(0, path.indexOf('cells') + 2).join('/'),
  );
  const kernel = kernelOf(settings);
  return [...cells.values()].flatMap((cell) => cellPrograms(source, cell, kernel));
}

function kernelOf(settings: readonly Setting[]): Language {
  const name =
    settings.find(({ path }) =>
      /^metadata\/(kernelspec\/language|language_info\/name)$/.test(path.join('/')),
    )?.value ?? '';
  return Object.hasOwn(kernelLanguages, name.toLowerCase())
    ? (kernelLanguages[name.toLowerCase()] ?? 'python')
    : 'python';
}

function cellPrograms(
  source: TaintSource,
  cell: readonly Setting[],
  kernel: Language,
): EmbeddedProgram[] {
  const depth = (cell[0]?.path.indexOf('cells') ?? 0) + 2;
  const at = (...keys: readonly string[]): Setting[] =>
    cell.filter(({ path }) => keys.includes(String(path[depth])));
  const isCode = at('cell_type').some(({ value }) => value === 'code');
  const written = at('source', 'input');
  const program = (language: Language, { text, map }: Pieces): EmbeddedProgram => ({
    within: source.path,
    language,
    text,
    context: source.context,
    map,
  });
  const outputs = at('outputs').filter(
    ({ path }) => path.includes('text/html') || path.includes('application/javascript'),
  );
  return [
    ...(isCode
      ? codePrograms(source, written, kernel)
      : [{ language: 'markdown' as const, pieces: joinSettings(source, written) }]
    ).map(({ language, pieces }) => program(language, pieces)),
    ...outputs.map((setting) =>
      program(
        setting.path.includes('text/html') ? 'html' : 'javascript',
        joinSettings(source, [setting]),
      ),
    ),
  ].filter(({ text }) => text.trim() !== '');
}

interface CellCode {
  readonly language: Language;
  readonly pieces: Pieces;
}

// IPython, "Built-in magic commands": `%%bash` gives the whole cell to another program, `!` and
// some `%` give one line to a shell.
function codePrograms(
  source: TaintSource,
  written: readonly Setting[],
  kernel: Language,
): CellCode[] {
  const { text, map } = joinSettings(source, written);
  const magic = /^\s*%%(\w+)[^\n]*(?:\n|$)/.exec(text);
  const rawAt = (offset: number): number => {
    const piece = map.findLast((piece) => piece.at <= offset);
    return piece === undefined ? 0 : piece.raw + (piece.fixed === true ? 0 : offset - piece.at);
  };
  const language =
    magic === null
      ? undefined
      : Object.hasOwn(cellMagics, magic[1] ?? '')
        ? cellMagics[magic[1] ?? '']
        : undefined;
  if (magic !== null && language !== undefined) {
    const start = magic[0].length;
    const rest = map
      .filter((piece) => piece.at > start)
      .map((piece) => ({ ...piece, at: piece.at - start }));
    return [
      {
        language,
        pieces: { text: text.slice(start), map: [{ at: 0, raw: rawAt(start) }, ...rest] },
      },
    ];
  }
  if (kernel !== 'python') return [{ language: kernel, pieces: { text, map } }];
  const code: { text: string; raw: number }[] = [];
  const commands: { text: string; raw: number }[] = [];
  let at = 0;
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    const newLine = index < lines.length - 1 ? '\n' : '';
    const [all = '', indent = '', assigned = ''] =
      /^(\s*)([\w, ]{1,80}=\s*)?(?:!!?|%)/.exec(line) ?? [];
    const name = line.slice(all.length).split(/\s/)[0] ?? '';
    const isShell = all.endsWith('!') || (all.endsWith('%') && lineMagics.has(name));
    const isMagic = isShell || all.endsWith('%');
    if (isShell)
      commands.push({
        text: `${line.slice(all.length).replace(/^(?:sx|system)\s+/, '')}\n`,
        raw: rawAt(at + all.length),
      });
    code.push({
      text:
        isMagic && at + all.length > at
          ? `${indent}${assigned === '' ? 'pass' : `${assigned}None`}${newLine}`
          : `${line}${newLine}`,
      raw: rawAt(at),
    });
    at += line.length + 1;
  }
  return [
    { language: 'python', pieces: joinPieces(code) },
    ...(commands.length > 0 ? [{ language: 'shell' as const, pieces: joinPieces(commands) }] : []),
  ];
}
