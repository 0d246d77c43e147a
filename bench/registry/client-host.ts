/** A user's host: command lines run from `dist/`, with all their requests counted on the way. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { connectionFrom } from './http-client.ts';
import { environmentIn, guard } from './served.ts';

export interface Counts {
  /** `GET /index/status.json 200`, in order. */
  readonly requests: string[];
  /** Bytes of all bodies that the registry sent. */
  bytes: number;
}

export interface ClientHost {
  readonly folder: string;
  readonly project: string;
  /** Runs `skillgate` in the project. @throws Error with its words when it fails */
  skillgate(...words: string[]): Promise<string>;
  /** The same in another folder. */
  skillgateIn(cwd: string, ...words: string[]): Promise<string>;
  /** What was asked since the last call of this function. */
  takeCounts(): Counts;
  close(): Promise<void>;
}

/**
 * Makes a host that has pinned the registry.
 * @param isCounted whether the requests go through a proxy that counts them, which takes time
 */
export async function makeClientHost(
  base: string,
  root: RootFile,
  isCounted = true,
): Promise<ClientHost> {
  const counting = isCounted ? await countRequests(base) : uncounted(base);
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-host-'));
  const project = join(folder, 'project');
  mkdirSync(project);
  const host: ClientHost = {
    folder,
    project,
    skillgate: (...words) => host.skillgateIn(project, ...words),
    skillgateIn: (cwd, ...words) => run(words, { cwd, env: environmentIn(folder) }),
    takeCounts: counting.take,
    close: async () => {
      await counting.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await host.skillgate('registry', 'add', counting.base, '--root', rootFingerprint(root));
  counting.take();
  return host;
}

/** @throws Error with what the program wrote to stderr */
export function run(
  words: readonly string[],
  how: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly program?: string },
): Promise<string> {
  const { program = process.execPath, ...options } = how;
  const args = how.program === undefined ? [guard, ...words] : [...words];
  return new Promise((resolve, reject) => {
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(reasonIn(stderr) ?? error.message));
    });
    child.stdin?.end();
  });
}

/** The line with the error; programs write progress before it. */
function reasonIn(stderr: string): string | undefined {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /error/i.test(line)) ?? lines[0];
}

interface Counting {
  readonly base: string;
  take(): Counts;
  close(): Promise<void>;
}

function uncounted(base: string): Counting {
  return { base, take: () => ({ requests: [], bytes: 0 }), close: async () => undefined };
}

/** A proxy in front of the registry, which knows the registry by its own address only. */
async function countRequests(base: string): Promise<Counting> {
  let counts: Counts = { requests: [], bytes: 0 };
  const agent: Agent = connectionFrom('127.0.0.1', 16);
  const server = createServer((asked, answer) => {
    const { method = 'GET', url = '/' } = asked;
    const headers = { ...asked.headers, host: new URL(base).host };
    const sent = request(`${base}${url}`, { method, headers, agent }, (got) => {
      counts.requests.push(`${method} ${url} ${got.statusCode}`);
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.on('data', (chunk: Buffer) => (counts.bytes += chunk.byteLength));
      got.pipe(answer);
    });
    sent.on('error', () => answer.destroy());
    asked.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    take: () => {
      const taken = counts;
      counts = { requests: [], bytes: 0 };
      return taken;
    },
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
