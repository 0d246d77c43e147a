/** The verdict of `skillgate doctor`: one sentence, and the one line to type next. Pure. */
import type { HostRow } from './check-host.ts';

export interface DoctorRow extends HostRow {
  /** Whether no skill runs without it. */
  readonly needed: boolean;
}

export interface DoctorVerdict {
  readonly verdict: 'ready' | 'ready-but' | 'not-ready';
  readonly sentence: string;
  /** The line to type next. */
  readonly next?: string;
}

// What a host lacks although skills run, in the order in which an operator mends it.
const lacks: readonly { readonly row: RegExp; readonly what: string }[] = [
  {
    row: /^skillgate$/,
    what: 'the shims of installed skills fail, because skillgate is not on PATH',
  },
  {
    row: /^advisories$/,
    what: 'skills with packages do not start, because the advisories cannot be read',
  },
  {
    row: /^root of trust of /,
    what: 'the root of trust of a registry expires soon, or has expired',
  },
  { row: /^separate operator$/, what: 'held actions are denied, because no approver is named' },
  { row: /^approver /, what: 'an approver’s key has no passphrase, so agents could use the key' },
  { row: /^mailbox of /, what: 'an approver gets no holds by mailbox' },
  { row: /^hold rules$/, what: 'a hold rule holds nothing' },
  { row: /^python3$/, what: 'skills with Python scripts do not run' },
];

/** @param hasRegistry whether this host has pinned a registry */
export function decideVerdict(rows: readonly DoctorRow[], hasRegistry: boolean): DoctorVerdict {
  const missing = rows.filter(({ holds }) => !holds);
  const needed = missing.filter((row) => row.needed);
  // A host program that is missing is often the cause of what else is missing.
  const first = needed.find(({ type }) => type !== undefined) ?? needed[0];
  if (first !== undefined) {
    const more = needed.length > 1 ? `, and ${needed.length - 1} more (marked no, in red)` : '';
    const sentence = `Not ready: no skill runs on this host. ${first.name}: ${first.detail}${more}.`;
    return { verdict: 'not-ready', sentence, ...nextOf(first) };
  }
  const [lack] = lacks.flatMap(({ row, what }) => {
    const found = missing.find(({ name }) => row.test(name));
    return found === undefined ? [] : [{ what, row: found }];
  });
  if (lack !== undefined)
    return { verdict: 'ready-but', sentence: `Ready, but ${lack.what}.`, ...nextOf(lack.row) };
  if (!hasRegistry)
    return {
      verdict: 'ready-but',
      sentence: 'Ready, but no registry is pinned, so no skill can be installed.',
      next: 'skillgate registry add URL --root sha256:…',
    };
  return {
    verdict: 'ready',
    sentence: 'Ready: approved skills run on this host, each in its own sandbox.',
    next: 'skillgate install @scope/name',
  };
}

function nextOf({ type }: DoctorRow): Pick<DoctorVerdict, 'next'> {
  return type === undefined ? {} : { next: type };
}
