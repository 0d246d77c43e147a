/** The tags of a template: what stands between an opening and a closing mark. */

export interface TemplateTag {
  /** The mark that opens it. */
  readonly open: string;
  readonly inside: string;
  /** Offset of `inside`. */
  readonly raw: number;
}

/** The tags of one template. */
interface TemplateTags {
  readonly tags: readonly TemplateTag[];
  /** Why the tags are not all that there are. */
  readonly unread: string | undefined;
}

/** How an engine finds its tags. */
export interface TagSyntax {
  /** What opens a tag, or is to be skipped. It matches no empty text. */
  readonly next: RegExp;
  /** What closes a tag, and how its code is read until then. */
  readonly closing: (opening: string) => TagEnd | undefined;
}

/** The end of a tag. */
export interface TagEnd {
  readonly close: string;
  /** It begins a tag of its own. */
  readonly isTag?: boolean;
  /** The tag is a comment, or text as it stands. */
  readonly isSkipped?: boolean;
  /** Inside texts in quotes the closing mark does not count. */
  readonly quotes?: RegExp;
  /** Whether a text may stand in three quotes. */
  readonly isPython?: boolean;
  /** Inside these brackets the closing mark does not count. */
  readonly brackets?: string;
}

/** All tags in their order. Linear in the text. */
export function tagsOf(text: string, syntax: TagSyntax): TemplateTags {
  const tags: TemplateTag[] = [];
  const next = new RegExp(syntax.next.source, 'gm');
  // Once the code of a tag runs to the end of the file, code is no longer followed.
  let isFollowed = true;
  let unread: string | undefined;
  const never = new Set<string>();
  for (let found = next.exec(text); found !== null; found = next.exec(text)) {
    const end = syntax.closing(found[0]);
    if (end === undefined) continue;
    const raw = next.lastIndex;
    let close = isFollowed && end.quotes !== undefined ? closeOf(text, raw, end) : -1;
    if (close < 0) {
      if (end.quotes !== undefined) isFollowed = false;
      close = never.has(end.close) ? -1 : indexOf(text, end, raw);
      if (close < 0 && end.close === '\n') close = text.length;
      if (close < 0 || end.quotes !== undefined) unread ??= 'a tag of a template without its end';
    }
    if (close < 0) {
      never.add(end.close);
      continue;
    }
    if (end.isSkipped !== true) tags.push({ open: found[0], inside: text.slice(raw, close), raw });
    next.lastIndex = close + (end.close === '\n' ? 0 : end.close.length);
  }
  return { tags, unread };
}

function indexOf(text: string, { close, isTag = false }: TagEnd, from: number): number {
  let at = text.indexOf(close, from);
  for (; isTag && at >= 0; at = text.indexOf(close, at + 1)) {
    let start = at;
    while (/\s/.test(text[start - 1] ?? '')) start -= 1;
    if (/\{%[-+]?$/.test(text.slice(start - 3, start))) return at;
  }
  return at;
}

// Walks the code of one tag; -1 when the code does not end.
function closeOf(text: string, from: number, end: TagEnd): number {
  const { close, quotes, brackets = '', isPython = false } = end;
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (depth <= 0 && text.startsWith(close, at)) return at;
    const letter = text[at] ?? '';
    const side = brackets.indexOf(letter);
    if (side >= 0) depth += side % 2 === 0 ? 1 : -1;
    else if (quotes?.test(letter) === true) {
      at = quoteEnd(text, at, letter, isPython);
      if (at < 0) return -1;
    }
  }
  return -1;
}

/** The last letter of a text in quotes, or of a comment of Python; -1 when it has no end. */
export function quoteEnd(text: string, at: number, quote: string, isPython: boolean): number {
  if (quote === '#') return text.indexOf('\n', at);
  const isTriple = isPython && text.startsWith(quote.repeat(3), at);
  const close = isTriple ? quote.repeat(3) : quote;
  for (let end = at + close.length; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text.startsWith(close, end)) return end + close.length - 1;
  }
  return -1;
}
