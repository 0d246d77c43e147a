/** How a run ended, as an exit code and a line for people. */
import { join } from 'node:path';
import { breakerFile } from '../runner/breakers.ts';
import type { RunResult } from '../runner/run.ts';
import { sayOpen } from '../skills-index/run/breaker.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from './command.ts';
import { note, safe } from './output.ts';

const whyStopped = {
  canary: 'it sent a credential that stands in its sandbox only to be stolen',
  revoked: 'what it may do was taken back while it ran',
  proxy: 'its way to the network is gone',
} as const;

/** @throws Problem `run-limit`, `breaker-open` where people read */
export function exitOf(context: CommandContext, result: RunResult): ExitCode {
  switch (result.reason) {
    case 'exit':
      return result.code ?? exitCodes.internal;
    case 'killed':
      if (context.signal.aborted) return exitCodes.interrupted;
      note(context, safe`the run was ended from outside`);
      return exitCodes.limit;
    case 'limit:seconds':
    case 'limit:memory':
    case 'limit:processes':
    case 'limit:denials':
    case 'limit:output':
    case 'limit:budget': {
      const what = result.reason.slice('limit:'.length);
      if (context.format === 'text') throw new Problem('run-limit', `The run was stopped by its limit of ${what}`);
      return exitCodes.limit;
    }
    case 'breaker':
      if (context.format === 'text') throw new Problem('breaker-open', ...whyOpen(context, result));
      return exitCodes.limit;
    case 'canary':
    case 'revoked':
    case 'proxy':
      note(context, safe`the run was stopped: ${whyStopped[result.reason]}`);
      return result.reason === 'revoked' ? exitCodes.refused : exitCodes.limit;
  }
}

// Which counter, where to look, how it goes on.
function whyOpen({ paths }: CommandContext, { plan: { agent, skill } }: RunResult): ReturnType<typeof sayOpen> {
  const subject = { agent, skill: skill.name, version: skill.version };
  const open = breakerFile(join(paths.data, 'breakers'), subject).read()?.open;
  return open === undefined ? [`The breaker of ${skill.name} opened`, { hint: 'skill hold list' }] : sayOpen(open);
}
