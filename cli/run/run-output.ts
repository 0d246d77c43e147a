/** What a run prints, on its way to a terminal, a file or JSON. */
import type * as runs from '../../runner/run/public.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import type { CommandContext } from '../command.ts';
import type { Lacks } from './went-without.ts';

export interface RunOutput {
  readonly stdout: (chunk: Uint8Array) => void;
  readonly stderr: (chunk: Uint8Array) => void;
  readonly end: () => void;
  /** With `--format json`: what came. */
  readonly taken: { stdout: string; stderr: string };
}

// Bytes pass as they are into a file or a pipe; a terminal gets no escape sequences of a stranger,
// and JSON gets nothing beside it.
export function outputFor(context: CommandContext): RunOutput {
  const taken = { stdout: '', stderr: '' };
  const ends: (() => void)[] = [];
  const channel = (key: 'stdout' | 'stderr'): ((chunk: Uint8Array) => void) => {
    const stream = context[key];
    if (context.format === 'text' && stream.isTTY !== true)
      return (chunk) => void stream.write(chunk);
    const decoder = new TextDecoder();
    const put = (text: string): void => {
      if (context.format === 'text') stream.write(printable(text));
      else taken[key] += text;
    };
    ends.push(() => put(decoder.decode()));
    return (chunk) => put(decoder.decode(chunk, { stream: true }));
  };
  return {
    stdout: channel('stdout'),
    stderr: channel('stderr'),
    end: () => ends.forEach((end) => void end()),
    taken,
  };
}

/** The end of a run for programs, `skillgate.run/1`. */
export function resultJson(
  {
    run,
    reason,
    code,
    plan,
    planDigest,
    milliseconds,
    egress,
    cleaned,
    changes,
    limited,
  }: runs.RunResult,
  { taken }: RunOutput,
  lacks: Partial<Lacks> = {},
): object {
  const { skill, agent, command } = plan;
  return {
    schema: 'skillgate.run/1',
    run,
    skill,
    agent,
    command: command.name,
    plan: planDigest,
    reason,
    code,
    milliseconds,
    egress,
    cleaned,
    limited,
    changes,
    ...lacks,
    ...taken,
  };
}
