/** Mutators of shell scripts, by the positions of the shell parser. */
import { parse } from 'unbash';
import { applyEdits, type Edit } from './edits.ts';

interface Node {
  readonly type: string;
  readonly pos: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function nodesOf(code: string): Node[] {
  const nodes: Node[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (isNode(value)) {
      nodes.push(value);
      Object.values(value).forEach(visit);
    }
  };
  visit(parse(code).commands);
  return nodes;
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'pos' in value
  );
}

/** Gives variables of the script (in small letters) and functions other names. */
export function renameShell(code: string): string | undefined {
  const names = new Map<string, string>();
  for (const node of nodesOf(code)) {
    const name =
      node.type === 'Assignment'
        ? node.name
        : node.type === 'Function' && isNode(node.name)
          ? node.name.text
          : undefined;
    if (typeof name === 'string' && /^[a-z_][a-z0-9_]+$/.test(name) && !names.has(name))
      names.set(name, `zq${names.size}_${name.length}`);
  }
  if (names.size === 0) return undefined;
  const any = [...names.keys()].join('|');
  // `name=`, `$name`, `${name…`, and the bare word at the beginning of a command (a function).
  return code.replace(
    new RegExp(
      `(?<=^[ \\t]*(?:local |export |readonly )?)(?:${any})(?==|\\+=)|(?<=\\$\\{?!?)(?:${any})\\b|(?<=(?:^|[;&|{(])[ \\t]*)(?:${any})(?=\\s*\\(\\)|[ \\t;)]|$)|(?<=\\b(?:for|read|read -r) )(?:${any})\\b`,
      'gm',
    ),
    (name) => names.get(name) ?? name,
  );
}

/** Breaks plain words apart by empty quotes, and quoted ones into two behind each other. */
export function splitShell(code: string): string | undefined {
  const edits = nodesOf(code).flatMap((node): Edit[] => {
    if (node.type !== 'Command' || !Array.isArray(node.suffix)) return [];
    return node.suffix.filter(isNode).flatMap((word): Edit[] => {
      const written = code.slice(word.pos, word.end);
      const half = Math.floor(written.length / 2);
      if (word.type !== 'Word' || written.length < 6 || /^-/.test(written)) return [];
      if (/^[\w./:@%+,-]+$/.test(written))
        return [
          {
            start: word.pos,
            end: word.end,
            text: `${written.slice(0, half)}''${written.slice(half)}`,
          },
        ];
      const cut = /^"[^"$`\\]+"$/.test(written) ? half : 0;
      return cut === 0
        ? []
        : [
            {
              start: word.pos,
              end: word.end,
              text: `${written.slice(0, cut)}""${written.slice(cut)}`,
            },
          ];
    });
  });
  return edits.length === 0 ? undefined : applyEdits(code, edits);
}

/** Puts the script into a function that is called. */
export function wrapShell(code: string): string | undefined {
  const [, shebang = '', body = ''] = /^(#![^\n]*\n)?([\s\S]*)$/.exec(code) ?? [];
  if (body.trim() === '' || parse(`zq() {\n${body}\n}`).commands.length !== 1) return undefined;
  return `${shebang}zq_main() {\n${body.trimEnd()}\n}\nzq_main "$@"\n`;
}

/** Functions of the script in a file of their own that it sources; undefined without any. */
export function moveShell(
  code: string,
  movedPath: string,
): { readonly kept: string; readonly moved: string } | undefined {
  const functions = nodesOf(code).filter((node) => node.type === 'Function');
  const outer = functions.filter(
    (one) => !functions.some((other) => other.pos < one.pos && one.end <= other.end),
  );
  if (outer.length === 0) return undefined;
  const edits = outer.map((one) => ({
    start: one.pos,
    end: one.end,
    text: `:${code.slice(one.pos, one.end).replace(/[^\n]/g, '')}`,
  }));
  const [, shebang = '', body = ''] =
    /^(#![^\n]*\n)?([\s\S]*)$/.exec(applyEdits(code, edits)) ?? [];
  return {
    kept: `${shebang}. "$(dirname "$0")/${movedPath}"\n${body}`,
    moved: `${outer.map((one) => code.slice(one.pos, one.end)).join('\n')}\n`,
  };
}
