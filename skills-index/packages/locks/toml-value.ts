/** The value of a TOML document that a stranger wrote. */
import { getStaticTOMLValue, parseTOML, traverseNodes } from 'toml-eslint-parser';

/**
 * Line ends and other signs beside the keys and values of a TOML text. A lock of uv with packages
 * of many wheels has 350 of them for each package, 104,000 for 300 packages; an honest lock of
 * 4 MiB has some 230,000.
 */
export const tomlSignsMax = 250_000;

// The parser's conversion follows such keys to the prototype of all objects, and writes there.
const unsafeKeys = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * @throws Error for a text that is not TOML, that takes long to parse, or that has a key of
 * JavaScript's own objects
 */
export function parseTomlValue(text: string): unknown {
  const signs = countSigns(text);
  if (signs > tomlSignsMax)
    throw new RangeError(`it has ${signs} line ends and signs = , . [ {; at most ${tomlSignsMax}`);
  return parseTomlText(text);
}

/**
 * Parses a text of any length.
 * @throws Error for a text that is not TOML, or that has a key of JavaScript's own objects
 */
export function parseTomlText(text: string): unknown {
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
 * Signs for each of which the parser takes time: each key, value and table has one of them beside
 * it. Signs in texts count, too, because only a parser knows where a text ends.
 */
export function countSigns(text: string): number {
  let signs = 0;
  for (let at = 0; at < text.length; at++) signs += isSign[text.charCodeAt(at)] ?? 0;
  return signs;
}

// A set of the codes would take 80 ms for the four million characters of a lock.
const isSign = new Uint8Array(128);
for (const sign of '\r\n=,.[{') isSign[sign.charCodeAt(0)] = 1;
