/** The value of a TOML document that a stranger wrote. */
import { getStaticTOMLValue, parseTOML, traverseNodes } from 'toml-eslint-parser';

// The parser's conversion follows such keys to the prototype of all objects, and writes there.
const unsafeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/** @throws Error for a text that is not TOML, or that has a key of JavaScript's own objects */
export function parseTomlValue(text: string): unknown {
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
