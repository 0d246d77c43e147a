/** The command that `env`, `sudo`, `nohup` and their like start, from the words of a line. */
import { basename } from 'node:path/posix';
import { own } from '../lookup-tables/api.ts';
import { wrappers } from '../lookup-tables/shell.ts';

/** The words without the wrappers in front; the words themselves when no command is behind them. */
export function behindWrappers(words: readonly string[]): readonly string[] {
  let rest = words;
  for (let depth = 0; depth < wrappersMax; depth++) {
    const wrapper = own(wrappers, basename(rest[0] ?? ''));
    if (wrapper === undefined || wrapper.verb !== undefined) return rest;
    const command = rest.slice(commandAt(rest, wrapper));
    if (command.length === 0) return rest;
    rest = command;
  }
  return rest;
}

function commandAt(
  words: readonly string[],
  { takesValue, skip, operand }: (typeof wrappers)[string],
): number {
  let at = 1;
  for (let word = words[at]; word !== undefined && front.test(word); word = words[at])
    at += takesValue.includes(word.replace(/^-{1,2}/, '')) ? 2 : 1;
  return skip > 0 && operand?.test(words[at] ?? '') === false ? at : at + skip;
}

// Options, and variables that are set for the command.
const front = /^-|^\w+=/;
const wrappersMax = 6;
