/**
 * Expressions of GitHub Actions, `${{ … }}`, as code of the language around them. Source:
 * docs.github.com "Evaluate expressions in workflows and actions".
 */

import type { Language } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';

interface Expression {
  readonly from: number;
  readonly to: number;
  readonly body: string;
}

/** How a language writes a variable of the environment, and puts texts together. */
export interface WorkflowForm {
  readonly named: (name: string) => string;
  /** All variables of the environment. */
  readonly all: string;
  /** A value between texts. */
  readonly joined: (value: string) => string;
  readonly constant: (text: string) => string;
  readonly plus: string;
  /** A line that sets a variable. */
  readonly assign?: (name: string, value: string) => string;
  /** Where the language reads a variable by its name. */
  readonly reads?: RegExp;
  /** A value that the runner writes within quotes, or outside of them. */
  readonly within: (value: string, quote: string) => string;
  /** Marks that begin and end a text, longer ones first. */
  readonly quotes: readonly string[];
  /** Quotes that a line end closes. */
  readonly linewise: readonly string[];
  /** The quote in which a backslash is only a backslash. */
  readonly rawQuote?: string;
}

const shellForm: WorkflowForm = {
  named: (name) => `\${${name}}`,
  all: '$(env)',
  joined: (value) => `"${value}"`,
  constant: (text) => `'${text.replaceAll("'", `'\\''`)}'`,
  plus: '',
  assign: (name, value) => `${name}=${value}`,
  within: (value, quote) => (quote === "'" ? `'"${value}"'` : value),
  quotes: ["'", '"'],
  linewise: [],
  rawQuote: "'",
};

const scriptForm: WorkflowForm = {
  named: (name) => `process.env[${JSON.stringify(name)}]`,
  all: 'JSON.stringify(process.env)',
  joined: (value) => (value === unknownPart ? 'process.title' : value),
  constant: (text) => JSON.stringify(text),
  plus: ' + ',
  reads: /\bprocess\.env(?:\.(\w{1,80})|\[\s{0,9}["'`](\w{1,80})["'`]\s{0,9}\])/g,
  within: (value, quote) => {
    if (quote === '') return value === unknownPart ? 'process.title' : value;
    if (value === unknownPart) return value;
    return quote === '`' ? `\${${value}}` : `${quote} + ${value} + ${quote}`;
  },
  quotes: ["'", '"', '`'],
  linewise: ["'", '"'],
};

const pythonForm: WorkflowForm = {
  named: (name) => `__import__("os").environ[${JSON.stringify(name)}]`,
  all: 'str(dict(__import__("os").environ))',
  joined: (value) => (value === unknownPart ? '__import__("sys").platform' : value),
  constant: (text) => JSON.stringify(text),
  plus: ' + ',
  reads:
    /(?:\bos\.)?\b(?:environ\[\s{0,9}["'](\w{1,80})["']\s{0,9}\]|(?:getenv|environ\.get)\(\s{0,9}["'](\w{1,80})["'][^()\n]{0,80}\))/g,
  within: (value, quote) => {
    if (quote === '') return value === unknownPart ? '__import__("sys").platform' : value;
    return value === unknownPart ? value : `${quote} + ${value} + ${quote}`;
  },
  quotes: ['"""', "'''", "'", '"'],
  linewise: ["'", '"'],
};

/** By the language of the program. */
export const workflowForms: Readonly<Partial<Record<Language, WorkflowForm>>> = {
  shell: shellForm,
  javascript: scriptForm,
  typescript: scriptForm,
  python: pythonForm,
};

const expressionsMax = 200;

/**
 * The expressions of a text. Linear: what has no end is none, and ends the search. Beyond a bound
 * the rest of the text counts as one expression with all secrets.
 */
export function expressionsOf(text: string): Expression[] {
  const found: Expression[] = [];
  let from = text.indexOf('${{');
  while (from >= 0 && found.length < expressionsMax) {
    let at = from + 3;
    let isText = false;
    for (; at < text.length && (isText || !text.startsWith('}}', at)); at++)
      if (text[at] === "'") isText = !isText;
    if (at >= text.length) break;
    found.push({ from, to: at + 2, body: text.slice(from + 3, at) });
    from = text.indexOf('${{', at + 2);
  }
  if (from >= 0 && found.length >= expressionsMax)
    found.push({ from, to: text.length, body: 'secrets' });
  return found;
}

/**
 * What an expression stands for: each secret or variable that it names, or the whole environment
 * where it takes secrets without a name. GitHub reads names without case.
 */
export function standsFor(expression: string, form: WorkflowForm): string {
  // Texts are no names, except in `secrets['NAME']`.
  const plain = expression
    .replace(/\[\s{0,9}'(\w{1,100})'\s{0,9}\]/g, '.$1')
    .replace(/'[^']*'/g, "''");
  const uses = [
    ...plain.matchAll(/(?<![\w.])(secrets|env|vars)\b(?:\s{0,9}\.\s{0,9}(\w{1,100}))?/gi),
  ];
  if (uses.length === 0) return unknownPart;
  const names = uses.map(([, kind, name]) =>
    /^secrets$/i.test(kind ?? '') ? name?.toUpperCase() : (name ?? ''),
  );
  if (names.includes(undefined) || /\btojson\s{0,9}\(\s{0,9}env\b/i.test(plain)) return form.all;
  const known = [...new Set(names)].filter((name) => name !== undefined && name !== '');
  if (known.length === 0) return unknownPart;
  return known.map((name) => form.named(name ?? '')).join(form.plus);
}
