/** What the entries of a lock were, and what they are now: `2.2.3 sha256:…` by key. */
export interface Entries {
  readonly before: Readonly<Record<string, string>>;
  readonly after: Readonly<Record<string, string>>;
}

/** `+ numpy 2.2.1`, `- six 1.16.0`, `numpy 2.1.0 → 2.2.1`. */
export function differences({ after, before }: Entries): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].sort().flatMap((key) => {
    const was = Object.hasOwn(before, key) ? before[key] : undefined;
    const is = Object.hasOwn(after, key) ? after[key] : undefined;
    if (was === is) return [];
    if (was === undefined) return [`+ ${key} ${versionOf(is)}`];
    if (is === undefined) return [`- ${key} ${versionOf(was)}`];
    return versionOf(was) === versionOf(is)
      ? [`  ${key} ${versionOf(is)}, other files`]
      : [`  ${key} ${versionOf(was)} → ${versionOf(is)}`];
  });
}

function versionOf(entry = ''): string {
  return entry.split(' ')[0] ?? '';
}
