/** Addresses that git's settings say: remotes by their names, and prefixes that git replaces. */
import type { ShellValue } from '../value.ts';

/** What the settings say so far. What counts for pushes alone goes before the rest. */
export interface GitAddresses {
  readonly remotes: Map<string, ShellValue>;
  readonly pushedTo: Map<string, ShellValue>;
  /** By the prefix that each replaces. */
  readonly bases: Map<string, ShellValue>;
  readonly pushBases: Map<string, ShellValue>;
  /** The remote of a push that names none. */
  pushDefault: string;
}

export function newAddresses(): GitAddresses {
  return {
    remotes: new Map(),
    pushedTo: new Map(),
    bases: new Map(),
    pushBases: new Map(),
    pushDefault: 'origin',
  };
}

/** The same, with the settings of one command. */
export function addressesWith(
  known: GitAddresses,
  settings: readonly { readonly key: string; readonly value: ShellValue }[],
): GitAddresses {
  const addresses = {
    remotes: new Map(known.remotes),
    pushedTo: new Map(known.pushedTo),
    bases: new Map(known.bases),
    pushBases: new Map(known.pushBases),
    pushDefault: known.pushDefault,
  };
  for (const { key, value } of settings) noteSetting(addresses, key, value);
  return addresses;
}

/** A setting of git. Source: git-config, "remote.<name>.url", "url.<base>.insteadOf". */
export function noteSetting(addresses: GitAddresses, key: string, value: ShellValue): void {
  const [, name, push] = /^remote\.(.+)\.(push)?url$/i.exec(key) ?? [];
  if (name !== undefined)
    (push === undefined ? addresses.remotes : addresses.pushedTo).set(name, value);
  const [, base, pushBase] = /^url\.(.+)\.(push)?insteadof$/i.exec(key) ?? [];
  if (base !== undefined)
    (pushBase === undefined ? addresses.bases : addresses.pushBases).set(value.text, {
      ...value,
      text: base,
    });
  if (/^remote\.pushdefault$/i.test(key)) addresses.pushDefault = value.text;
}

/** The address that a word of a command means; the word where it is no remote's name. */
export function addressOf(addresses: GitAddresses, word: ShellValue): ShellValue {
  const { remotes, pushedTo, bases, pushBases } = addresses;
  const address = pushedTo.get(word.text) ?? remotes.get(word.text) ?? word;
  const [prefix, base] = baseOf(pushBases, address) ?? baseOf(bases, address) ?? [];
  if (prefix === undefined || base === undefined) return address;
  const text = `${base.text}${address.text.slice(prefix.length)}`;
  return { ...address, text, taints: [...address.taints, ...base.taints] };
}

/** Where a push goes that names no remote; undefined when no setting says it. */
export function usualAddress(addresses: GitAddresses): ShellValue | undefined {
  const { remotes, pushedTo, pushDefault } = addresses;
  const named = pushedTo.get(pushDefault) ?? remotes.get(pushDefault);
  return named && addressOf(addresses, { ...named, text: pushDefault });
}

// The longest prefix counts.
function baseOf(
  bases: ReadonlyMap<string, ShellValue>,
  { text }: ShellValue,
): readonly [string, ShellValue] | undefined {
  return [...bases]
    .filter(([prefix]) => text.startsWith(prefix))
    .sort(([one], [two]) => two.length - one.length)[0];
}
