/**
 * Jupyter notebooks (nbformat 3 and 4): code cells in their languages, lines that IPython gives to
 * a shell, text cells, active outputs.
 */
import type { EmbeddedProgram, Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import type { Setting } from './setting.ts';

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

// Languages of notebook kernels and of IPython's magics (IPython documentation, "Built-in magic
// commands").

const kernelLanguages: Readonly<Record<string, Language>> = {
  python: 'python',
  r: 'r',
  julia: 'julia',
  bash: 'shell',
  javascript: 'javascript',
  typescript: 'typescript',
  ruby: 'ruby',
  go: 'go',
  rust: 'rust',
  'c#': 'csharp',
  powershell: 'powershell',
};

const cellMagics: Readonly<Record<string, Language>> = {
  bash: 'shell',
  sh: 'shell',
  script: 'shell',
  '!': 'shell',
  sx: 'shell',
  system: 'shell',
  cmd: 'batch',
  powershell: 'powershell',
  javascript: 'javascript',
  js: 'javascript',
  html: 'html',
  HTML: 'html',
  SVG: 'html',
  svg: 'html',
  markdown: 'markdown',
  perl: 'perl',
  ruby: 'ruby',
  R: 'r',
  python: 'python',
  python3: 'python',
};

/** Magics of one line that are commands of a shell. */
const lineMagics: ReadonlySet<string> = new Set([
  'pip',
  'conda',
  'mamba',
  'micromamba',
  'uv',
  'sx',
  'system',
  'rm',
  'mv',
  'cp',
  'cat',
  'mkdir',
]);

// Maps the characters of a setting's value to the file.

/**
 * Offsets of a value in the source: exact up to the first character that is written differently.
 * From then on exact for each line that the source has as well, as in a block of YAML, and fixed
 * elsewhere.
 */
export function settingMap(
  source: TaintSource,
  { value, from, to }: Setting,
  at = 0,
): { at: number; raw: number; fixed?: true }[] {
  const quote = /["']/.test(source.text[from] ?? '') ? 1 : 0;
  const start = from + quote;
  let same = 0;
  while (same < value.length && start + same < to && source.text[start + same] === value[same])
    same += 1;
  const plain = { at, raw: start };
  if (same === value.length) return [plain];
  const behind = Math.min(start + same, Math.max(from, to - 1));
  return [
    plain,
    { at: at + same, raw: behind, fixed: true },
    ...linesBehind(source.text.slice(0, to), value, same, behind).map((line) => ({
      ...line,
      at: at + line.at,
    })),
  ];
}

// Both texts are walked line by line and once.
function linesBehind(
  text: string,
  value: string,
  same: number,
  behind: number,
): { at: number; raw: number }[] {
  const found: { at: number; raw: number }[] = [];
  let raw = text.indexOf('\n', behind) + 1;
  let at = same === 0 ? 0 : value.indexOf('\n', same) + 1;
  if (raw === 0 || (at === 0 && same > 0)) return found;
  while (at < value.length && raw < text.length) {
    const valueEnd = endOfLine(value, at);
    const rawEnd = endOfLine(text, raw);
    const written = text.slice(raw, rawEnd).replace(/\r$/, '');
    const line = value.slice(at, valueEnd);
    if (!written.endsWith(line)) return found;
    found.push({ at, raw: raw + written.length - line.length });
    at = valueEnd + 1;
    raw = rawEnd + 1;
  }
  return found;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Several values joined. */
function joinSettings(
  source: TaintSource,
  settings: readonly Setting[],
): { readonly text: string; readonly map: OffsetMap } {
  const map: { at: number; raw: number; fixed?: true }[] = [];
  let text = '';
  for (const setting of settings) {
    if (setting.value === '') continue;
    map.push(...settingMap(source, setting, text.length));
    text += setting.value;
  }
  return { text, map };
}
