/** `skillgate serve` over a data folder, ended by SIGKILL. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { request } from 'node:http';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import BetterSqlite3 from 'better-sqlite3';
import { diskObjects, objectName } from '../../registry/store/disk/disk-objects.ts';
import { guard } from '../built-program.ts';
import { compiledCode } from '../compiled-code.ts';
import { makeDataFolder } from '../journey/registry-data.ts';
import { makeRoot } from '../registry/people.ts';
import type { Send } from '../registry/road.ts';
import type { Site } from './site.ts';

/** Longer than a registry keeps a file that no row names. */
const oldMs = 30 * 24 * 3_600_000;

export interface ServedSite extends Site {
  readonly dir: string;
  /** Address of the registry that runs now. */
  base(): string;
  /** Id of its process. */
  pid(): number;
}

export interface ServedSiteOptions {
  /** Words of the command line besides. */
  readonly words?: readonly string[];
  /** Environment variables of the next start besides. */
  readonly env?: () => Readonly<Record<string, string>>;
  /** An existing folder in which the data folder is made. */
  readonly parent?: string;
}

export async function makeServedSite({
  words: more = [],
  env = () => ({}),
  parent,
}: ServedSiteOptions = {}): Promise<ServedSite> {
  const trust = makeRoot();
  const dir = await makeDataFolder(trust, parent);
  const objects = join(dir, 'objects');
  const said: string[] = [];
  let child: ChildProcess | undefined;
  let base = '';
  const spawnServe = (): ChildProcess => {
    const { PATH = '' } = process.env;
    const words = ['serve', dir, '--no-scanner', '--host', '127.0.0.1', '--port', '0'];
    const started = spawn(process.execPath, [guard, ...words, ...more, '--format', 'json'], {
      env: { PATH, HOME: dir, SKILLGATE_HOME: join(dir, 'home'), ...compiledCode, ...env() },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    child = started;
    return started;
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    platform: 'Node',
    trust,
    dir,
    base: () => base,
    pid: () => child?.pid ?? 0,
    start: async () => {
      const started = spawnServe();
      if (started.stdout === null) throw new Error('no output');
      const line = once(createInterface(started.stdout), 'line');
      const ended = once(started, 'exit').then(() => {
        throw new Error(`serve ended: ${said.join('').slice(-2_000)}`);
      });
      const [text] = await Promise.race([line, ended]);
      ended.catch(() => undefined);
      base = String(JSON.parse(String(text)).base);
    },
    startInVain: async (ms) => {
      spawnServe();
      await sleep(ms);
      await kill();
    },
    kill,
    sender: (address) => sendFrom(() => base, address),
    ...storageOf(dir),
    age: async () => {
      const at = (Date.now() - oldMs) / 1_000;
      for (const path of filesBelow(objects)) utimesSync(path, at, at);
    },
    close: async () => {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The database and the objects of a data folder. */
export function storageOf(dir: string): Pick<Site, 'rows' | 'objects'> {
  const folder = join(dir, 'objects');
  const objects = diskObjects(folder);
  return {
    rows: async (query) => {
      const client = new BetterSqlite3(join(dir, 'registry.sqlite'), { readonly: true });
      try {
        return client.prepare(query).all() as Record<string, unknown>[];
      } finally {
        client.close();
      }
    },
    objects: async () => {
      const names = filesBelow(folder).map((path) => objectName(relative(folder, path)));
      return names.map((name) => ({ name, read: () => objects.get(name) }));
    },
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** `fetch` from a loopback address, because limits count by address. */
function sendFrom(base: () => string, address: string): Send {
  return async (path, init) => {
    const asked = new Request(new URL(path, base()), init);
    const body = Buffer.from(await asked.arrayBuffer());
    return new Promise<Response>((resolve, reject) => {
      const headers = Object.fromEntries(asked.headers);
      if (body.length > 0) headers['content-length'] = String(body.length);
      const { method } = asked;
      const sent = request(asked.url, { method, headers, localAddress: address }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => resolve(responseOf(answer, Buffer.concat(chunks))));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  };
}

function responseOf(
  {
    statusCode = 0,
    rawHeaders,
  }: { statusCode?: number | undefined; rawHeaders: readonly string[] },
  body: Buffer,
): Response {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  const isEmpty = statusCode === 204 || statusCode === 304;
  return new Response(isEmpty ? null : Uint8Array.from(body), { status: statusCode, headers });
}
