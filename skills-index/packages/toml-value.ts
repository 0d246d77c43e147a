/** The value of a TOML document that a stranger wrote. */
import { getStaticTOMLValue, parseTOML, traverseNodes } from 'toml-eslint-parser';
import { tomlSignsMax } from './limits.ts';

// The parser's conversion follows such keys to the prototype of all objects, and writes there.
const unsafeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * @throws Error for a text that is not TOML, that takes long to parse, or that has a key of
 * JavaScript's own objects
 */
export function parseTomlValue(text: string): unknown {
  const why = whyNotParsed(text);
  if (why !== undefined) throw new RangeError(why);
  const program = parseTOML(text, { tomlVersion: '1.0' });
  traverseNodes(program, {
    enterNode: (node) => {
      const key =
        node.type === 'TOMLBare' ? node.name : node.type === 'TOMLQuoted' ? node.value : '';
      if (unsafeKeys.has(key)) throw new RangeError(`${key} is no key of a lock`);
    },
    leaveNode: () => undefined,
  });
  return getStaticTOMLValue(program);
}

/**
 * Why a text takes too long to parse: the parser takes time for each key and value. Signs in texts
 * count, too, because only a parser knows where a text ends.
 */
export function whyNotParsed(text: string): string | undefined {
  let signs = 0;
  for (let at = 0; at < text.length; at++) if (signsOfParts.has(text.charCodeAt(at))) signs++;
  return signs > tomlSignsMax
    ? `it has ${signs} line ends and signs = , . [ {; at most ${tomlSignsMax}`
    : undefined;
}

// Each key, value and table has one of them beside it.
const signsOfParts = new Set(Array.from('\r\n=,.[{', (sign) => sign.charCodeAt(0)));
