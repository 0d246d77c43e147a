/** A TOML document whose values have their places, as those of a JSON document do. */
import { type AST, parseTOML } from 'toml-eslint-parser';
import { parseTomlValue } from '../../skills-index/packages/locks/toml-value.ts';
import type { ParsedJson } from '../../skills-index/skill/text/json.ts';

type Path = readonly (string | number)[];

interface Placed {
  readonly path: Path;
  readonly start: AST.TOMLNode['loc']['start'];
}

/**
 * Parses TOML.
 * @param file how messages name the document
 * @throws those of `parseTomlValue`
 */
export function parsePlacedToml(text: string, file: string): ParsedJson {
  const value = parseTomlValue(text);
  let known: readonly Placed[] | undefined;
  return {
    value,
    placeOf: (path) => {
      // Only a document with a fault is read for its places.
      known ??= placedIn(parseTOML(text, { tomlVersion: '1.0' }));
      // The first part below a path stands where the value of the path begins.
      const found = known.find((one) => path.every((step, at) => one.path[at] === step));
      // The parser counts columns from 0.
      const { line, column } = found === undefined || path.length === 0 ? top : found.start;
      return { path: file, line, column: column + 1 };
    },
  };
}

const top = { line: 1, column: 0 };

function placedIn({ body: [document] }: AST.TOMLProgram): Placed[] {
  return document.body.flatMap((node) =>
    node.type === 'TOMLTable'
      ? [
          { path: node.resolvedKey, start: node.loc.start },
          ...node.body.flatMap((member) => placedMember(member, node.resolvedKey)),
        ]
      : placedMember(node, []),
  );
}

function placedMember({ key, value, loc }: AST.TOMLKeyValue, above: Path): Placed[] {
  const names = key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
  const path = [...above, ...names];
  return [{ path, start: loc.start }, ...placedInValue(value, path)];
}

function placedInValue(node: AST.TOMLContentNode, path: Path): Placed[] {
  if (node.type === 'TOMLInlineTable')
    return node.body.flatMap((member) => placedMember(member, path));
  if (node.type !== 'TOMLArray') return [];
  return node.elements.flatMap((element, at) => [
    { path: [...path, at], start: element.loc.start },
    ...placedInValue(element, [...path, at]),
  ]);
}
