/**
 * Compares the path of a request with the path of a hold rule. A server may accept many spellings
 * of one path, and a rule must cover all spellings. Normalisation is deliberately coarse: asking
 * once too often does less harm than not asking. Pure.
 */

/**
 * Whether a rule covers the path of a request: the same path, or a path below the rule's path. A
 * `*` at the end of the rule's path matches any text.
 * @param rule the path in host policy
 */
export function isPathCovered(rule: string, path: string): boolean {
  const isPattern = rule.endsWith('*');
  const wanted = segmentsOf(isPattern ? rule.slice(0, rule.lastIndexOf('/')) : rule);
  const asked = segmentsOf(path);
  if (!wanted.every((segment, at) => isSame(segment, asked[at], at === asked.length - 1)))
    return false;
  const begins = isPattern ? folded(rule.slice(rule.lastIndexOf('/') + 1, -1)) : '';
  const next = asked[wanted.length] ?? '';
  // Normalisation removes characters from the end of a segment, so the prefix is compared with and
  // without these characters.
  return next.startsWith(begins) || isSame(trimmed(begins), next, false);
}

// Servers ignore empty segments and the segment `.`, and resolve the segment `..`.
function segmentsOf(path: string): string[] {
  const out: string[] = [];
  for (const segment of folded(path).split(/[/\\]/)) {
    if (segment === '..') out.pop();
    else if (trimmed(segment) !== '') out.push(trimmed(segment));
  }
  return out;
}

// Undoes repeated percent-encoding, letter case and Unicode forms of a path.
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

// Removes parameters of a segment (RFC 3986 §3.3), Windows file streams, and the dots and spaces
// that Windows drops from the end of a name.
function trimmed(segment: string): string {
  return segment.replace(/;.*|:[:$].*/s, '').replace(/^[\s\p{C}]+|[\s\p{C}.]+$/gu, '');
}

// Many servers take a file extension as the wanted format, so a path matches with or without an
// extension. In the last segment, frameworks take everything behind the first dot as the extension.
// In earlier segments `v1.2` and `v1.3` are different.
function isSame(wanted: string, asked: string | undefined, isLast: boolean): boolean {
  if (asked === undefined) return false;
  const extension = isLast ? /(?<=.)\..*$/s : /(?<=.)\.[a-z][a-z0-9]{0,9}$/;
  return wanted === asked || wanted.replace(extension, '') === asked.replace(extension, '');
}
