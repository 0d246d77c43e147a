/** How a run or an agent's session ended, as an exit code and a line for people. */

import { join } from 'node:path';
import * as agents from '../../runner/agents/public.ts';
import type * as runs from '../../runner/run/public.ts';
import { type BreakerSubject, openBreakerProblem } from '../../skills-index/run/agents/breaker.ts';
import { endReasons, nextStepAfter } from '../../skills-index/run/audit/end-reason.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { printNote, safe } from '../terminal/output.ts';

export interface Ended extends Pick<runs.RunResult, 'code' | 'limited' | 'reason' | 'run'> {
  readonly what: 'run' | 'session';
  /** Whose breaker counts what it did. */
  readonly subject: BreakerSubject;
}

/** @throws Problem `run-limit`, `breaker-open` where people read */
export function exitOf(
  context: CommandContext,
  { plan: { agent, skill }, ...result }: runs.RunResult,
): ExitCode {
  return exitOfEnd(context, {
    ...result,
    what: 'run',
    subject: { agent, skill: skill.name, version: skill.version },
  });
}

/** @throws Problem `run-limit`, `breaker-open` where people read */
export function exitOfEnd(context: CommandContext, ended: Ended): ExitCode {
  const { code, limited, reason, run, what } = ended;
  const isRead = context.format === 'text';
  switch (reason) {
    case 'exit':
      if (code !== 0 || !limited) return code ?? exitCodes.internal;
      // Work is lost, so whoever looks at the exit code alone has to notice.
      if (isRead)
        printNote(context, safe`the ${what} ended well, but a limit left out some of its changes`);
      return exitCodes.limit;
    case 'killed':
      if (context.signal.aborted) return exitCodes.interrupted;
      printNote(context, safe`the ${what} was ended from outside`);
      return exitCodes.limit;
    case 'limit:seconds':
    case 'limit:memory':
    case 'limit:processes':
    case 'limit:denials':
    case 'limit:output':
    case 'limit:budget': {
      if (!isRead) return exitCodes.limit;
      // Limits of a run stand in its manifest, those of a session nowhere.
      const isOwn = what === 'session' || reason === 'limit:denials' || reason === 'limit:budget';
      const message = `The ${what} was stopped by its limit of ${reason.slice('limit:'.length)}`;
      throw new Problem('run-limit', message, isOwn ? { hint: nextStepAfter(reason, run) } : {});
    }
    case 'canary':
    case 'breaker':
      if (!isRead) return exitCodes.limit;
      throw whyOpen(context, ended, reason);
    case 'revoked':
    case 'proxy':
      printNote(context, safe`the ${what} was stopped: ${endReasons[reason].means}`);
      printNote(context, safe`  ${asCalled(nextStepAfter(reason, run))}`);
      return reason === 'revoked' && what === 'run' ? exitCodes.refused : exitCodes.limit;
  }
}

// Which counter, where to look, how it goes on.
function whyOpen(
  { paths }: CommandContext,
  { run, subject, what }: Ended,
  reason: 'canary' | 'breaker',
): Problem {
  const open = agents.breakerFile(join(paths.data, 'breakers'), subject).read()?.open;
  const stopped = `The ${what} was stopped: ${endReasons[reason].means}`;
  if (open === undefined)
    return new Problem('breaker-open', stopped, { hint: nextStepAfter(reason, run) });
  const [message] = openBreakerProblem(open);
  const hint = nextStepAfter(reason, run).replace('ID', open.hold.id);
  return new Problem('breaker-open', stopped, { hint, reasons: [{ message }] });
}
