/**
 * Markdown as a reviewer must see it: formatted, but with nothing active and nothing hidden. The
 * parser is the scanner's. Raw HTML and comments are shown as text, images are labelled
 * placeholders, links are defanged text, and the author's headings are not headings of the page.
 */
import type { SyntaxNode } from '@lezer/common';
import { GFM, parser } from '@lezer/markdown';
import { defanged } from '../../markup/capability-text.ts';
import { type Html, html, isolatedText } from '../../markup/markup.ts';

/** Longer Markdown is shown as plain text only. */
export const markdownCharsMax = 100_000;

const markdownDepthMax = 40;

/**
 * Text without a blank line: the parser is quadratic in unclosed links (120 KB of them took 7 s).
 */
export const markdownStretchCharsMax = 16_000;

const gfm = parser.configure(GFM);

/**
 * The rendered text; undefined when it is too long to parse in a request. Then only the raw view is
 * shown.
 */
export function renderMarkdown(text: string): Html | undefined {
  if (
    text.length > markdownCharsMax ||
    text.split(/\n[ \t]*\n/).some((part) => part.length > markdownStretchCharsMax)
  ) {
    return undefined;
  }
  return html`<div class="markdown">${inside({ text, depth: 0 }, gfm.parse(text).topNode)}</div>`;
}

interface Walk {
  readonly text: string;
  readonly depth: number;
}

type Renderer = (walk: Walk, node: SyntaxNode) => Html;

const wrap = {
  Paragraph: (inner: Html[]) => html`<p>${inner}</p>`,
  Blockquote: (inner: Html[]) => html`<blockquote>${inner}</blockquote>`,
  BulletList: (inner: Html[]) => html`<ul>${inner}</ul>`,
  ListItem: (inner: Html[]) => html`<li>${inner}</li>`,
  Emphasis: (inner: Html[]) => html`<em>${inner}</em>`,
  StrongEmphasis: (inner: Html[]) => html`<strong>${inner}</strong>`,
  Strikethrough: (inner: Html[]) => html`<s>${inner}</s>`,
  Task: (inner: Html[]) => html`${inner}`,
  Table: (inner: Html[]) =>
    html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table><tbody>${inner}</tbody></table></div>`,
  TableHeader: (inner: Html[]) => html`<tr class="head">${inner}</tr>`,
  TableRow: (inner: Html[]) => html`<tr>${inner}</tr>`,
  TableCell: (inner: Html[]) => html`<td>${inner}</td>`,
} as const satisfies Readonly<Record<string, (inner: Html[]) => Html>>;

/**
 * Marks without meaning once their node is rendered. Every mark that is not listed is shown as
 * written.
 */
const dropped = new Set([
  'HeaderMark',
  'QuoteMark',
  'ListMark',
  'EmphasisMark',
  'StrikethroughMark',
  'TableDelimiter',
  'CodeMark',
]);

const special: Readonly<Record<string, Renderer>> = {
  OrderedList: (walk, node) =>
    html`<ol start="${Number.parseInt(source(walk, node), 10) || 1}">${inside(walk, node)}</ol>`,
  HorizontalRule: () => html`<hr>`,
  HardBreak: () => html`<br>`,
  TaskMarker: (walk, node) => html`<span class="task">${source(walk, node)}</span>`,
  FencedCode: code,
  CodeBlock: code,
  InlineCode: (walk, node) =>
    html`<code dir="ltr">${isolatedText(source(walk, node).replace(/^`+|`+$/g, ''))}</code>`,
  HTMLBlock: (walk, node) => hidden('raw HTML', source(walk, node)),
  HTMLTag: (walk, node) => hidden('raw HTML', source(walk, node)),
  CommentBlock: (walk, node) => hidden('HTML comment', source(walk, node)),
  Comment: (walk, node) => hidden('HTML comment', source(walk, node)),
  ProcessingInstructionBlock: (walk, node) => hidden('raw HTML', source(walk, node)),
  ProcessingInstruction: (walk, node) => hidden('raw HTML', source(walk, node)),
  LinkReference: (walk, node) => hidden('link target', defanged(source(walk, node))),
  Link: link,
  Image: image,
  URL: (walk, node) => address(source(walk, node)),
  Autolink: (walk, node) => address(source(walk, node).replace(/^<|>$/g, '')),
  Entity: (walk, node) =>
    html`<span class="entity" title="character reference">${source(walk, node)}</span>`,
  Escape: (walk, node) => html`${isolatedText(source(walk, node).slice(1))}`,
};

function render(walk: Walk, node: SyntaxNode): Html {
  if (walk.depth > markdownDepthMax) return html`${isolatedText(source(walk, node))}`;
  const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name)?.[1];
  if (heading !== undefined)
    return html`<p class="heading heading-${heading}">${inside(walk, node)}</p>`;
  const renderer = special[node.name];
  if (renderer !== undefined) return renderer(walk, node);
  if (isWrapped(node.name)) return wrap[node.name](inside(walk, node));
  return html`${isolatedText(source(walk, node))}`;
}

// The node's children, and the text between them.
function inside(walk: Walk, node: SyntaxNode): Html[] {
  const out: Html[] = [];
  let at = node.from;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.from > at) out.push(html`${isolatedText(walk.text.slice(at, child.from))}`);
    if (!dropped.has(child.name)) out.push(render({ ...walk, depth: walk.depth + 1 }, child));
    at = child.to;
  }
  if (at < node.to) out.push(html`${isolatedText(walk.text.slice(at, node.to))}`);
  return out;
}

function code(walk: Walk, node: SyntaxNode): Html {
  const info = node.getChild('CodeInfo');
  const lines = node.getChildren('CodeText').map((part) => source(walk, part));
  const label =
    info === null ? html`` : html`<figcaption>${isolatedText(source(walk, info))}</figcaption>`;
  return html`<figure class="fence">${label}<pre tabindex="0"><code dir="ltr">${isolatedText(lines.join(''))}</code></pre></figure>`;
}

function link(walk: Walk, node: SyntaxNode): Html {
  const target = node.getChild('URL') ?? node.getChild('LinkLabel');
  const [open, close] = node.getChildren('LinkMark');
  const label = walk.text.slice(open?.to ?? node.from, close?.from ?? node.to);
  const title = node.getChild('LinkTitle');
  return html`<span class="link"><u>${isolatedText(label)}</u> ${target === null ? '' : address(source(walk, target))}${
    title === null
      ? ''
      : html` <span class="title">title ${isolatedText(source(walk, title))}</span>`
  }</span>`;
}

function image(walk: Walk, node: SyntaxNode): Html {
  const target = node.getChild('URL') ?? node.getChild('LinkLabel');
  const [open, close] = node.getChildren('LinkMark');
  const alt = walk.text.slice(open?.to ?? node.from, close?.from ?? node.to);
  const from = target === null ? '' : address(source(walk, target));
  return html`<span class="image">image, not loaded: “${isolatedText(alt)}” ${from}</span>`;
}

function address(text: string): Html {
  return html`<code class="address" dir="ltr">${isolatedText(defanged(text))}</code>`;
}

function hidden(label: string, text: string): Html {
  return html`<span class="hidden-text"><span class="label">${label}</span> <code dir="ltr">${isolatedText(text)}</code></span>`;
}

function source(walk: Walk, node: SyntaxNode): string {
  return walk.text.slice(node.from, node.to);
}

function isWrapped(name: string): name is keyof typeof wrap {
  return Object.hasOwn(wrap, name);
}
