/**
 * Templates that run: scriptlets of EJS and Mako become programs of their languages; expressions of
 * Jinja become Python where they reach out of the template.
 */

import type { Fact } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { joinPieces, type Pieces } from '../markdown/code.ts';
import { readJinja } from './jinja.ts';
import { type ScriptletSyntax, scriptlets } from './scriptlets.ts';
import { tagsOf } from './tags.ts';

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
  return { facts: [], embedded: programs, unanalysed: unreadParts(source, unread) };
}

function unreadParts(
  { path, text }: TaintSource,
  reason: string | undefined,
): FrontEndResult['unanalysed'] {
  const span = { path, start: 0, end: Math.min(1, text.length) };
  return reason === undefined ? [] : [{ span, reason }];
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
  const unanalysed = isHeld ? unreadParts(source, unread) : [];
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
