/** Templates with code of a language: EJS with JavaScript, Mako with Python. */

import type { Language } from '../../fact/source.ts';
import type { TagSyntax, TemplateTag } from './tags.ts';

/** How the tags of an engine become a program. */
export interface ScriptletSyntax extends TagSyntax {
  readonly language: Language;
  readonly codeOf: (tag: TemplateTag) => string;
}

const python = { quotes: /["'#]/, isPython: true } as const;

// Sources: "EJS, Tags"; "Mako, Syntax".
export const scriptlets: Readonly<Record<'ejs' | 'mako', ScriptletSyntax>> = {
  ejs: {
    language: 'javascript',
    // `<%%` is written for `<%`.
    next: /<%%|<%[=\-_#]?/,
    closing: (opening) =>
      opening === '<%%' ? undefined : { close: '%>', isSkipped: opening === '<%#' },
    codeOf: ({ open, inside }) => inBrackets(/[=-]$/.test(open), inside.replace(/[-_]$/, '')),
  },
  mako: {
    language: 'python',
    // A word behind the mark is a tag of Mako's own, such as `<%def`.
    next: /<%%|<%doc>|<%!?(?!\w)|\$\{|^[ \t]{0,200}##|^[ \t]{0,200}%(?!%)/,
    closing: (opening) => {
      if (opening === '<%%') return undefined;
      if (opening === '<%doc>') return { close: '</%doc>', isSkipped: true };
      if (opening === '${') return { close: '}', brackets: '{}', ...python };
      if (opening.startsWith('<%')) return { close: '%>', ...python };
      return { close: '\n', isSkipped: opening.endsWith('##') };
    },
    codeOf: ({ open, inside }) => {
      if (open.startsWith('<%')) return inside;
      return open === '${' ? inBrackets(true, inside) : controlLine(inside.trim());
    },
  },
};

function inBrackets(isValue: boolean, code: string): string {
  return isValue ? `(${code})` : code;
}

// `% if x:`. The lines up to its end are text.
function controlLine(code: string): string {
  const [word = ''] = /^\w+/.exec(code) ?? [];
  if (/^(?:if|for|while|with)$/.test(word)) return /:$/.test(code) ? `${code} pass` : code;
  return word === 'elif' ? `${code.slice(2)} pass` : '';
}
