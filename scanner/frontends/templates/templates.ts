/**
 * Templates that run: scriptlets of EJS and Mako become programs of their languages; expressions of
 * Jinja become Python where they reach out of the template.
 */
import type { Fact } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, notAnalysed } from '../../programs/frontend.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import { JinjaExpression, type JinjaNames } from './jinja-expression.ts';
import {
  type TagEnd,
  type TagSyntax,
  TemplateBudget,
  type TemplateTag,
  tagsOf,
} from './jinja-value.ts';

type Texts = FrontEndContext['texts'];

/**
 * Programs and facts of one template; nothing for other texts. Linear in the text. What is not read
 * of a template makes its file unanalysed.
 */
export function templatePrograms(source: TaintSource, texts: Texts): Omit<FrontEndResult, 'graph'> {
  const engine = source.depth === 0 ? engineOf(source, texts) : undefined;
  if (engine === 'jinja') return jinjaProgram(source);
  return engine === undefined ? nothing : scriptletProgram(source, scriptlets[engine]);
}

const nothing = { facts: [], embedded: [], unanalysed: [] } as const;

function scriptletProgram(
  source: TaintSource,
  { language, codeOf, ...syntax }: ScriptletSyntax,
): Omit<FrontEndResult, 'graph'> {
  const { tags, unread } = tagsOf(source.text, syntax);
  const pieces = tags.map((tag) => ({ text: `${codeOf(tag)}\n`, raw: tag.raw }));
  const programs = pieces.length === 0 ? [] : [embedded(source, language, joinPieces(pieces))];
  return {
    facts: [],
    embedded: programs,
    unanalysed: unread === undefined ? [] : [notAnalysed(source, unread)],
  };
}

type Engine = 'jinja' | 'ejs' | 'mako';

function engineOf({ path, language, text }: TaintSource, texts: Texts): Engine | undefined {
  const [, extension = ''] = templateName.exec(path) ?? [];
  if (/^(ejs|eta)$/i.test(extension)) return 'ejs';
  if (extension !== '') return /^mako$/i.test(extension) ? 'mako' : 'jinja';
  const isText =
    /^(text|html)$/.test(language) || (language === 'markdown' && /template/i.test(path));
  // A list of such payloads is no template when no program of the skill renders any.
  return isText && /\{[{%]/.test(text) && rendersAny(texts) ? 'jinja' : undefined;
}

const templateName = /\.(ejs|eta|mako|j2|jinja2?)$/i;

function rendersAny(texts: Texts): boolean {
  if (texts === undefined) return false;
  const known = rendering.get(texts);
  if (known !== undefined) return known;
  let renders = false;
  for (const { language, text } of texts.values())
    renders ||= language === 'python' && rendersJinja.test(text);
  rendering.set(texts, renders);
  return renders;
}

// A memo of a pure function: a skill may have thousands of texts.
const rendering = new WeakMap<NonNullable<Texts>, boolean>();
const rendersJinja = /\b(jinja2|render_template(_string)?|cookiecutter|copier)\b/;

function embedded(source: TaintSource, language: Language, { text, map }: Pieces): EmbeddedProgram {
  return { within: source.path, language, text, context: source.context, map };
}

function jinjaProgram(source: TaintSource): Omit<FrontEndResult, 'graph'> {
  const { statements, unread } = readJinja(source.text);
  // Braces of a text that only may be a template prove nothing when they do not end.
  const isHeld = templateName.test(source.path) || !/without its end$/.test(unread ?? '');
  const unanalysed = isHeld && unread !== undefined ? [notAnalysed(source, unread)] : [];
  const reaching = statements.filter(({ reaches }) => reaches !== undefined);
  if (reaching.length === 0) return { ...nothing, unanalysed };
  const program = joinPieces(statements.map(({ python, raw }) => ({ text: `${python}\n`, raw })));
  return {
    facts: reaching.slice(0, reachesMax).map(
      ({ raw, end, reaches = '' }): Fact => ({
        kind: 'trait',
        trait: 'folded-name',
        api: 'jinja',
        detail: `a template reaches ${reaches}`,
        span: { path: source.path, start: raw, end },
        context: source.context,
        certainty: 'folded',
      }),
    ),
    embedded: [embedded(source, 'python', program)],
    unanalysed,
  };
}

const reachesMax = 20;

// Templates with code of a language: EJS with JavaScript, Mako with Python.

/** How the tags of an engine become a program. */
interface ScriptletSyntax extends TagSyntax {
  readonly language: Language;
  readonly codeOf: (tag: TemplateTag) => string;
}

const python = { quotes: /["'#]/, isPython: true } as const;

// Sources: "EJS, Tags"; "Mako, Syntax".
const scriptlets: Readonly<Record<'ejs' | 'mako', ScriptletSyntax>> = {
  ejs: {
    language: 'javascript',
    // `<%%` is written for `<%`.
    next: /<%%|<%[=\-_#]?/,
    closing: (opening) =>
      opening === '<%%' ? undefined : { close: '%>', isSkipped: opening === '<%#' },
    codeOf: ({ open, inside }) => inBrackets(/[=-]$/.test(open), inside.replace(/[-_]$/, '')),
  },
  mako: {
    language: 'python',
    // A word behind the mark is a tag of Mako's own, such as `<%def`.
    next: /<%%|<%doc>|<%!?(?!\w)|\$\{|^[ \t]{0,200}##|^[ \t]{0,200}%(?!%)/,
    closing: (opening) => {
      if (opening === '<%%') return undefined;
      if (opening === '<%doc>') return { close: '</%doc>', isSkipped: true };
      if (opening === '${') return { close: '}', brackets: '{}', ...python };
      if (opening.startsWith('<%')) return { close: '%>', ...python };
      return { close: '\n', isSkipped: opening.endsWith('##') };
    },
    codeOf: ({ open, inside }) => {
      if (open.startsWith('<%')) return inside;
      return open === '${' ? inBrackets(true, inside) : controlLine(inside.trim());
    },
  },
};

function inBrackets(isValue: boolean, code: string): string {
  return isValue ? `(${code})` : code;
}

// `% if x:`. The lines up to its end are text.
function controlLine(code: string): string {
  const [word = ''] = /^\w+/.exec(code) ?? [];
  if (/^(?:if|for|while|with)$/.test(word)) return /:$/.test(code) ? `${code} pass` : code;
  return word === 'elif' ? `${code.slice(2)} pass` : '';
}

// Statements and expressions of Jinja as Python ("Template Designer Documentation"). A subscript
// with a name is an attribute there, so both are written as attributes.

interface JinjaStatement {
  readonly python: string;
  /** Where it stands in the template. */
  readonly raw: number;
  readonly end: number;
  /** By which of Python's own names the template leaves what it is given. */
  readonly reaches: string | undefined;
}

/** The statements of a template that give a value, in their order. */
interface JinjaReading {
  readonly statements: readonly JinjaStatement[];
  /** Why not all of the template is read. */
  readonly unread: string | undefined;
}

/** Reads a template. Linear in the text. */
function readJinja(text: string): JinjaReading {
  const names: JinjaNames = new Map();
  const budget = new TemplateBudget(text.length);
  const { tags, unread } = tagsOf(text, jinjaTags);
  const statements: JinjaStatement[] = [];
  for (const { open, inside, raw } of tags) {
    if (budget.exceeded !== undefined) break;
    const expression = new JinjaExpression(inside, names, budget);
    const lines = open === '{{' ? expression.lines() : expression.statement();
    const { reaches } = expression;
    const end = raw + inside.length;
    if (lines.length > 0) statements.push({ python: lines.join('\n'), raw, end, reaches });
  }
  return { statements, unread: budget.exceeded ?? unread };
}

const code = { quotes: /["']/, brackets: '()[]{}' };
const endings: Readonly<Record<string, TagEnd>> = {
  '{{': { close: '}}', ...code },
  '{%': { close: '%}', ...code },
  '{#': { close: '#}', isSkipped: true },
};

const jinjaTags: TagSyntax = {
  next: /\{%[-+]?\s{0,100}raw\s{0,100}[-+]?%\}|\{[{%#]/,
  closing: (opening) => endings[opening] ?? { close: 'endraw', isSkipped: true },
};
