/**
 * Plain text and HTML: paragraphs as prose, comments and invisible parts as hidden text, scripts as
 * programs.
 */
import type { ArtifactFact, TextFact } from '../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../fact/source.ts';
import type { FrontEndContext, FrontEndResult } from '../programs/frontend.ts';

export const paragraphCharsMax = 20_000;

interface HiddenText {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly why: string;
}

/** Paragraphs of a plain text. */
export function plainTextFacts(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 6));
  const facts: TextFact[] = [];
  // Each row of a table is a text of its own, and each cell a sentence.
  const isTable = /\.(csv|tsv)$/i.test(source.path);
  const paragraphs = isTable ? /\S[^\n]*/g : /\S[^\n]*(?:\n(?![ \t]*\r?(?:\n|$))[^\n]*)*/g;
  for (const match of source.text.matchAll(paragraphs)) {
    // Numbers in a table are no order to anybody.
    if (!/\p{L}/u.test(match[0])) continue;
    context.steps.take();
    for (let at = 0; at < match[0].length; at += paragraphCharsMax)
      facts.push(
        textFact(
          source,
          'prose',
          match.index + at,
          match[0]
            .slice(at, at + paragraphCharsMax)
            .replace(isTable ? /,(?=\S)|\t+/g : /\s+/g, isTable ? '. ' : ' ')
            .replace(/\s+/g, ' ')
            .trim(),
          '',
          Math.min(match[0].length - at, paragraphCharsMax),
        ),
      );
  }
  return { facts, embedded: [], unanalysed: [] };
}

/** Comments, invisible elements, scripts and text of HTML and SVG. */
export function htmlFacts(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const { text, path } = source;
  context.steps.take(1 + (text.length >> 4));
  const facts: TextFact[] = [];
  const embedded: EmbeddedProgram[] = [];
  for (const match of text.matchAll(/<!--([\s\S]*?)(?:-->|$)/g))
    facts.push(
      textFact(source, 'hidden', match.index, (match[1] ?? '').trim(), 'comment', match[0].length),
    );
  for (const hidden of hiddenHtml(text, 0))
    facts.push(
      textFact(source, 'hidden', hidden.from, hidden.text, hidden.why, hidden.to - hidden.from),
    );
  for (const match of text.matchAll(/<script\b([^>]*)>([\s\S]*?)(?:<\/script\s*>|$)/gi)) {
    const code = match[2] ?? '';
    if (
      /type\s*=\s*["']?(?!module|text\/javascript|application\/javascript)[\w/+-]+/i.test(
        match[1] ?? '',
      )
    )
      continue;
    const raw = match.index + match[0].indexOf('>') + 1;
    embedded.push({
      within: path,
      language: 'javascript',
      text: code,
      context: source.context,
      map: [{ at: 0, raw }],
    });
  }
  // Attributes with programs: event handlers, and addresses that are code.
  for (const match of text.matchAll(
    /\s(?:on[a-z]{3,20}|href|xlink:href|src|action|formaction)\s*=\s*(?:"([^"]{1,20000})"|'([^']{1,20000})')/gi,
  )) {
    const value = match[1] ?? match[2] ?? '';
    const prefix =
      /^\s*javascript:/i.exec(value)?.[0] ?? (/^\son/i.test(match[0]) ? '' : undefined);
    if (prefix === undefined) continue;
    const raw = match.index + match[0].length - 1 - value.length + prefix.length;
    embedded.push({
      within: path,
      language: 'javascript',
      text: value.slice(prefix.length),
      context: source.context,
      map: [{ at: 0, raw }],
    });
  }
  const acts = /\.svgz?$/i.test(source.file) && embedded.length > 0 ? [activeSvg(source)] : [];
  for (const match of text
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, (part) => ' '.repeat(part.length))
    .matchAll(/>([^<>]{3,})</g)) {
    const visible = (match[1] ?? '').replace(/\s+/g, ' ').trim();
    if (visible !== '')
      facts.push(textFact(source, 'prose', match.index + 1, visible, '', match[0].length - 2));
  }
  for (const match of text.matchAll(/\b(?:href|src|action)\s*=\s*["']([^"']+)["']/gi))
    facts.push(textFact(source, 'link', match.index, match[1] ?? '', '', match[0].length));
  return {
    facts: [...facts.filter((fact) => fact.text !== ''), ...acts],
    embedded,
    unanalysed: [],
  };
}

// A drawing is displayed, not run; a drawing with a script does both.
function activeSvg({ path, context }: TaintSource): ArtifactFact {
  return {
    kind: 'artifact',
    what: 'active-content',
    detail: 'a script in an SVG',
    span: { path, start: 0, end: 0 },
    context,
    certainty: 'exact',
  };
}

const invisibleStyle =
  /<(?:(template|noscript|desc|metadata)\b|([a-z][a-z0-9]{0,15})\b[^>]{0,400}?(?:style\s*=\s*["'][^"'>]{0,300}?(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*(?:[01](?:\.\d+)?(?:px|pt|em|rem|%)?|0?\.0\d*\w{0,3})\s*(?=[;"'])|opacity\s*:\s*0(?![.\d]*[1-9])|color\s*:\s*(?:white|#fff(?:fff)?|transparent|rgba?\(\s*255\s*,\s*255\s*,\s*255)|(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?=[;"'])|(?:left|top|right|text-indent)\s*:\s*-\d{3,}|clip(?:-path)?\s*:\s*(?:rect\(0|inset\(50%)|scale\(0\))|\scolor\s*=\s*["']?(?:white|#fff(?:fff)?)\b|\shidden(?=[\s>=])))[^>]{0,400}>/gi;

// Models read the text of attributes, and people do not see it. A few words are a label.
const spokenAttribute =
  /\s(?:alt|title|aria-label|aria-description|data-[\w-]{1,40}|placeholder|content)\s*=\s*(?:"([^"]{24,2000})"|'([^']{24,2000})')/gi;

/** Parts that HTML makes invisible, up to the end of their element. */
export function hiddenHtml(html: string, offset: number): HiddenText[] {
  const found: HiddenText[] = [];
  if (!html.includes('<')) return found;
  const lower = html.toLowerCase();
  for (const match of html.matchAll(invisibleStyle)) {
    const start = match.index + match[0].length;
    const end = lower.indexOf(`</${(match[1] ?? match[2] ?? '').toLowerCase()}`, start);
    const inner = html.slice(start, end < 0 ? Math.min(html.length, start + 2_000) : end);
    const text = inner
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
    if (text !== '')
      found.push({
        from: offset + match.index,
        to: offset + start + inner.length,
        text,
        why: isMetadata(match[1]) ? 'metadata' : 'invisible style',
      });
  }
  for (const match of html.matchAll(spokenAttribute)) {
    const text = match[1] ?? match[2] ?? '';
    if (text.trim().split(/\s+/).length >= 4)
      found.push({
        from: offset + match.index,
        to: offset + match.index + match[0].length,
        text,
        why: 'attribute',
      });
  }
  return found;
}

function isMetadata(tag: string | undefined): boolean {
  return tag !== undefined && /^(desc|metadata)$/i.test(tag);
}

function textFact(
  source: TaintSource,
  role: TextFact['role'],
  start: number,
  text: string,
  detail: string,
  length: number,
): TextFact {
  const span = { path: source.path, start, end: start + length };
  return { kind: 'text', role, span, context: source.context, certainty: 'exact', text, detail };
}
