/** The members of an object, all at once, and the object as JSON. */
import { ts } from 'ts-morph';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { isTouched } from '../flow/changes.ts';
import type { Evaluator } from './evaluator.ts';
import { membersOfData } from './fold-data.ts';
import {
  concatenated,
  type Frame,
  isWhole,
  type JsValue,
  text,
  textOr,
  unionOf,
  unknown,
} from './values.ts';

/**
 * The result of `Object.entries`, `values` and `keys` for an object whose text is known; undefined
 * for other values. Members that cannot be computed are unknown.
 */
export function membersOf(self: Evaluator, value: JsValue, which: string): JsValue | undefined {
  if (value.kind === 'data') return membersOfData(value.data, which);
  if (value.kind !== 'object') return undefined;
  const { node, frame } = value;
  if (isTouched(self, node)) return unknown;
  const items = node.properties.slice(0, 256).map((property): JsValue => {
    const name = property.name;
    const key: JsValue =
      name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteralLike(name))
        ? text(name.text)
        : unknown;
    if (which === 'keys') return key;
    const value = valueOfProperty(self, property, frame);
    return which === 'values' ? value : { kind: 'array', items: [key, value] };
  });
  return { kind: 'array', items };
}

function valueOfProperty(
  self: Evaluator,
  property: ts.ObjectLiteralElementLike,
  frame: Frame,
): JsValue {
  if (ts.isPropertyAssignment(property)) return self.valueOf(property.initializer, frame);
  if (ts.isShorthandPropertyAssignment(property)) return self.valueOf(property.name, frame);
  return ts.isMethodDeclaration(property) ? { kind: 'function', node: property, frame } : unknown;
}

/**
 * `JSON.stringify`: an unknown value becomes a text with a hole, and a member whose name is unknown
 * is left out.
 */
export function jsonOf(self: Evaluator, value: JsValue): JsValue {
  return concatenated(jsonParts(self, value, 0));
}

function jsonParts(self: Evaluator, value: JsValue, depth: number): readonly JsValue[] {
  const quoted = (plain: string): JsValue =>
    text(JSON.stringify(plain).replaceAll('\\u0000', unknownPart), true);
  if (value.kind === 'number') return [text(String(value.number), true)];
  if (value.kind === 'union')
    return [unionOf(value.of.map((each) => concatenated(jsonParts(self, each, depth + 1))))];
  self.steps.take();
  const list = (parts: readonly (readonly JsValue[])[], open: string, close: string): JsValue[] => [
    text(open),
    ...parts.flatMap((part, at) => (at === 0 ? part : [text(','), ...part])),
    text(close),
  ];
  if (depth > jsonDepthMax) return [quoted(unknownPart)];
  if (value.kind === 'array')
    return list(
      value.items.map((item) => jsonParts(self, item, depth + 1)),
      '[',
      ']',
    );
  const members = membersOf(self, value, 'entries');
  if (members === undefined) return [quoted(textOr(value))];
  const pairs = (members.kind === 'array' ? members.items : []).flatMap((pair) => {
    const [key, item = unknown] = pair.kind === 'array' ? pair.items : [];
    return key !== undefined && isWhole(key)
      ? [[quoted(key.text), text(':'), ...jsonParts(self, item, depth + 1)]]
      : [];
  });
  return list(pairs, '{', '}');
}

const jsonDepthMax = 20;
