/**
 * An agent's program as a test starts it: does what its first argument lists, and prints what came
 * of each. It imports nothing of ours.
 */
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { connect } from 'node:net';

type Step = Readonly<Record<string, string>>;

/** A line-by-line JSON-RPC client of an MCP server over stdio. */
async function withMcp(calls: readonly object[]): Promise<unknown[]> {
  const child = spawn('skillgate', ['mcp'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = new Map<number, unknown>();
  let text = '';
  let wake = (): void => undefined;
  child.stdout.on('data', (chunk) => {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const { id, result, error } = JSON.parse(line);
      answers.set(id, result ?? error);
    }
    wake();
  });
  const ask = async (id: number, message: object): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`);
    while (!answers.has(id))
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return answers.get(id);
  };
  const clientInfo = { name: 'stub', version: '1' };
  await ask(0, {
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' })}\n`);
  const results: unknown[] = [];
  for (const [index, call] of calls.entries()) results.push(await ask(index + 1, call));
  child.stdin.end();
  return results;
}

function dial(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

async function take(step: Step): Promise<unknown> {
  const { does, path = '', text = '', url = '', host = '', port = '' } = step;
  if (does === 'read') return fs.readFileSync(path, 'utf8');
  if (does === 'list') return fs.readdirSync(path).sort();
  if (does === 'write') return fs.writeFileSync(path, text) ?? 'written';
  if (does === 'remove') return fs.unlinkSync(path) ?? 'removed';
  if (does === 'dial') return dial(host, Number(port));
  if (does === 'env') return process.env;
  if (does === 'mcp') return withMcp(JSON.parse(text));
  if (does === 'call') {
    const [program = '', ...args] = JSON.parse(text) as string[];
    const { status, stdout, stderr } = spawnSync(program, args, {
      input: step.input ?? '',
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  }
  if (does === 'model') {
    const messages = [{ role: 'user', content: text }];
    const answer = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${process.env.OPENAI_API_KEY}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ model: 'stub', messages }),
    });
    return { status: answer.status, text: await answer.text() };
  }
  if (does === 'fetch') {
    const answer = await fetch(url);
    return { status: answer.status, text: await answer.text() };
  }
  if (does === 'wait') return new Promise((resolve) => void setTimeout(resolve, Number(text)));
  throw new Error(`no step ${does}`);
}

const steps = JSON.parse(process.argv[2] ?? '{}') as Record<string, Step>;
const results: Record<string, unknown> = {};
for (const [name, step] of Object.entries(steps)) {
  try {
    results[name] = await take(step);
  } catch (cause) {
    const { code, message, cause: inner } = cause as NodeJS.ErrnoException;
    results[name] = `failed: ${code ?? (inner as Error | undefined)?.message ?? message}`;
  }
  if (process.argv.includes('--tell')) process.stdout.write(`${name}\n`);
}
process.stdout.write(`${JSON.stringify(results)}\n`);
