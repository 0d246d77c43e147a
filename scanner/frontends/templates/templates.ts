/**
 * Templates that run: scriptlets of EJS and Mako become programs of their languages, the tags of
 * Jinja one of Python.
 */
import {
  type EmbeddedProgram,
  type Language,
  type TaintSource,
  templateProgram,
} from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, notAnalysed } from '../../programs/frontend.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import { jinjaPython } from './jinja.ts';
import { type TagEnd, type TagSyntax, type TemplateTag, tagsOf } from './tags.ts';

type Texts = FrontEndContext['texts'];

/**
 * Programs of one template; nothing for other texts. Linear in the text. What is not read
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
  const { tags, unread } = tagsOf(source.text, jinjaTags);
  const read = jinjaPython(tags);
  // Braces of a text that only may be a template prove nothing when they do not end.
  const reason = read.unread ?? (templateName.test(source.path) ? unread : undefined);
  return {
    facts: [],
    embedded: [{ ...embedded(source, 'python', joinPieces(read.lines)), becomes: templateProgram }],
    unanalysed: reason === undefined ? [] : [notAnalysed(source, reason)],
  };
}

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

// Source: "Jinja, Template Designer Documentation".
const code = { quotes: /["']/, brackets: '()[]{}' };
const endings: Readonly<Record<string, TagEnd>> = {
  '{{': { close: '}}', ...code },
  '{%': { close: '%}', ...code },
  '{#': { close: '#}', isSkipped: true },
};

const jinjaTags: TagSyntax = {
  next: /\{%[-+]?\s*raw\s*[-+]?%\}|\{[{%#]/,
  closing: (opening) => endings[opening] ?? { close: 'endraw', isTag: true, isSkipped: true },
};
