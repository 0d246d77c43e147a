/**
 * Paths as rules about holds compare them. A server may take many spellings for one path, and a
 * rule that knows one spelling alone holds none of the others. So spellings are folded, coarsely: a
 * path too many that waits does less harm than one that does not. Pure.
 */

/**
 * Whether a rule's path is about the path of a request: the same, or below it. A `*` at the end of
 * the rule's path stands for anything.
 * @param rule as host policy says it
 */
export function holdsPath(rule: string, path: string): boolean {
  const isPattern = rule.endsWith('*');
  const wanted = segmentsOf(isPattern ? rule.slice(0, rule.lastIndexOf('/')) : rule);
  const asked = segmentsOf(path);
  if (!wanted.every((segment, at) => isSame(segment, asked[at], at === asked.length - 1)))
    return false;
  const begins = isPattern ? folded(rule.slice(rule.lastIndexOf('/') + 1, -1)) : '';
  const next = asked[wanted.length] ?? '';
  // With and without what folding takes from the end of a segment.
  return next.startsWith(begins) || isSame(trimmed(begins), next, false);
}

// Servers leave out empty segments and `.`, and go up at `..`.
function segmentsOf(path: string): string[] {
  const out: string[] = [];
  for (const segment of folded(path).split(/[/\\]/)) {
    if (segment === '..') out.pop();
    else if (trimmed(segment) !== '') out.push(trimmed(segment));
  }
  return out;
}

// Encoded more than once, in any case, in any form of Unicode.
function folded(text: string): string {
  let before = '';
  let decoded = text;
  for (let times = 0; times < timesDecodedMax && decoded !== before; times++)
    [before, decoded] = [decoded, decoded.replace(/(%[0-9a-f]{2})+/gi, decodedOr)];
  return decoded.normalize('NFKC').toUpperCase().toLowerCase();
}

const timesDecodedMax = 5;

function decodedOr(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    return escapes.replace(/%(..)/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
}

// Parameters of a segment (RFC 3986 §3.3), streams of a file of Windows, and the dots and blanks
// that Windows takes from the end of a name.
function trimmed(segment: string): string {
  return segment.replace(/;.*|:[:$].*/s, '').replace(/^[\s\p{C}]+|[\s\p{C}.]+$/gu, '');
}

// With an extension or without: many servers take it for the form of the answer. At the end of a
// path, frameworks take whatever stands behind the first dot for one; before the end, `v1.2` and
// `v1.3` are two.
function isSame(wanted: string, asked: string | undefined, isLast: boolean): boolean {
  if (asked === undefined) return false;
  const extension = isLast ? /(?<=.)\..*$/s : /(?<=.)\.[a-z][a-z0-9]{0,9}$/;
  return wanted === asked || wanted.replace(extension, '') === asked.replace(extension, '');
}
