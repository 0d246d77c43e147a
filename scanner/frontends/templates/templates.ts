/**
 * Templates that run: scriptlets of EJS and Mako become programs of their languages; expressions of
 * Jinja become Python where they reach out of the template.
 */

import type { Fact } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import { jinjaStatements } from './jinja.ts';
import { tagsOf } from './tags.ts';

type Texts = FrontEndContext['texts'];

/** Programs and facts of one template; nothing for other texts. Linear in the text. */
export function templatePrograms(
  source: TaintSource,
  texts: Texts,
): Pick<FrontEndResult, 'facts' | 'embedded'> {
  const engine = source.depth === 0 ? engineOf(source, texts) : undefined;
  if (engine === 'jinja') return jinjaProgram(source);
  if (engine === undefined) return { facts: [], embedded: [] };
  const { language, marks } = scriptlets[engine];
  const pieces = tagsOf(source.text, marks).flatMap(({ open, inside, raw }) => {
    const code = inside.replace(/[-_]$/, '');
    const isValue = /[=\-{]$/.test(open);
    return /^<%[#%]$/.test(open) ? [] : [{ text: isValue ? `(${code})\n` : `${code}\n`, raw }];
  });
  if (pieces.length === 0) return { facts: [], embedded: [] };
  return { facts: [], embedded: [embedded(source, language, joinPieces(pieces))] };
}

interface Scriptlets {
  readonly language: Language;
  /** The longest mark that opens a tag comes first. */
  readonly marks: Readonly<Record<string, string>>;
}

// Sources: "EJS, Tags"; "Mako, Syntax".
const scriptlets: Readonly<Record<'ejs' | 'mako', Scriptlets>> = {
  ejs: {
    language: 'javascript',
    marks: { '<%=': '%>', '<%-': '%>', '<%_': '%>', '<%#': '%>', '<%%': '%>', '<%': '%>' },
  },
  mako: { language: 'python', marks: { '<%!': '%>', '<% ': '%>', '<%\n': '%>', '${': '}' } },
};

type Engine = 'jinja' | 'ejs' | 'mako';

function engineOf({ path, language, text }: TaintSource, texts: Texts): Engine | undefined {
  const [, extension = ''] = /\.(ejs|eta|mako|j2|jinja2?)$/i.exec(path) ?? [];
  if (/^(ejs|eta)$/i.test(extension)) return 'ejs';
  if (extension !== '') return /^mako$/i.test(extension) ? 'mako' : 'jinja';
  const isText =
    /^(text|html)$/.test(language) || (language === 'markdown' && /template/i.test(path));
  // A list of such payloads is no template when no program of the skill renders any.
  return isText && /\{[{%]/.test(text) && rendersAny(texts) ? 'jinja' : undefined;
}

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

function jinjaProgram(source: TaintSource): Pick<FrontEndResult, 'facts' | 'embedded'> {
  const statements = jinjaStatements(source.text);
  const reaching = statements.filter(({ reaches }) => reaches !== undefined);
  if (reaching.length === 0) return { facts: [], embedded: [] };
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
  };
}

const reachesMax = 20;
