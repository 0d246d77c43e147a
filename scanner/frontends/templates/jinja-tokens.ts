/** The tokens of an expression of Jinja. */

import { quoteEnd } from './tags.ts';

/** Splits an expression into tokens. Linear in the text. */
export function jinjaTokens(text: string): string[] {
  const tokens: string[] = [];
  const plain = /\s+|[A-Za-z_]\w*|\d[\d._]*|\/\/|\*\*|[<>=!]=|./gsy;
  for (let at = 0; at < text.length; at = plain.lastIndex) {
    const letter = text[at] ?? '';
    const end = /["']/.test(letter) ? quoteEnd(text, at, letter, false) : -1;
    plain.lastIndex = at;
    const token = end < 0 ? (plain.exec(text)?.[0] ?? letter) : text.slice(at, end + 1);
    plain.lastIndex = at + token.length;
    if (token.trim() !== '') tokens.push(token);
  }
  return tokens;
}

/** The text that a token in quotes stands for, as Python reads it. */
export function jinjaText(token: string): string {
  return token
    .slice(1, -1)
    .replace(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs,
      (all, x?: string, u?: string, long?: string, octal?: string, letter?: string) => {
        const digits = x ?? u ?? long;
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
        if (digits === undefined) return escapes[letter ?? ''] ?? letter ?? '';
        const code = Number.parseInt(digits, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : all;
      },
    );
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };
