/**
 * Statements and expressions of Jinja as Python ("Template Designer Documentation"). A subscript
 * with a name is an attribute there, so both are written as attributes.
 */

import { JinjaExpression, type JinjaNames } from './jinja-expression.ts';
import { TemplateBudget } from './jinja-value.ts';
import { type TagEnd, type TagSyntax, tagsOf } from './tags.ts';

export interface JinjaStatement {
  readonly python: string;
  /** Where it stands in the template. */
  readonly raw: number;
  readonly end: number;
  /** By which of Python's own names the template leaves what it is given. */
  readonly reaches: string | undefined;
}

/** The statements of a template that give a value, in their order. */
export interface JinjaReading {
  readonly statements: readonly JinjaStatement[];
  /** Why not all of the template is read. */
  readonly unread: string | undefined;
}

/** Reads a template. Linear in the text. */
export function readJinja(text: string): JinjaReading {
  const names: JinjaNames = new Map();
  const budget = new TemplateBudget(text.length);
  const { tags, unread } = tagsOf(text, jinjaTags);
  const statements: JinjaStatement[] = [];
  for (const { open, inside, raw } of tags) {
    if (budget.exceeded !== undefined) break;
    const expression = new JinjaExpression(inside, names, budget);
    const lines = open === '{{' ? expression.lines() : expression.statement();
    const { reaches } = expression;
    const end = raw + inside.length;
    if (lines.length > 0) statements.push({ python: lines.join('\n'), raw, end, reaches });
  }
  return { statements, unread: budget.exceeded ?? unread };
}

const code = { quotes: /["']/, brackets: '()[]{}' };
const endings: Readonly<Record<string, TagEnd>> = {
  '{{': { close: '}}', ...code },
  '{%': { close: '%}', ...code },
  '{#': { close: '#}', isSkipped: true },
};

const jinjaTags: TagSyntax = {
  next: /\{%[-+]?\s{0,100}raw\s{0,100}[-+]?%\}|\{[{%#]/,
  closing: (opening) => endings[opening] ?? { close: 'endraw', isSkipped: true },
};
