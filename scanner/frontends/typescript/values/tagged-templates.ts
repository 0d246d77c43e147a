/** What a template hands to its tag: the list of its texts, and the values between them. */
import { ts } from 'ts-morph';
import type { Evaluator } from './evaluator.ts';
import { type Frame, type JsValue, text, unionOf } from './values.ts';

/** The arguments of a tag, in their order. */
export function valuesOfTemplate(
  self: Evaluator,
  template: ts.TemplateLiteral,
  frame?: Frame,
): readonly JsValue[] {
  const texts = ts.isTemplateExpression(template)
    ? [template.head, ...template.templateSpans.map(({ literal }) => literal)]
    : [template];
  const values = valuesBetween(template).map((value) => self.valueOf(value, frame));
  // `.raw` of the list has the texts as they are written.
  const items = texts.map(({ text: plain, rawText = plain }) =>
    unionOf([text(plain), text(rawText)]),
  );
  return [{ kind: 'array', items }, ...values];
}

/** The expressions of a template, in their order. */
export function valuesBetween(template: ts.TemplateLiteral): readonly ts.Expression[] {
  return ts.isTemplateExpression(template)
    ? template.templateSpans.map(({ expression }) => expression)
    : [];
}
