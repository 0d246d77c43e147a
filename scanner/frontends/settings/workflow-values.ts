/**
 * Values that a runner of workflows puts into commands: expressions of GitHub Actions, and
 * environment variables of the workflow, the job and the step (also of GitLab CI).
 */
import type { EmbeddedProgram, Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { joinPieces } from '../markdown/code.ts';
import type { Setting } from './setting.ts';

// Expressions of GitHub Actions, `${{ … }}`, as code of the language around them. Source:
// docs.github.com "Evaluate expressions in workflows and actions".

interface Expression {
  readonly from: number;
  readonly to: number;
  readonly body: string;
}

/** How a language writes a variable of the environment, and puts texts together. */
interface WorkflowForm {
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
const workflowForms: Readonly<Partial<Record<Language, WorkflowForm>>> = {
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
function expressionsOf(text: string): Expression[] {
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
function standsFor(expression: string, form: WorkflowForm): string {
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
      /(^|\/)(\.github\/.{1,200}|action)\.ya?ml$/i.test(path) || isWorkflow(settings);
    const hasScopes = this.#isActions || /\.gitlab-ci[^/]*\.ya?ml$/i.test(path);
    this.#variables = settings
      .filter(
        ({ path: keys }) =>
          hasScopes &&
          /^(env|variables)$/.test(String(keys.at(-2))) &&
          /^\w{1,80}$/.test(String(keys.at(-1))),
      )
      .slice(0, variablesMax);
  }

  /** A program with its variables, and with expressions as what they stand for. */
  complete({ path, ...program }: PlacedProgram): EmbeddedProgram {
    const form = own(workflowForms, program.language);
    if (form === undefined) return program;
    const set = this.#variables.filter((variable) => {
      const scope = variable.path.slice(0, -2);
      return (
        scope.every((key, index) => key === path[index]) &&
        program.text.includes(String(variable.path.at(-1)))
      );
    });
    const { text, map } = this.#isActions ? withValues(program, form, set) : program;
    const front = joinPieces(
      set.map(({ path: keys, value, from }) => ({
        text: form.assign?.(String(keys.at(-1)), `${textOf(value, form)}\n`) ?? '',
        raw: from,
      })),
    );
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

/**
 * Whether settings are a workflow or an action of GitHub: such a file that the agent shall copy
 * into a repository lies in any folder, under any name.
 */
export function isWorkflow(settings: readonly Setting[]): boolean {
  return settings.some(({ path }) => {
    const [first, second, third, , fifth] = path;
    return first === 'runs'
      ? second === 'steps' && /^(run|uses)$/.test(String(path[3]))
      : first === 'jobs' && third === 'steps' && /^(run|uses)$/.test(String(fifth));
  });
}

const variablesMax = 64;

// The text of a variable: a constant with what its expressions stand for.
function textOf(value: string, form: WorkflowForm): string {
  let at = 0;
  const parts: string[] = [];
  for (const { from, to, body } of expressionsOf(value)) {
    parts.push(form.constant(value.slice(at, from)), form.joined(standsFor(body, form)));
    at = to;
  }
  return [...parts, form.constant(value.slice(at))].join(form.plus);
}

// The runner puts the values of expressions in before a program is read, whatever the quotes
// around. Variables are read by the program itself.
function withValues(
  { text, map }: Pick<EmbeddedProgram, 'text' | 'map'>,
  form: WorkflowForm,
  variables: readonly Setting[],
): { readonly text: string; readonly map: OffsetMap } {
  const values = new Map(variables.map(({ path, value }) => [path.at(-1), value]));
  const reads = [...(form.reads === undefined ? [] : text.matchAll(form.reads))].flatMap((read) => {
    const value = values.get(read[1] ?? read[2]);
    if (value?.includes('${{') !== true) return [];
    const known = `(${textOf(value, form)})`;
    return [{ from: read.index, to: read.index + read[0].length, written: () => known }];
  });
  const places = [
    ...reads,
    ...expressionsOf(text).map(({ from, to, body }) => ({
      from,
      to,
      written: (quote: string) => form.within(standsFor(body, form), quote),
    })),
  ].sort((a, b) => a.from - b.from);
  if (places.length === 0) return { text, map };
  const pieces: { at: number; raw: number; fixed?: true }[] = [];
  let out = '';
  let at = 0;
  let quote = '';
  const copy = (end: number): void => {
    for (const piece of piecesOf(map, at, end))
      pieces.push({ ...piece, at: piece.at - at + out.length });
    out += text.slice(at, end);
    while (at < end) {
      const mark = form.quotes.find((one) => text.startsWith(one, at)) ?? text[at] ?? '';
      const isQuote = form.quotes.includes(mark);
      if (quote !== '' && mark === '\\' && quote !== form.rawQuote) at += 1;
      else if (mark === quote || (mark === '\n' && form.linewise.includes(quote))) quote = '';
      else if (quote === '' && isQuote) quote = mark;
      at += mark.length;
    }
    at = end;
  };
  for (const { from, to, written } of places) {
    if (from < at) continue;
    copy(from);
    const [piece] = piecesOf(map, at, at + 1);
    if (piece !== undefined) pieces.push({ ...piece, at: out.length, fixed: true });
    out += written(quote);
    at = to;
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
