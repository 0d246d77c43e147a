/** What goes to the program that makes attempts, and what it tells of them. */
import * as v from 'valibot';
import { attemptSecondsDefault } from './limits.ts';
import type { Attempt } from './row.ts';
import type { EscapeWorld } from './world.ts';

export interface WantedAttempt {
  readonly name: string;
  readonly program: 'python3' | 'sh' | 'node';
  readonly code: string;
  readonly seconds: number;
  readonly token: string;
}

/** What each attempt printed, by name; absent when it was not made. */
export type Told = ReadonlyMap<string, string>;

/** In lower case, so that it can stand in a host name. */
function tokenOf(world: EscapeWorld, number: number): string {
  return `${world.word}x${number}x`;
}

export function wantedAttempt(world: EscapeWorld, attempt: Attempt, number: number): WantedAttempt {
  const { name, code, program = 'python3', seconds = attemptSecondsDefault } = attempt;
  return { name, program, code, seconds, token: tokenOf(world, number) };
}

const line = v.object({ name: v.string(), output: v.string() });

/** Whether it worked, by its own proof; never where it printed nothing that came back. */
export function worked(world: EscapeWorld, row: Attempt, number: number, told: Told): boolean {
  const output = told.get(row.name);
  return output !== undefined && row.proof({ output, token: tokenOf(world, number), world });
}

/** Lines that are none of the program's are left out: an attempt may print into its stream. */
export function parseTold(text: string): Told {
  const told = new Map<string, string>();
  for (const one of text.split('\n')) {
    try {
      const { name, output } = v.parse(line, JSON.parse(one));
      if (!told.has(name)) told.set(name, output);
    } catch {}
  }
  return told;
}

/** What was refused, in the words of whoever refused it; else what was said last. */
export function detailOf(output: string): string {
  const lines = output.trim().split(/\r?\n/);
  return (
    lines.find((line) => /denied|Errno|error\[/.test(line)) ??
    lines.find((line) => line.startsWith('HTTP/1.')) ??
    lines.at(-1) ??
    ''
  );
}
