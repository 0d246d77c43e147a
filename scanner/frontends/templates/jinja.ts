/**
 * Statements and expressions of Jinja as Python ("Template Designer Documentation"). A subscript
 * with a name is an attribute there, so both are written as attributes.
 */

import { JinjaExpression } from './jinja-expression.ts';
import { tagsOf } from './tags.ts';

export interface JinjaStatement {
  readonly python: string;
  /** Where it stands in the template. */
  readonly raw: number;
  readonly end: number;
  /** By which of Python's own names the template leaves what it is given. */
  readonly reaches: string | undefined;
}

/** The statements of a template that give a value, in their order. Linear in the text. */
export function jinjaStatements(text: string): JinjaStatement[] {
  const names = new Map<string, string>();
  return tagsOf(text, { '{{': '}}', '{%': '%}' }).flatMap(({ open, inside, raw }) => {
    const head = open === '{{' ? '' : statementHead.exec(inside)?.[0];
    if (head === undefined) return [];
    const name = /^[-+]?\s{0,9}set\s{1,9}(\w+)/.exec(head)?.[1];
    const expression = new JinjaExpression(inside.slice(head.length), names);
    const { text: python, path } = expression.read();
    if (name !== undefined && path !== undefined) names.set(name, path);
    const statement = name === undefined ? python : `${name} = ${python}`;
    const end = raw + inside.length;
    return [{ python: statement, raw, end, reaches: expression.reaches }];
  });
}

const statementHead =
  /^[-+]?\s{0,9}(?:set\s{1,9}[A-Za-z_]\w{0,99}\s{0,9}=(?!=)|(?:if|elif|do|for\s[\w ,]{1,200}?\sin)\s)/;
