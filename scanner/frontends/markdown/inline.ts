/** Inline Markdown: paragraphs as a reader sees them, links, hidden text, inline code. */
import type { SyntaxNode } from '@lezer/common';
import type { FactContext, TextFact } from '../../fact/fact.ts';
import { keep } from '../../fact/remembered.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { networkPrograms } from '../../lookup-tables/network-programs.ts';
import { isSecretName } from '../../lookup-tables/secret-providers.ts';
import { sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { interpreters, utilities } from '../../lookup-tables/shell.ts';
import { behindWrappers } from '../../programs/behind-wrappers.ts';
import type { FrontEndContext } from '../../programs/frontend.ts';
import { deniesRow, deniesRows, hasAllDone, mayDenyRows } from '../../prose/denying-words.ts';
import { hiddenHtml, paragraphCharsMax } from '../text.ts';
import {
  blockContext,
  describesBlock,
  hasBlockRun,
  looksLikeShell,
  type Pieces,
  programOf,
} from './code.ts';

// A paragraph as a reader sees it: without marks of emphasis, links and code, so that no mark can
// split a word.
export function readInline(
  reading: MarkdownReading,
  node: SyntaxNode,
  role: TextFact['role'],
): string {
  const raw = reading.text.slice(node.from, node.to);
  const pieces: string[] = [];
  visitInline(reading, node, pieces);
  const text = pieces.join('').replace(/\s+/g, ' ').trim();
  note(reading, role, node, text, '');
  for (const hidden of hiddenHtml(raw, node.from))
    note(reading, 'hidden', hidden, hidden.text, hidden.why);
  readBareCommands(reading, raw, node.from);
  if (role !== 'heading') reading.before = text;
  return text;
}

// A download that is piped into a shell counts without code marks, too.
function readBareCommands(reading: MarkdownReading, raw: string, from: number): void {
  if (!raw.includes('|') && !raw.includes('sh <(')) return;
  for (const match of raw.matchAll(bareCommand)) {
    const code: Pieces = { text: match[0], map: [{ at: 0, raw: from + match.index }] };
    const before = raw.slice(Math.max(0, match.index - sentenceCharsMax), match.index);
    const context = weaker(
      reading.source.context,
      blockContext({ title: reading.title ?? '', text: '', heading: reading.heading, before }),
    );
    reading.embedded.push(programOf(reading.source.path, 'shell', code, context));
  }
}

const bareCommand =
  /(?<![`\w./-])(?:curl|wget|iwr|irm)\s[^`\n|]{3,300}\|\s{0,4}(?:sudo\s{1,4})?(?:ba|z|da|k)?sh\b|(?<![`\w])(?:ba)?sh <\((?:curl|wget)\s[^`\n)]{3,300}\)/g;

function visitInline(reading: MarkdownReading, node: SyntaxNode, pieces: string[]): void {
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
        break;
      case 'HTMLTag':
        // An element that loads something is part of the sentence: "add <script src=…> to each
        // page".
        if (/^<(script|iframe|img|object|embed|link|meta|form)\b/i.test(inner)) pieces.push(inner);
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
        if (url !== null)
          note(reading, role, url, text.slice(url.from, url.to), seen.join('').trim());
        const title = child.getChild('LinkTitle');
        if (title !== null)
          note(reading, 'hidden', title, text.slice(title.from + 1, title.to - 1), 'title');
        break;
      }
      default:
        visitInline(reading, child, pieces);
    }
  }
  pieces.push(text.slice(at, node.to));
}

// `[//]: # (text)` is a comment for places without HTML.
export function readReference(reading: MarkdownReading, node: SyntaxNode): void {
  const url = node.getChild('URL');
  const title = node.getChild('LinkTitle');
  if (url !== null && reading.text.slice(url.from, url.to) !== '#')
    note(reading, 'link', url, reading.text.slice(url.from, url.to), '');
  if (title !== null)
    note(reading, 'hidden', title, reading.text.slice(title.from + 1, title.to - 1), 'reference');
}

// Inline code with a whole command is read as a command; behind `!`, an agent runs it when it loads
// the skill.
function readInlineCode(reading: MarkdownReading, node: SyntaxNode, parent: SyntaxNode): void {
  const [open, close] = node.getChildren('CodeMark');
  if (open === undefined || close === undefined) return;
  const written = reading.text.slice(open.to, close.from);
  // A table writes `|` as `\|`. The replacement is as long, so that offsets stay.
  const text = parent.name === 'TableCell' ? written.replaceAll('\\|', ' |') : written;
  const code: Pieces = { text, map: [{ at: 0, raw: open.to }] };
  const runsAtLoad = reading.text[node.from - 1] === '!' && parent.name !== 'Link';
  const context = weaker(
    reading.source.context,
    runsAtLoad ? 'code' : inlineContext(reading, text, node, parent),
  );
  note(reading, 'inline-code', node, text, '', context);
  if (runsAtLoad || (/\s/.test(text.trim()) && hasCommand(text)))
    reading.embedded.push(programOf(reading.source.path, 'shell', code, context));
}

// In a paragraph about attacks, code is only mentioned unless its own sentence tells the reader to
// run it.
function inlineContext(
  reading: MarkdownReading,
  code: string,
  node: SyntaxNode,
  parent: SyntaxNode,
): FactContext {
  const sentence = sentenceAround(reading, node, parent);
  const { heading, title = '' } = reading;
  const context = blockContext({ text: code, title, heading, before: sentence });
  const isCalledDangerous =
    stopsWhen.test(reading.text.slice(Math.max(0, node.from - sentenceCharsMax), node.from)) &&
    calledDangerous.test(reading.text.slice(node.to, node.to + sentenceCharsMax));
  if (isCalledDangerous) return 'fence-doc';
  const rows = rowsAround(reading, parent);
  if (context === 'fence-doc') return rows?.isOrdered ? 'fence-run' : context;
  if (hasBlockRun.test(sentence)) return context;
  return describesBlock.test(
    reading.text.slice(parent.from, Math.min(parent.to, parent.from + paragraphCharsMax)),
  ) ||
    (rows !== undefined && !rows.isOrdered && isDenied(reading, rows, parent))
    ? 'fence-doc'
    : context;
}

// “If the script is about to run `…` or similar dangerous commands, stop.”
const stopsWhen =
  /\b(?:if|when|whenever)\b[^.!?]{0,120}\b(?:about|attempts?|tries|wants) to\b[^.!?,;]{0,160}$/i;
const calledDangerous =
  /^ ?(?:,? (?:or|and) (?:any )?(?:other|similar)) (?:dangerous|destructive|harmful|malicious|unsafe) (?:commands?|operations?|code)\b[^.!?]{0,120}\b(?:abort|ask|refuse|stop|warn)\b/i;

/** The table or list in which a cell or an item stands. */
export interface Rows {
  /** Whether a paragraph beside it has all of it done. */
  readonly isOrdered: boolean;
  /** Whether the sentence before it tells the reader to run it. */
  readonly isToRun: boolean;
  /** Whether that sentence or the head of the table denies it. */
  readonly isDenied: boolean;
}

// Whether a row is of what is denied, forbidden or wrong: the heading says so, the head of the
// table, the sentence before it, or another cell of the row.
function isDenied(
  { text, heading }: MarkdownReading,
  rows: Rows,
  { parent: row }: SyntaxNode,
): boolean {
  if (rows.isToRun) return false;
  return rows.isDenied || denies(heading) || cellsOf(text, row).some((one) => deniesRow.test(one));
}

function denies(text: string): boolean {
  return mayDenyRows.test(text) && deniesRows.test(text) && !hasBlockRun.test(text);
}

// One table may have a thousand cells with code.
function rowsAround({ text, rows: known }: MarkdownReading, parent: SyntaxNode): Rows | undefined {
  const row = parent.name === 'TableCell' || isItem(parent) ? parent.parent : null;
  const rows = row?.parent;
  if (rows == null) return undefined;
  return keep(known, rows.from, () => {
    const beside = (node: SyntaxNode | null): string =>
      node?.name === 'Paragraph' ? startOf(text, node) : '';
    const before = beside(rows.prevSibling);
    const lead = /[^.!?]*[.!?:]?\s*$/.exec(before)?.[0] ?? '';
    return {
      isOrdered: [before, beside(rows.nextSibling)].some((one) => hasAllDone.test(one)),
      isToRun: hasBlockRun.test(lead),
      isDenied: [lead, ...cellsOf(text, rows.getChild('TableHeader'))].some(denies),
    };
  });
}

function cellsOf(text: string, row: SyntaxNode | null): readonly string[] {
  return row?.getChildren('TableCell').map((cell) => startOf(text, cell)) ?? [];
}

function startOf(text: string, { from, to }: SyntaxNode): string {
  return text.slice(from, Math.min(to, from + paragraphCharsMax));
}

function isItem({ name, parent }: SyntaxNode): boolean {
  return name === 'Paragraph' && parent?.name === 'ListItem';
}

// The sentence around inline code.
function sentenceAround({ text }: MarkdownReading, node: SyntaxNode, parent: SyntaxNode): string {
  const before = text.slice(Math.max(parent.from, node.from - sentenceCharsMax), node.from);
  const behind = text.slice(node.to, Math.min(parent.to, node.to + sentenceCharsMax));
  const plain = before.replace(/\b(?:e\.g|i\.e)\. /g, (words) => '-'.repeat(words.length));
  const start = Math.max(...['. ', '! ', '? ', '\n\n'].map((end) => plain.lastIndexOf(end))) + 1;
  return `${before.slice(start)} ${/^[^.!?\n]*/.exec(behind)?.[0] ?? ''}`;
}

const sentenceCharsMax = 200;

// Code inside a text that only shows something is only shown.
export function weaker(around: FactContext, inside: FactContext): FactContext {
  return around === 'comment' || around === 'fence-doc' ? around : inside;
}

export function commentText(comment: string): string {
  return comment
    .replace(/^<!--+/, '')
    .replace(/--+>$/, '')
    .trim();
}

function entityText(entity: string): string {
  const number = /^&#(?:x([0-9a-f]+)|(\d+));$/i.exec(entity);
  const code =
    number === null
      ? undefined
      : number[1] === undefined
        ? Number(number[2])
        : Number.parseInt(number[1], 16);
  if (code !== undefined) return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : '';
  return (
    { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ', '&apos;': "'" }[
      entity
    ] ?? entity
  );
}

export interface MarkdownReading {
  readonly source: TaintSource;
  readonly text: string;
  readonly facts: TextFact[];
  readonly embedded: EmbeddedProgram[];
  readonly context: FrontEndContext;
  /** The first heading of a page beside SKILL.md. SKILL.md has none: its name is free. */
  title: string | undefined;
  heading: string;
  before: string;
  /** Tables and lists by their place. */
  readonly rows: Map<number, Rows>;
}

export function note(
  reading: MarkdownReading,
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

// Whether inline code holds a whole command, wherever in the text the command stands.

/** Whether a text of inline code is a command line: `true && curl …`, `timeout 9 curl …`. */
function hasCommand(text: string): boolean {
  if (looksLikeShell(text)) return true;
  const isTelling = addressOrSecret.test(text) || namesPrivate(text);
  return text
    .split(joints)
    .map(commandWords)
    .some(([name = '', ...given]) => isCommand(name, given, text, isTelling));
}

// `string | node` is a type. A single word counts beside an address alone: `iwr … | iex`.
function isCommand(
  name: string,
  given: readonly string[],
  text: string,
  isTelling: boolean,
): boolean {
  if (given.length === 0 && !isTelling) return false;
  if (looksLikeShell([name, ...given].join(' '))) return true;
  const isInTable = [networkPrograms, interpreters, utilities].some(
    (table) => own<unknown>(table, name) !== undefined,
  );
  if (given.length === 0 || !isTelling) return false;
  return isInTable || (plainName.test(name) && (namesSecret(text) || namesPrivate(text)));
}

// Without variables and wrappers in front, and without the folder of the program.
function commandWords(piece: string): readonly string[] {
  const words = piece.trim().split(/\s+/);
  const start = words.findIndex((word) => !/^\w+=/.test(word));
  const [name = '', ...given] = behindWrappers(words.slice(Math.max(start, 0)));
  return [name.replace(/^\/(?:usr\/)?(?:local\/)?s?bin\//, ''), ...given];
}

function namesSecret(text: string): boolean {
  return [...text.matchAll(/\$\{?(\w{1,100})/g)].some(([, name = '']) => isSecretName(name));
}

function namesPrivate(text: string): boolean {
  return text
    .split(/[\s"'=:@]+/)
    .some((word) => /^(?:~|\$HOME|\/)/.test(word) && sensitivePath(word) !== undefined);
}

const joints = /&&|\|\||[;|&({!]|\b(?:do|then|else|if|while|until)\b/;
const addressOrSecret = /:\/\/|\$\{?\w/;
const plainName = /^[a-z][\w.+-]{0,40}$/;
