/**
 * Values that a runner of workflows puts into commands: expressions of GitHub Actions, and
 * environment variables of the workflow, the job and the step (also of GitLab CI).
 */

import type { EmbeddedProgram, OffsetMap, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { joinPieces } from '../markdown/code.ts';
import type { Setting } from './setting.ts';

interface PlacedProgram extends EmbeddedProgram {
  /** The keys above the command. */
  readonly path: Setting['path'];
}

/** The values of one file of workflows; nothing for other files. */
export class WorkflowValues {
  readonly #variables: readonly Setting[];
  readonly #isActions: boolean;

  constructor({ path }: TaintSource, settings: readonly Setting[]) {
    this.#isActions =
      /(^|\/)(\.github\/.{1,200}|action)\.ya?ml$/i.test(path) || settings.some(isStepOfJob);
    const scope = this.#isActions
      ? 'env'
      : /\.gitlab-ci[^/]*\.ya?ml$/i.test(path)
        ? 'variables'
        : '';
    this.#variables = settings
      .filter(({ path: keys }) => keys.at(-2) === scope && /^\w{1,80}$/.test(String(keys.at(-1))))
      .slice(0, variablesMax);
  }

  /** A program with its variables in front, and with expressions as the shell's own variables. */
  complete({ path, ...program }: PlacedProgram): EmbeddedProgram {
    if (program.language !== 'shell') return program;
    const { text, map } = this.#isActions ? withoutExpressions(program) : program;
    const set = this.#variables.filter((variable) => {
      const scope = variable.path.slice(0, -2);
      return (
        scope.every((key, index) => key === path[index]) &&
        text.includes(String(variable.path.at(-1)))
      );
    });
    const before = set.map((variable) => ({
      text: `${variable.path.at(-1)}=${assigned(variable.value)}\n`,
      raw: variable.from,
    }));
    const front = joinPieces(before);
    const shift = front.text.length;
    return {
      ...program,
      text: front.text + text,
      map: [
        ...front.map.map((piece) => ({ ...piece, fixed: true as const })),
        ...map.map((piece) => ({ ...piece, at: piece.at + shift })),
      ],
    };
  }
}

// A workflow that the agent shall copy into a repository lies in any folder, under any name.
function isStepOfJob({ path }: Setting): boolean {
  return path[0] === 'jobs' && path[2] === 'steps' && /^(run|uses)$/.test(String(path[4]));
}

const variablesMax = 64;
const expressionsMax = 200;
const expression = /\$\{\{([^{}\n]{0,400})\}\}/g;

function assigned(value: string): string {
  const plain = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  let at = 0;
  let text = '';
  for (const match of [...value.matchAll(expression)].slice(0, expressionsMax)) {
    text += `${plain(value.slice(at, match.index))}"${shellValue(match[1] ?? '')}"`;
    at = match.index + match[0].length;
  }
  return text + plain(value.slice(at));
}

// The runner puts the values in before a shell reads the text, whatever the quotes around.
function withoutExpressions({ text, map }: Pick<EmbeddedProgram, 'text' | 'map'>): {
  readonly text: string;
  readonly map: OffsetMap;
} {
  if (!text.includes('${{')) return { text, map };
  const pieces: { at: number; raw: number; fixed?: true }[] = [];
  let out = '';
  let at = 0;
  let quote = '';
  const copy = (end: number): void => {
    for (const piece of piecesOf(map, at, end))
      pieces.push({ ...piece, at: piece.at - at + out.length });
    for (; at < end; at++) {
      const letter = text[at] ?? '';
      if (letter === quote) quote = '';
      else if (quote === '' && (letter === '"' || letter === "'")) quote = letter;
      out += letter;
    }
  };
  for (const match of [...text.matchAll(expression)].slice(0, expressionsMax)) {
    copy(match.index);
    const [piece] = piecesOf(map, at, at + 1);
    if (piece !== undefined) pieces.push({ ...piece, at: out.length, fixed: true });
    const value = shellValue(match[1] ?? '');
    out += quote === "'" ? `'"${value}"'` : value;
    at = match.index + match[0].length;
  }
  copy(text.length);
  return { text: out, map: pieces };
}

// The map of a part: its first piece begins where the part does.
function piecesOf(map: OffsetMap, start: number, end: number): OffsetMap[number][] {
  const first = map.findLast((piece) => piece.at <= start);
  const inside = map.filter((piece) => piece.at > start && piece.at < end);
  if (first === undefined) return inside;
  const raw = first.fixed === true ? first.raw : first.raw + start - first.at;
  return [{ ...first, at: start, raw }, ...inside];
}

function shellValue(expressionText: string): string {
  const text = expressionText.trim();
  if (/^tojson\(\s*(secrets|env)\s*\)$/i.test(text)) return '$(env)';
  const name = /^(?:secrets|env|vars)(?:\.|\[['"])(\w{1,100})(?:['"]\])?(?:\s|$)/.exec(text)?.[1];
  return name === undefined ? unknownPart : `\${${name}}`;
}
