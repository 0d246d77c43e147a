/**
 * The Markdown front end: prose, links, hidden text and code blocks, by the same parser that shows
 * the file to the reviewer.
 */

import type { SyntaxNode } from '@lezer/common';
import { GFM, type InlineContext, type MarkdownConfig, parser } from '@lezer/markdown';
import { blanked } from '../../fact/blanked.ts';
import type { TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../../programs/frontend.ts';
import { hiddenHtml, htmlFacts, plainTextFacts } from '../text.ts';
import { blockContext, blockLanguage, joinPieces, programOf, shellLines } from './code.ts';
import {
  commentText,
  type MarkdownReading,
  note,
  readInline,
  readReference,
  weaker,
} from './inline.ts';

/** List and quote markers at the start of one line of Markdown. */
const lineMarkersMax = 100;

// The Markdown parser with GFM's extensions: returns the same tree as @lezer/markdown, and skips
// plain words and blanks at once.

// For each character the parser calls a dozen inline parsers. None of them accepts a letter or a
// digit, except the one for links without brackets (`www.`, `https://`, `a@b.example`), and that
// one only at the beginning of a word.
const plainWords: MarkdownConfig = {
  parseInline: [{ name: 'PlainWords', before: 'Escape', parse: passWords }],
};

export const markdownParser = parser.configure([GFM, plainWords]);

// Skips to the first character at which an inline parser may begin; -1 when it is there already.
function passWords(cx: InlineContext, next: number, start: number): number {
  if (next === 32) return passBlanks(cx, start);
  if (!isPlain(next)) return -1;
  let at = start;
  let code = next;
  let isInWord = at > cx.offset && isWord(cx.char(at - 1));
  while (isPlain(code)) {
    if (!isInWord && beginsLink(cx, at)) break;
    do code = cx.char(++at);
    while (isPlain(code));
    isInWord = false;
    // A single blank or comma before a letter begins nothing.
    if ((code !== 32 && code !== 44) || !isPlain(cx.char(at + 1))) break;
    code = cx.char(++at);
  }
  return at > start ? at : -1;
}

// Blanks begin a line break only at the end of a line. The parser of line breaks looks for this
// end from each blank, which takes the square of their number.
function passBlanks(cx: InlineContext, start: number): number {
  let at = start + 1;
  while (cx.char(at) === 32) at++;
  return at > start + 1 && cx.char(at) !== 10 ? at : -1;
}

function isPlain(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

// As \w.
function isWord(code: number): boolean {
  return isPlain(code) || code === 95;
}

const starts: ReadonlySet<string> = new Set(['www', 'htt', 'mai', 'xmp']);
const mailCharsMax = 100;

// A word with an @ behind it, or one of the schemes.
function beginsLink(cx: InlineContext, at: number): boolean {
  const first = cx.char(at);
  const mayStart = first === 119 || first === 104 || first === 109 || first === 120;
  if (mayStart && starts.has(cx.slice(at, at + 3))) return true;
  for (let behind = at + 1; behind <= at + mailCharsMax; behind++) {
    const code = cx.char(behind);
    if (code === 64) return true;
    if (!isWord(code) && code !== 43 && code !== 45 && code !== 46) return false;
  }
  return false;
}

/** Facts of Markdown, plain text and HTML. */
export const analyseMarkdown = perSource((source, context) => {
  switch (source.language) {
    case 'markdown':
      return analyseOne(source, context);
    case 'html':
      return htmlFacts(source, context);
    default:
      return plainTextFacts(source, context);
  }
});

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const markers = mostMarkers(source.text);
  if (markers > lineMarkersMax) {
    const span = { path: source.path, start: 0, end: 1 };
    return {
      facts: [],
      embedded: [],
      unanalysed: [
        { span, reason: `more than ${lineMarkersMax} list and quote markers in a line` },
      ],
    };
  }
  context.steps.take(parseCost(source.text, markers));
  const reading: MarkdownReading = {
    source,
    text: source.text.replace(/\r(?!\n)/g, '\n'),
    facts: [],
    embedded: [],
    context,
    title: undefined,
    heading: '',
    before: '',
    rows: new Map(),
  };
  const bodyStart = readFrontMatter(reading);
  // The text before the body is blanked, so that offsets stay and no dash in it makes a heading.
  const body = blanked(reading.text.slice(0, bodyStart)) + reading.text.slice(bodyStart);
  const tree = markdownParser.parse(withPlainRows(body));
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling)
    readBlock(reading, node);
  return { facts: reading.facts, embedded: reading.embedded, unanalysed: [] };
}

// The block parser nests one list in the other for each marker, and its time grows with their
// square (measured: 133,000 in over 60 s). A line of only hyphens or stars is a rule, no list.
function mostMarkers(text: string): number {
  let most = 0;
  const marker = /[ \t]*(?:>|(?:[-*+]|\d{1,9}[.)])(?=[ \t]|$))/y;
  for (const line of text.split(/[\r\n]/)) {
    let count = 0;
    while (marker.test(line)) count++;
    if (count > most && !/^[ \t]*([-*])[ \t]*(?:\1[ \t]*)+$/.test(line)) most = count;
  }
  return most;
}

// The inline parser's time grows with the square of the open brackets of one paragraph (measured:
// 30,000 in 7 s). It reads an empty line once for each list that the line may belong to.
function parseCost(text: string, markers: number): number {
  let cost = 1 + (text.length >> 6) + ((text.split('\n').length * markers) >> 4);
  // A bullet with words behind it ends a paragraph (CommonMark 0.31, 5.2).
  for (const block of text.split(/\n[ \t]*\r?\n|\n(?= {0,3}[-*+][ \t]+\S)/)) {
    const open = block.split('[').length - 1;
    // Marks of emphasis are compared with all before them (measured: 16,000 in 4 s).
    const marks = block.match(/(?<![A-Za-z0-9])[*_]|[*_](?![A-Za-z0-9])/g)?.length ?? 0;
    // For each bare link it reads the links before (measured: 35,000 in 4 s).
    const links = block.match(/https?:\/\/|www\.|@/g)?.length ?? 0;
    cost += Math.floor((open * open) / 16 + (marks * marks) / 8 + (links * links) / 64);
  }
  return cost;
}

// The parser takes no row of a table that ends with a space or with a Windows line end. Other
// programs do. Offsets stay.
function withPlainRows(body: string): string {
  return body.replaceAll('\r\n', ' \n').replace(/^([ \t>]*[|:-][ \t|:-]*)\|([ \t]+)$/gm, '$1$2|');
}

// Each key of the front matter is a text: agents read its values like the rest.
function readFrontMatter(reading: MarkdownReading): number {
  const [all, inner] = /^---[ \t]*\r?\n([\s\S]*?)\n---[ \t]*(?:\r?\n|$)/.exec(reading.text) ?? [];
  if (all === undefined || inner === undefined) return 0;
  const start = all.indexOf('\n') + 1;
  for (const match of inner.matchAll(/^([\w.-]+):([^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*$))*)/gm)) {
    const at = start + match.index;
    note(
      reading,
      'front-matter',
      { from: at, to: at + match[0].length },
      (match[2] ?? '').trim(),
      match[1] ?? '',
    );
  }
  // The agent's program runs hooks, servers and install steps of the front matter, like those of a
  // settings file.
  if (/^\s*["']?(hooks|mcpServers|servers)["']?\s*:|["']?install["']?\s*:/m.test(inner))
    reading.embedded.push({
      within: reading.source.path,
      language: 'yaml',
      text: inner,
      context: reading.source.context,
      map: [{ at: 0, raw: start }],
    });
  return all.length;
}

function readBlock(reading: MarkdownReading, node: SyntaxNode): void {
  reading.context.steps.take();
  switch (node.name) {
    case 'Paragraph':
      readInline(reading, node, node.parent?.name === 'ListItem' ? 'list-item' : 'prose');
      return;
    case 'FencedCode':
    case 'CodeBlock':
      readCode(reading, node);
      return;
    case 'CommentBlock':
      note(reading, 'hidden', node, commentText(reading.text.slice(node.from, node.to)), 'comment');
      return;
    case 'ProcessingInstructionBlock':
      note(
        reading,
        'hidden',
        node,
        reading.text.slice(node.from, node.to).replace(/^<\?|\?>\s*$/g, ''),
        'comment',
      );
      return;
    case 'HTMLBlock':
      readHtmlCode(reading, node);
      note(reading, 'html', node, reading.text.slice(node.from, node.to), '');
      for (const hidden of hiddenHtml(reading.text.slice(node.from, node.to), node.from))
        note(reading, 'hidden', hidden, hidden.text, hidden.why);
      return;
    case 'LinkReference':
      readReference(reading, node);
      return;
    case 'TableCell':
      readInline(reading, node, 'table-cell');
      return;
    default:
      if (/^(ATX|Setext)Heading/.test(node.name)) {
        reading.heading = readInline(reading, node, 'heading');
        reading.title ??= isSkillPage(reading.source.path) ? '' : reading.heading;
        reading.before = '';
        return;
      }
      for (let child = node.firstChild; child !== null; child = child.nextSibling)
        readBlock(reading, child);
  }
}

function isSkillPage(path: string): boolean {
  return /(^|\/)SKILL\.md$/i.test(path);
}

// Code of an HTML block is shown like a fence's.
function readHtmlCode(reading: MarkdownReading, node: SyntaxNode): void {
  const html = reading.text.slice(node.from, node.to);
  const declared = /^<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)/.exec(html)?.[1];
  if (declared !== undefined) note(reading, 'hidden', node, declared, 'comment');
  for (const match of html.matchAll(
    /<(?:pre|code)\b[^>]{0,200}>(?:\s{0,20}<code\b[^>]{0,200}>)?([^<]{3,4000})/gi,
  )) {
    const text = match[1] ?? '';
    const raw = node.from + match.index + match[0].length - text.length;
    const block = {
      text,
      map: [{ at: 0, raw }],
      info: '',
      title: reading.title ?? '',
      heading: reading.heading,
      before: reading.before,
    };
    if (blockLanguage(block) !== undefined)
      reading.embedded.push(
        programOf(
          reading.source.path,
          'shell',
          block,
          weaker(reading.source.context, blockContext(block)),
        ),
      );
  }
}

function readCode(reading: MarkdownReading, node: SyntaxNode): void {
  const info = node.getChild('CodeInfo');
  const code = joinPieces(
    node
      .getChildren('CodeText')
      .map((piece) => ({ text: reading.text.slice(piece.from, piece.to), raw: piece.from })),
  );
  const block = {
    ...code,
    info: info === null ? '' : reading.text.slice(info.from, info.to),
    title: reading.title ?? '',
    heading: reading.heading,
    before: reading.before,
  };
  const language = blockLanguage(block);
  const context = weaker(reading.source.context, blockContext(block));
  const span = { path: reading.source.path, start: code.map[0]?.raw ?? node.from, end: node.to };
  reading.facts.push({
    kind: 'text',
    role: 'fence',
    span,
    context,
    certainty: 'exact',
    text: code.text,
    detail: language ?? block.info,
  });
  if (language !== undefined)
    reading.embedded.push(programOf(reading.source.path, language, code, context));
  // A command in a block of another language is read as a command all the same.
  if (language !== 'shell' && language !== 'console')
    for (const line of shellLines(code))
      reading.embedded.push(programOf(reading.source.path, 'shell', line, context));
}
