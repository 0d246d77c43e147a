/** The tags of a template: what stands between an opening and a closing mark. */

export interface TemplateTag {
  /** The mark that opens it. */
  readonly open: string;
  readonly inside: string;
  /** Offset of `inside`. */
  readonly raw: number;
}

/** All tags in their order, up to a limit. Linear in the text. */
export function tagsOf(text: string, marks: Readonly<Record<string, string>>): TemplateTag[] {
  const found: TemplateTag[] = [];
  const opens = Object.keys(marks);
  // Per mark the next place, so that a mark that does not come again is searched once.
  const next = new Map(opens.map((open) => [open, text.indexOf(open)]));
  for (let at = 0; found.length < tagsMax; ) {
    for (const [open, place] of next)
      if (place >= 0 && place < at) next.set(open, text.indexOf(open, at));
    const [first] = [...next].filter(([, place]) => place >= 0).sort(([, a], [, b]) => a - b);
    if (first === undefined) break;
    const [open, place] = first;
    const raw = place + open.length;
    const end = text.indexOf(marks[open] ?? '', raw);
    if (end < 0) {
      next.set(open, -1);
      continue;
    }
    found.push({ open, inside: text.slice(raw, Math.min(end, raw + tagCharsMax)), raw });
    at = end;
  }
  return found;
}

const tagsMax = 5_000;
const tagCharsMax = 20_000;
