/**
 * The difference of a file: every changed byte, or a line that says that the content is not shown.
 * Pure.
 */
import { spellOut } from '../../scanner/lookup-tables/hidden-characters.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { diffLineCharsMax } from '../limits.ts';
import { type DiffWork, unifiedDiff } from './diff.ts';

/** Starts a remark. No line of a unified difference starts with this. */
export const remark = '!';

/** Explains the signs in a line. */
export const signsOfLines = `${remark} ⇥ stands for a tab, <20> for a blank at the end of a line, and <3C> for a < in the file where the text after it looks like such a code`;

/**
 * @param old the old bytes; empty for a new file, as `fresh` is for a deleted one
 * @param work remaining work for all files that are shown together
 */
export function differenceOf(old: Uint8Array, fresh: Uint8Array, work?: DiffWork): string[] {
  const texts = [old, fresh].map(plainText);
  const [from, to] = texts;
  if (from !== undefined && to !== undefined) return linesOf(from, to, spellBlanks, work);
  if ([old, fresh].some(isNoText)) return [`${remark} not a text file: its content is not shown`];
  // Compared byte by byte, so that two different bytes never give the same line.
  const [before = '', after = ''] = [old, fresh].map((bytes) =>
    Buffer.from(bytes).toString('latin1'),
  );
  const lines = linesOf(before, after, (line) => spellBlanks(line, spellBytes), work);
  return [
    `${remark} not plain UTF-8: each byte that is not UTF-8 is shown as a code such as <E9>, and a NUL byte as <00>`,
    ...lines,
  ];
}

function linesOf(
  old: string,
  fresh: string,
  spell: (line: string) => string,
  work: DiffWork | undefined,
): string[] {
  const { isUnaligned, lines } = unifiedDiff(old, fresh, work);
  const spelled = lines.map((line) => (/^[-+ ]/.test(line) ? spell(line) : line));
  return isUnaligned
    ? [`${remark} many lines differ: all old lines are shown first, then all new lines`, ...spelled]
    : spelled;
}

/** The lines of differences that git made, each spelled like a line of a difference. */
export function spellPatch(bytes: Uint8Array): string[] {
  const text = plainText(bytes);
  const lines = (text ?? Buffer.from(bytes).toString('latin1')).trimEnd().split('\n');
  return lines.map((line) =>
    text === undefined ? spellBlanks(line, spellBytes) : spellBlanks(line),
  );
}

/**
 * Cuts long lines where the number of lines is limited too: a file of one line would fill the
 * screen. Each cut line is followed by a remark.
 */
export function cutLines(lines: readonly string[], linesMax: number): string[] {
  if (linesMax === Number.POSITIVE_INFINITY) return [...lines];
  return lines.flatMap((line) => {
    const hidden = line.length - diffLineCharsMax;
    if (hidden <= 0) return [line];
    const rest = `${remark} ${hidden} more characters of this line are not shown`;
    return [line.slice(0, diffLineCharsMax), rest];
  });
}

/** Whether a line contains signs that `signsOfLines` explains. */
export function hasSigns(line: string): boolean {
  return /^[-+ ].*(?:⇥|<20>$|<20>\r$|<3C>)/s.test(line);
}

/**
 * Spells a line so that different lines look different: tabs, unusual spaces and the last space of
 * a line are visible, and text that resembles these signs is escaped.
 */
function spellBlanks(line: string, spell: (text: string) => string = (text) => text): string {
  const sign = line.slice(0, 1);
  const text = line.slice(1);
  const spelled = spell(text.replace(/<(?=[0-9A-F]{2}>)/g, '<3C>'))
    .replace(/[⟨⇥]|(?! )\p{Zs}/gu, (found) => spellOut(found.codePointAt(0) ?? 0))
    .replaceAll('\t', '⇥')
    .replace(/ (?=\r?$)/, '<20>');
  return `${sign}${spelled}`;
}

/**
 * Spells a path or a link target, so that different paths look different and none resembles a
 * remark. Unusual paths are quoted.
 */
export function spellPath(path: string): string {
  if (/^[\p{L}\p{M}\p{N}._/@+=~#%-]+$/u.test(path)) return path;
  return JSON.stringify(
    path.replace(/[⟨⟩⇥]|(?! )\p{Zs}/gu, (found) => spellOut(found.codePointAt(0) ?? 0)),
  );
}

/** An option as a person types it: a path of the run may hold what a shell obeys. */
export function optionText(option: string, value: string): string {
  // A value that begins with a dash would be taken for an option.
  return `${option}${value.startsWith('-') ? '=' : ' '}${shellWord(value)}`;
}

function plainText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

// Texts in single-byte encodings have hardly any control characters. Programs, pictures and UTF-16
// have many.
function isNoText(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) if (byte < 0x20 && !textControls.has(byte)) controls++;
  return controls * 20 > bytes.length && controls > 8;
}

const textControls = new Set([...'\b\t\n\v\f\r\u001b'].map((sign) => sign.charCodeAt(0)));

/** A line of Latin-1 bytes decoded as UTF-8; other bytes appear as numbers. */
function spellBytes(line: string): string {
  // RFC 3629, section 4: valid UTF-8 sequences.
  const sequence =
    /[\x01-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\0-\xff]/g;
  const spell = (found: string): string => {
    const byte = found.charCodeAt(0);
    if (found.length === 1 && (byte === 0 || byte > 0x7f))
      return `<${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    return Buffer.from(found, 'latin1').toString('utf8');
  };
  return line.replace(sequence, spell);
}
