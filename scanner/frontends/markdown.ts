/** The Markdown front end: prose, links, what is hidden, and code blocks, by the parser that also shows the file to the reviewer. */
import type { SyntaxNode } from '@lezer/common';
import { GFM, parser } from '@lezer/markdown';
import type { FactContext, TextFact } from '../fact.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import type { EmbeddedProgram, Source } from '../source.ts';
import { blockContext, blockLanguage, joinPieces, looksLikeShell, type Pieces, programOf, shellLines } from './markdown-code.ts';
import { hiddenHtml, htmlFacts, plainTextFacts } from './text.ts';

const markdown = parser.configure([GFM]);

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

interface Reading {
  readonly source: Source;
  readonly text: string;
  readonly facts: TextFact[];
  readonly embedded: EmbeddedProgram[];
  readonly context: FrontEndContext;
  heading: string;
  before: string;
}

function analyseOne(source: Source, context: FrontEndContext): FrontEndResult {
  context.steps.take(parseCost(source.text));
  const reading: Reading = {
    source,
    text: source.text.replace(/\r(?!\n)/g, '\n'),
    facts: [],
    embedded: [],
    context,
    heading: '',
    before: '',
  };
  const bodyStart = readFrontMatter(reading);
  // What is before the body is blanked, so that offsets stay and no dash in it makes a heading.
  const body = reading.text.slice(0, bodyStart).replace(/[^\n]/g, ' ') + reading.text.slice(bodyStart);
  const tree = markdown.parse(body);
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) readBlock(reading, node);
  return { facts: reading.facts, embedded: reading.embedded, unanalysed: [] };
}

// The inline parser takes time by the square of the open brackets of one paragraph (measured: 30,000 in 7 s).
function parseCost(text: string): number {
  let cost = 1 + (text.length >> 6);
  for (const block of text.split(/\n[ \t]*\r?\n/)) {
    const open = block.split('[').length - 1;
    cost += (open * open) >> 6;
  }
  return cost;
}

// Each key of the front matter is a text: its values are read by agents as the rest is.
function readFrontMatter(reading: Reading): number {
  const [all, inner] = /^---[ \t]*\r?\n([\s\S]*?)\n---[ \t]*(?:\r?\n|$)/.exec(reading.text) ?? [];
  if (all === undefined || inner === undefined) return 0;
  const start = all.indexOf('\n') + 1;
  for (const match of inner.matchAll(/^([\w.-]+):([^\n]*(?:\n(?:[ \t]+[^\n]*|[ \t]*$))*)/gm)) {
    const at = start + match.index;
    note(reading, 'front-matter', { from: at, to: at + match[0].length }, (match[2] ?? '').trim(), match[1] ?? '');
  }
  return all.length;
}

function readBlock(reading: Reading, node: SyntaxNode): void {
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
    case 'HTMLBlock':
    case 'ProcessingInstructionBlock':
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
        reading.before = '';
        return;
      }
      for (let child = node.firstChild; child !== null; child = child.nextSibling) readBlock(reading, child);
  }
}

// A paragraph as a reader sees it: marks of emphasis, links and code taken away, so that none can split a word.
function readInline(reading: Reading, node: SyntaxNode, role: TextFact['role']): string {
  const raw = reading.text.slice(node.from, node.to);
  const pieces: string[] = [];
  visitInline(reading, node, pieces);
  const text = pieces.join('').replace(/\s+/g, ' ').trim();
  note(reading, role, node, text, '');
  for (const hidden of hiddenHtml(raw, node.from)) note(reading, 'hidden', hidden, hidden.text, hidden.why);
  if (role !== 'heading') reading.before = text;
  return text;
}

function visitInline(reading: Reading, node: SyntaxNode, pieces: string[]): void {
  const { text } = reading;
  let at = node.from;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    reading.context.steps.take();
    pieces.push(text.slice(at, child.from));
    at = child.to;
    const inner = text.slice(child.from, child.to);
    switch (child.name) {
      case 'EmphasisMark':
      case 'CodeMark':
      case 'StrikethroughMark':
      case 'LinkMark':
      case 'HeaderMark':
      case 'QuoteMark':
      case 'LinkTitle':
      case 'TaskMarker':
      case 'HTMLTag':
        break;
      case 'Comment':
        note(reading, 'hidden', child, commentText(inner), 'comment');
        break;
      case 'Escape':
        pieces.push(inner.slice(1));
        break;
      case 'Entity':
        pieces.push(entityText(inner));
        break;
      case 'InlineCode':
        readInlineCode(reading, child, node);
        pieces.push(inner.replace(/^`+ ?| ?`+$/g, ''));
        break;
      case 'URL':
        if (node.name !== 'Image') note(reading, 'link', child, inner, '');
        if (node.name !== 'Link' && node.name !== 'Image') pieces.push(inner);
        break;
      case 'Link':
      case 'Image': {
        const seen: string[] = [];
        visitInline(reading, child, seen);
        pieces.push(...seen);
        const url = child.getChild('URL');
        const role = child.name === 'Image' ? 'image' : 'link';
        if (url !== null) note(reading, role, url, text.slice(url.from, url.to), seen.join('').trim());
        const title = child.getChild('LinkTitle');
        if (title !== null) note(reading, 'hidden', title, text.slice(title.from + 1, title.to - 1), 'title');
        break;
      }
      default:
        visitInline(reading, child, pieces);
    }
  }
  pieces.push(text.slice(at, node.to));
}

// `[//]: # (text)` is how comments are written where HTML is not wanted.
function readReference(reading: Reading, node: SyntaxNode): void {
  const [url, title] = [node.getChild('URL'), node.getChild('LinkTitle')];
  if (url !== null && reading.text.slice(url.from, url.to) !== '#')
    note(reading, 'link', url, reading.text.slice(url.from, url.to), '');
  if (title !== null) note(reading, 'hidden', title, reading.text.slice(title.from + 1, title.to - 1), 'reference');
}

function readCode(reading: Reading, node: SyntaxNode): void {
  const info = node.getChild('CodeInfo');
  const code = joinPieces(
    node.getChildren('CodeText').map((piece) => ({ text: reading.text.slice(piece.from, piece.to), raw: piece.from })),
  );
  const block = {
    ...code,
    info: info === null ? '' : reading.text.slice(info.from, info.to),
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
  if (language !== undefined) reading.embedded.push(programOf(reading.source.path, language, code, context));
  // A command in a block of another language is run as one all the same.
  if (language !== 'shell' && language !== 'console')
    for (const line of shellLines(code)) reading.embedded.push(programOf(reading.source.path, 'shell', line, context));
}

// Inline code that is a whole command is read as one; behind `!` an agent runs it when it loads the skill.
function readInlineCode(reading: Reading, node: SyntaxNode, parent: SyntaxNode): void {
  const [open, close] = node.getChildren('CodeMark');
  if (open === undefined || close === undefined) return;
  const text = reading.text.slice(open.to, close.from);
  const code: Pieces = { text, map: [{ at: 0, raw: open.to }] };
  const runsAtLoad = reading.text[node.from - 1] === '!' && parent.name !== 'Link';
  const block = { ...code, info: '', heading: reading.heading, before: reading.text.slice(parent.from, node.from) };
  const context = weaker(
    reading.source.context,
    runsAtLoad ? 'code' : blockContext({ ...block, before: reading.text.slice(parent.from, parent.to) }),
  );
  note(reading, 'inline-code', node, text, '', context);
  if (runsAtLoad || (/\s/.test(text.trim()) && looksLikeShell(text)))
    reading.embedded.push(programOf(reading.source.path, 'shell', code, context));
}

// What stands in a text that is only shown is only shown.
function weaker(around: FactContext, inside: FactContext): FactContext {
  return around === 'comment' || around === 'fence-doc' ? around : inside;
}

function note(
  reading: Reading,
  role: TextFact['role'],
  at: { readonly from: number; readonly to: number },
  text: string,
  detail: string,
  context: FactContext = reading.source.context,
): void {
  if (text === '') return;
  reading.context.steps.take(1 + (text.length >> 6));
  reading.facts.push({
    kind: 'text',
    role,
    span: { path: reading.source.path, start: at.from, end: at.to },
    context,
    certainty: 'exact',
    text,
    detail,
  });
}

function commentText(comment: string): string {
  return comment
    .replace(/^<!--+/, '')
    .replace(/--+>$/, '')
    .trim();
}

function entityText(entity: string): string {
  const number = /^&#(?:x([0-9a-f]+)|(\d+));$/i.exec(entity);
  const code = number === null ? undefined : number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
  if (code !== undefined) return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '';
  return { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ', '&apos;': "'" }[entity] ?? entity;
}
