/** A file over the registry and over raw `node:http`, in turn: processor time of each server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ask, connectionFrom } from './http-client.ts';
import { cpuMsOf } from './process-figures.ts';
import type { Served } from './served.ts';

export interface SideBySide {
  /** Processor milliseconds of one request. */
  readonly registryMs: number;
  readonly rawMs: number;
}

const rounds = 8;

/** Sends the requests of each round to one server, then to the other. */
export async function besideRaw(
  { base, pid }: Pick<Served, 'base' | 'pid'>,
  {
    path,
    file,
    requests,
    headers = {},
    status = 200,
  }: {
    readonly path: string;
    /** The bytes that the raw server sends. */
    readonly file: string;
    readonly requests: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly status?: number;
  },
): Promise<SideBySide> {
  const program = fileURLToPath(new URL('raw-server.ts', import.meta.url));
  const raw = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(raw.stdout, 'data');
    const rawBase = (JSON.parse(String(line)) as { base: string }).base;
    const agent = connectionFrom();
    const costOf = async (of: number, url: string, expected: number, count: number) => {
      const before = cpuMsOf(of);
      for (let i = 0; i < count; i++) {
        const answer = await ask({ url, agent, headers });
        if (answer.status !== expected) throw new Error(`${url} answers ${answer.status}`);
      }
      return (cpuMsOf(of) - before) / count;
    };
    const registryMs: number[] = [];
    const rawMs: number[] = [];
    // The first two rounds warm both up.
    for (let round = -2; round < rounds; round++) {
      const count = Math.ceil(requests / rounds);
      const mine = await costOf(pid, `${base}${path}`, status, count);
      const other = await costOf(raw.pid ?? 0, `${rawBase}/`, 200, count);
      if (round < 0) continue;
      registryMs.push(mine);
      rawMs.push(other);
    }
    agent.destroy();
    // The least disturbed round of each.
    return { registryMs: Math.min(...registryMs), rawMs: Math.min(...rawMs) };
  } finally {
    raw.kill('SIGKILL');
  }
}
