/**
 * Public suffixes from one packed text: what the Worker has in place of tldts, whose tables take 14 KiB more (wrangler.toml `[alias]`).
 * `.ci/worker-parts.mjs` packs tldts's own list; a test holds the answers against tldts for every rule.
 */

/** Labels below a label; a rule ends where `isRule` says so. */
interface Suffixes {
  readonly isRule: boolean;
  readonly below: ReadonlyMap<string, Suffixes>;
}

/**
 * Reads the text when it is first asked.
 * @param packed rules, then exceptions behind a line feed; a tree of labels from the right: `uk(co gov?(x))`, `?` where no rule ends
 * @returns finds the public suffix of a lower-case ASCII host name, private ones (`github.io`) included
 */
export function suffixesIn(packed: string): (host: string) => string {
  let read: readonly Suffixes[] | undefined;
  return (host) => {
    read ??= packed.split('\n').map(unpack);
    const [rules, exceptions] = read;
    const labels = host.split('.');
    const exception = rulePartsOf(exceptions, labels);
    const parts = exception > 0 ? exception - 1 : Math.max(rulePartsOf(rules, labels), 1);
    return labels.slice(-parts).join('.');
  };
}

/** How many labels the longest rule takes; 0 where there is none. */
function rulePartsOf(from: Suffixes | undefined, labels: readonly string[]): number {
  let longest = 0;
  for (let [node, count] = [from, 1]; node !== undefined && count <= labels.length; count++) {
    const next: Suffixes | undefined = node.below.get(labels.at(-count) ?? '') ?? node.below.get('*');
    if (next?.isRule === true) longest = count;
    node = next;
  }
  return longest;
}

function unpack(text: string): Suffixes {
  const open: Map<string, Suffixes>[] = [new Map()];
  for (const [, label = '', none, bracket] of text.matchAll(/([^ ()?]+)(\??)(\(?)|\)/g)) {
    if (label === '') open.pop();
    const below = new Map<string, Suffixes>();
    if (label !== '') open.at(-1)?.set(label, { isRule: none === '', below });
    if (bracket === '(') open.push(below);
  }
  return { isRule: false, below: open[0] ?? new Map() };
}
