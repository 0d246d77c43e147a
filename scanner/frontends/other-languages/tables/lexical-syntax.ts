/** Comments and strings of the languages that are read lexically. */
import type { Language } from '../../../fact/source.ts';

export interface LexicalSyntax {
  /** Marks of comments up to the end of the line. */
  readonly line: readonly string[];
  /** Openings and ends of comments. */
  readonly block: readonly (readonly [string, string])[];
  /** Quotes; the strings between them may go over several lines when `wide`. */
  readonly quotes: string;
  readonly wide: boolean;
  readonly escape: string;
  /** Letters in single quotes only: `'a'`, not a string. */
  readonly charQuote?: true;
  /** The assigned name, in group 1. */
  readonly assigns: RegExp;
}

const braces: LexicalSyntax = {
  line: ['//'],
  block: [['/*', '*/']],
  quotes: '"`',
  wide: true,
  escape: '\\',
  charQuote: true,
  assigns: /(?:^|[\s(,*&])([A-Za-z_]\w{0,60})(?:\s*,\s*(?:\w{1,20}))?\s*(?::=|=(?!=))/,
};
const hashes: LexicalSyntax = {
  line: ['#'],
  block: [],
  quotes: '"\'`',
  wide: true,
  escape: '\\',
  assigns: /(?:^|[\s;(])(?:my\s+|local\s+|our\s+)?([$@%]?[A-Za-z_]\w{0,60})\s*(?:<-|=(?![=~>]))/,
};

/** Languages without a row are read as `other`. */
export const lexicalSyntax: Readonly<Partial<Record<Language, LexicalSyntax>>> = {
  powershell: {
    line: ['#'],
    block: [['<#', '#>']],
    quotes: '"\'',
    wide: true,
    escape: '`',
    assigns: /(\$(?:\w{1,12}:)?[A-Za-z_]\w{0,60})\s*\+?=(?!=)/,
  },
  batch: {
    line: ['::'],
    block: [],
    quotes: '"',
    wide: false,
    escape: '^',
    assigns: /^\s*@?set\s+(?:\/[ap]\s+)?"?([\w-]{1,60})=/i,
  },
  vbscript: {
    line: ["'"],
    block: [],
    quotes: '"',
    wide: false,
    escape: '',
    assigns: /(?:^|:|\bSet\s)\s*([A-Za-z_]\w{0,60})\s*=/i,
  },
  applescript: {
    line: ['--', '#'],
    block: [['(*', '*)']],
    quotes: '"',
    wide: true,
    escape: '\\',
    assigns: /\bset\s+([A-Za-z_]\w{0,60})\s+to\b/i,
  },
  lua: { ...hashes, line: ['--'], block: [['--[[', ']]']], quotes: '"\'' },
  php: { ...hashes, line: ['//', '#'], block: [['/*', '*/']], quotes: '"\'`' },
  ruby: { ...hashes, block: [['\n=begin', '\n=end']] },
  perl: { ...hashes, block: [['\n=pod', '\n=cut']] },
  julia: { ...hashes, block: [['#=', '=#']], quotes: '"`' },
  go: braces,
  rust: { ...braces, quotes: '"' },
  swift: { ...braces, quotes: '"' },
  c: { ...braces, quotes: '"' },
  csharp: { ...braces, quotes: '"' },
  java: { ...braces, quotes: '"\'' },
  other: hashes,
  r: hashes,
  awk: hashes,
};
