/**
 * Calls from an agent's sandbox to its runner: run a skill of its identity, or speak MCP. Both use
 * cli/mcp/agent-skills.ts.
 */
import { randomUUID } from 'node:crypto';
import type { RunResult } from '../../runner/run/run-request.ts';
import {
  type BridgeCalls,
  type BridgeStreams,
  writableOf,
} from '../../runner/sessions/bridge-server.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exitCodes } from '../command.ts';
import type { AdmissionWorld } from '../run/admission.ts';
import { changesForAgent } from '../run/left-behind.ts';
import { lacksForAgent } from '../run/missing-capabilities.ts';
import { agentSkills } from './agent-skills.ts';
import { agentTurns } from './call-turns.ts';
import { InstallQuestions } from './install-questions.ts';

/** Parallel MCP clients of one session. */
const sessionClientsMax = 8;

interface SessionWorld {
  readonly world: AdmissionWorld;
  readonly agent: string;
  /** Start of the search for the project's lock. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

export function sessionCalls({ agent, folder, log, world }: SessionWorld): BridgeCalls {
  // A question to a person ends with the session, not with the connection that asked.
  const questions = new InstallQuestions(world, agent);
  // When the sandbox closes the connection, its call ends.
  const skillsFor = ({ gone }: BridgeStreams) => {
    const signal = AbortSignal.any([world.signal, gone]);
    return agentSkills({ ...world, signal }, agent, folder, questions);
  };
  // One limit for all streams together: the sandbox decides how many it opens.
  const turns = agentTurns(world, agent);
  let clients = 0;
  return {
    run: async ({ args, command, skill, why }, streams) => {
      const { stderr, stdin, stdout } = streams;
      const call = {
        name: skill,
        args,
        why,
        stdin,
        onStdout: stdout,
        onStderr: stderr,
        ...(command === undefined ? {} : { command }),
      };
      const { lacks, result } = await turns.take(() => skillsFor(streams).stream(call));
      for (const line of lacksForAgent(lacks)) stderr(Buffer.from(`skillgate: ${line}\n`));
      for (const line of changesForAgent(result)) stderr(Buffer.from(`skillgate: ${line}\n`));
      if (result.reason !== 'exit')
        stderr(Buffer.from(`skillgate: the run was ended: ${result.reason}\n`));
      return exitOf(result);
    },
    mcp: async (streams) => {
      if (clients >= sessionClientsMax)
        throw new Problem(
          'run-limit',
          `Cannot serve another MCP client: this session already serves ${sessionClientsMax}`,
        );
      clients += 1;
      try {
        const { serveMcp } = await import('./mcp-server.ts');
        const signal = AbortSignal.any([world.signal, streams.gone]);
        const served = {
          skills: skillsFor(streams),
          turns,
          boundary: () => randomUUID().slice(0, 8),
        };
        await serveMcp(
          served,
          { stdin: streams.stdin, stdout: writableOf(streams) },
          { version: '1', signal, log },
        );
      } finally {
        clients -= 1;
      }
      return exitCodes.ok;
    },
  };
}

function exitOf({ code, reason }: RunResult): number {
  return reason === 'exit' ? (code ?? exitCodes.internal) : exitCodes.limit;
}
