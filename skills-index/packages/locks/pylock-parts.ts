/**
 * Parses a pylock.toml package by package. The parser of TOML needs most of a second for a lock of
 * 300 packages, and a registry must answer others meanwhile.
 */
import { packagesMax } from '../../skill/limits.ts';
import { tomlPartCharsMax, tomlPartSignsMax, tomlSignsMax } from '../limits.ts';
import type { LongWork } from './long-work.ts';
import { countSigns, parseTomlText } from './toml-value.ts';

/** A lock that would take too long to parse. */
export class LockTooLarge extends Error {}

type Table = Readonly<Record<string, unknown>>;

/**
 * The value of a lock; a step for each package.
 * @throws LockTooLarge; Error for a text that is not TOML
 */
export function* parsePylockParts(text: string): LongWork<Table> {
  const signs = countSigns(text);
  if (signs > tomlSignsMax)
    throw new LockTooLarge(
      `it has ${signs} line ends and signs = , . [ {; at most ${tomlSignsMax}. Lock fewer packages`,
    );
  const merged = new Map<string, unknown>();
  const packages: unknown[] = [];
  const parts = partsOf(text);
  // One part lies before the packages. Hundred thousand empty packages would take seconds.
  if (parts.length > packagesMax + 1)
    throw new LockTooLarge(`it has ${parts.length - 1} packages; at most ${packagesMax}`);
  for (const part of parts) {
    requireSmall(part);
    for (const [key, value] of Object.entries(parseTomlText(part) as Table))
      if (key === 'packages' && part.startsWith(header)) packages.push(...listed(value));
      else if (merged.has(key)) throw new RangeError(`the key ${key} is in two places`);
      else merged.set(key, value);
    yield;
  }
  if (packages.length === 0) return Object.fromEntries(merged);
  if (merged.has('packages')) throw new RangeError('the key packages is in two places');
  return { ...Object.fromEntries(merged), packages };
}

const header = '[[packages]]';

/** What lies before the packages, and each package with the tables behind it. */
function partsOf(text: string): string[] {
  // Only in a text over several lines can a line that begins with the header be anything else.
  return /"""|'''/.test(text) ? [text] : text.split(/(?<=\n)(?=\[\[packages\]\])/);
}

function requireSmall(part: string): void {
  const signs = countSigns(part);
  if (part.length <= tomlPartCharsMax && signs <= tomlPartSignsMax) return;
  const [, name] = /^name = ("[^"\n]{1,100}")/m.exec(part) ?? [];
  const what = part.startsWith(header) ? `the package ${name ?? 'without a name'}` : 'a part';
  throw new LockTooLarge(
    `${what} has ${part.length} characters and ${signs} line ends and signs = , . [ {; at most ${tomlPartCharsMax} and ${tomlPartSignsMax}. Write each package below a line [[packages]], as uv and pip do, without wheels that nobody needs`,
  );
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
