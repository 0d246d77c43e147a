/** The input of a front end: the text of a file, or of a program embedded in another text. */
import type { FactContext, Span } from './fact.ts';

/** Languages that have a front end of their own. */
const readLanguages = [
  'typescript',
  'javascript',
  'python',
  'shell',
  'powershell',
  'batch',
  'markdown',
  'text',
  'json',
  'yaml',
  'toml',
  'ini',
  'html',
  'dockerfile',
  'makefile',
  'ruby',
  'php',
] as const;

const wordLanguages = [
  'perl',
  'lua',
  'go',
  'rust',
  'swift',
  'c',
  'csharp',
  'java',
  'vbscript',
  'applescript',
  'r',
  'julia',
  'awk',
  'other',
] as const;

export const languages = [...readLanguages, ...wordLanguages] as const;
export type Language = (typeof languages)[number];

/** Languages that are read lexically: their facts count, and their files count as not analysed. */
export const lexicalLanguages: ReadonlySet<Language> = new Set(wordLanguages);

export interface TaintSource {
  /**
   * Bundle path. For an embedded program: its parent's path, `#`, the language, `@` and the offset:
   * `SKILL.md#shell@120`. A text that becomes a file has its path behind a slash. For an entry of
   * an archive or document: its path, `!/` and the entry's name: `a.zip!/run.sh`.
   */
  readonly path: string;
  /** The file of the bundle that contains it. */
  readonly file: string;
  readonly language: Language;
  /** Decoded, without a byte order mark; line ends as they are. */
  readonly text: string;
  readonly context: FactContext;
  /** 0 for a file, 1 for a program in it, … */
  readonly depth: number;
}

/**
 * Maps offsets of an embedded text to the text around it. Sorted by `at`. From each `at` on,
 * offsets advance together with `raw`, or stay at `raw` when `fixed` (decoded text without a
 * counterpart for each character).
 */
export type OffsetMap = readonly {
  readonly at: number;
  readonly raw: number;
  readonly fixed?: true;
}[];

/**
 * A program inside another text: a code block, `bash -c "…"`, a heredoc, a package.json script,
 * decoded base64. It is analysed in the next round.
 */
export interface EmbeddedProgram {
  /** `Source.path` of the text around it. */
  readonly within: string;
  readonly language: Language;
  readonly text: string;
  /** The context of facts inside; never more certain to run than the text around it. */
  readonly context: FactContext;
  readonly map: OffsetMap;
  /** The text stores it encoded, so it is searched for further encoded programs. */
  readonly decoded?: true;
  /** The file that the text becomes: tools know their files by their paths. */
  readonly becomes?: string;
  /** Parts of the text are not known, and nothing here starts it: a reader may fail on the text. */
  readonly draft?: true;
}

/** What the tags of a template become, under a name that no file has. */
export const templateProgram = '{{ }}.py';

/** What stands for such a name in a template. */
export const leadingName = 'a name that is put together or leads to Python';

/** Whether a fact is one of the tags of a template, which are given all that they need. */
export function tagsOfTemplates(
  sources: readonly TaintSource[],
): (fact: { readonly span: { readonly path: string }; readonly context: FactContext }) => boolean {
  const programs = sources.filter(({ path }) => path.endsWith(`/${templateProgram}`));
  return ({ span, context }) =>
    programs.some((one) => one.file === span.path && one.context === context);
}

/** The offset in the surrounding text for an offset of the embedded text. */
export function rawOffset(map: OffsetMap, offset: number): number {
  let low = 0;
  let high = map.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((map[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const piece = map[low];
  if (piece === undefined) return 0;
  return piece.fixed ? piece.raw : piece.raw + Math.max(0, offset - piece.at);
}

/** A span of an embedded text as a span of the surrounding text. */
export function rawSpan(map: OffsetMap, span: Span, path: string): Span {
  const start = rawOffset(map, span.start);
  const last = rawOffset(map, Math.max(span.start, span.end - 1));
  return { path, start, end: Math.max(start, span.end > span.start ? last + 1 : start) };
}
