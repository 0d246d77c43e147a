/**
 * `skillgate mcp`: approved skills for one agent identity, over MCP on stdin and stdout or over
 * HTTP.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { mcpTokenCharsMin } from '../limits.ts';
import { type ListenAddress, parseListen } from '../listen.ts';
import { isLoopbackUrl } from '../loopback-url.ts';
import { answer, joined, printNote, safe } from '../terminal/output.ts';
import { agentSkills } from './agent-skills.ts';
import { agentTurns } from './call-turns.ts';
import type { McpOptions, McpWorld } from './mcp-server.ts';

const listenDefault = '127.0.0.1:4882';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { agent, http, listen } = context.options;
  if (typeof agent !== 'string')
    throw new Problem('usage', 'Cannot serve skills: no agent is named', {
      hint: 'skillgate mcp --agent NAME',
    });
  if (http === true) return overHttp(context, agent);
  if (listen !== undefined)
    throw new Problem('usage', 'Cannot listen: --listen is for MCP over HTTP', {
      hint: `skillgate mcp --agent ${agent} --http --listen ${String(listen)}`,
    });
  return overStdio(context, agent);
}

async function overStdio(context: CommandContext, agent: string): Promise<ExitCode> {
  // When the client disconnects, its calls end.
  const disconnected = new AbortController();
  context.stdin.once('end', () => disconnected.abort()).once('close', () => disconnected.abort());
  const signal = AbortSignal.any([context.signal, disconnected.signal]);
  const world = worldOf({ ...context, signal }, agent);
  const { serveMcp } = await import('./mcp-server.ts');
  await serveMcp(world, context, optionsOf(context, signal));
  context.stdin.destroy();
  return context.signal.aborted ? exitCodes.interrupted : exitCodes.ok;
}

async function overHttp(context: CommandContext, agent: string): Promise<ExitCode> {
  const { env, options, signal } = context;
  const at = parseListen(options.listen, listenDefault);
  requireLoopback(at);
  const given = env.SKILLGATE_MCP_TOKEN;
  if (given !== undefined && given.length < mcpTokenCharsMin)
    throw new Problem(
      'usage',
      `Cannot serve skills: SKILLGATE_MCP_TOKEN has fewer than ${mcpTokenCharsMin} characters`,
      { hint: 'leave the variable out, and skillgate makes a token and prints it' },
    );
  const token = given ?? randomBytes(32).toString('base64url');
  const world = worldOf(context, agent);
  const { serveMcpOverHttp } = await import('./mcp-http.ts');
  const server = await serveMcpOverHttp(world, { at, token }, optionsOf(context, signal));
  const { url } = server;
  const shown = given === undefined ? { token } : {};
  answer(context, { schema: 'skillgate.mcp/1', url, agent, ...shown, pid: process.pid }, () =>
    joined(
      [
        safe`Skills of the agent ${agent} over MCP at ${url}`,
        given === undefined
          ? safe`  header:  Authorization: Bearer ${token}`
          : safe`  header:  Authorization: Bearer, with the token in SKILLGATE_MCP_TOKEN`,
        safe`  risk:    whoever has the token runs skills as this agent`,
        safe`  stop:    Ctrl-C`,
      ],
      '\n',
    ),
  );
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.close();
  printNote(context, safe`stopped`);
  return exitCodes.ok;
}

/** @throws Problem `usage`: the token would cross the network as it is */
function requireLoopback({ host, port }: ListenAddress): void {
  const url = URL.parse(`http://${host.includes(':') ? `[${host}]` : host}`);
  if (url !== null && isLoopbackUrl(url)) return;
  throw new Problem(
    'usage',
    `Cannot listen on ${host}: other machines would send the token without TLS`,
    { hint: `--listen 127.0.0.1:${port}, behind a proxy with TLS if other machines need it` },
  );
}

function worldOf(context: CommandContext, agent: string): McpWorld {
  return {
    skills: agentSkills(context, agent, context.cwd),
    turns: agentTurns(context, agent),
    boundary: () => randomUUID().slice(0, 8),
  };
}

function optionsOf(context: CommandContext, signal: AbortSignal): McpOptions {
  return { version: '1', signal, log: (line) => printNote(context, safe`mcp: ${line}`) };
}
