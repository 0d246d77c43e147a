/** Input and output of the program that makes attempts. */
import * as v from 'valibot';
import type { Attempt } from './row.ts';
import type { EscapeWorld } from './world.ts';

const attemptSecondsDefault = 4;

export interface WantedAttempt {
  readonly name: string;
  readonly program: 'python3' | 'sh' | 'node';
  readonly code: string;
  readonly seconds: number;
  readonly token: string;
}

/** The output of each attempt, by name; absent when the attempt was not made. */
export type AttemptOutputs = ReadonlyMap<string, string>;

/** In lower case, so that the token can be part of a host name. */
function tokenOf(world: EscapeWorld, number: number): string {
  return `${world.word}x${number}x`;
}

export function wantedAttempt(world: EscapeWorld, attempt: Attempt, number: number): WantedAttempt {
  const { name, code, program = 'python3', seconds = attemptSecondsDefault } = attempt;
  return { name, program, code, seconds, token: tokenOf(world, number) };
}

const line = v.object({ name: v.string(), output: v.string() });

/** Whether the row's proof says that the attempt worked; false without output. */
export function worked(
  world: EscapeWorld,
  row: Attempt,
  number: number,
  outputs: AttemptOutputs,
): boolean {
  const output = outputs.get(row.name);
  return output !== undefined && row.proof({ output, token: tokenOf(world, number), world });
}

/** Ignores lines that the program did not write: an attempt may print into its stream. */
export function parseOutputs(text: string): AttemptOutputs {
  const outputs = new Map<string, string>();
  for (const printed of text.split('\n')) {
    try {
      const { name, output } = v.parse(line, JSON.parse(printed));
      if (!outputs.has(name)) outputs.set(name, output);
    } catch {}
  }
  return outputs;
}

/** The line that names a refusal, else the last line. */
export function detailOf(output: string): string {
  const lines = output.trim().split(/\r?\n/);
  return (
    lines.find((line) => /denied|Errno|error\[/.test(line)) ??
    lines.find((line) => line.startsWith('HTTP/1.')) ??
    lines.at(-1) ??
    ''
  );
}
