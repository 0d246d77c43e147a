/** The demo's agent: it speaks MCP to `skill mcp` as any agent would, line by line. */
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Problem } from '../../skills-index/skill/problem.ts';

export interface Agent {
  readonly tools: readonly string[];
  /** Calls a tool; the text of its answer. */
  readonly call: (tool: string, input: object) => Promise<{ readonly text: string; readonly isError: boolean }>;
  readonly close: () => void;
}

interface Answer {
  readonly id?: number;
  readonly result?: { tools?: { name: string }[]; content?: { text?: string }[]; isError?: boolean };
  readonly error?: { message: string };
}

/** Opens a session over the child's stdin and stdout (MCP 2025-06-18, stdio transport). */
export async function openAgent(child: ChildProcess): Promise<Agent> {
  const waiting = new Map<number, (answer: Answer) => void>();
  if (child.stdout === null) throw new Problem('internal', 'skill mcp has no standard output');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const complaints: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  let id = 0;
  const send = (message: object): void => void child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const ask = async (method: string, params: object): Promise<NonNullable<Answer['result']>> => {
    id += 1;
    const mine = id;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(mine, resolve);
      child.once('close', () => resolve({ error: { message: `skill mcp ended: ${complaints.join('')}` } }));
      send({ id: mine, method, params });
    });
    if (answer.result === undefined) throw new Problem('internal', `skill mcp refused ${method}: ${answer.error?.message}`);
    return answer.result;
  };
  await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'finance', version: '1' } });
  send({ method: 'notifications/initialized' });
  const listed = await ask('tools/list', {});
  return {
    tools: (listed.tools ?? []).map((tool) => tool.name),
    call: async (tool, input) => {
      const result = await ask('tools/call', { name: tool, arguments: input });
      return { text: (result.content ?? []).map((part) => part.text ?? '').join('\n'), isError: result.isError === true };
    },
    close: () => child.stdin?.end(),
  };
}
