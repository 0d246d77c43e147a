/**
 * One workerd with several isolates of a Worker's script, over one D1 and one R2 bucket, as
 * Cloudflare runs it in many places.
 */
import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { R2Bucket } from '@cloudflare/workers-types';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { freePort } from '../free-port.ts';
import type { TestRoot } from '../registry/people.ts';
import { buildWorker } from './worker-bundle.ts';
import { repository } from './workerd-registry.ts';

export interface Isolates {
  /** Sends a request to one of them. */
  send(isolate: string, path: string, init?: RequestInit): Promise<Response>;
  /** Runs SQL on the database that all share. */
  run(sql: string): Promise<void>;
  /** The bucket that all share. */
  bucket(): Promise<R2Bucket>;
  close(): Promise<void>;
}

/** What we use of wrangler's own simulator, which brings no types that hold here. */
interface Simulator {
  getWorker(name: string): Promise<{ fetch(url: string, init: object): Promise<Response> }>;
  getR2Bucket(binding: string, worker: string): Promise<R2Bucket>;
  getD1Database(
    binding: string,
    worker: string,
  ): Promise<{ prepare(sql: string): { run(): Promise<unknown> } }>;
  dispose(): Promise<void>;
}

interface SimulatorPackage {
  readonly Miniflare: new (options: object) => Simulator;
  readonly convertV4MiniflareOptions: (options: object) => object;
}

/**
 * Isolates of the registry's Worker over a fresh database.
 * @param options `writer`: the class of the Durable Object that all share as WRITER
 */
export async function startRegistryIsolates(
  trust: TestRoot,
  names: readonly string[],
  options: { readonly writer?: string } = {},
): Promise<Isolates> {
  const { script } = await buildWorker();
  const oneLine = (pem: string): string => pem.replace(/\n/g, '');
  const bindings = (base: string) => ({
    BASE: base,
    ROOT: canonicalJson(trust.root),
    LOG_KEY: oneLine(trust.texts.log),
    STATUS_KEY: oneLine(trust.texts.status),
    REGISTRY_KEY: oneLine(trust.texts.registry),
  });
  const isolates = await startIsolates(script, names, bindings, options);
  for (const file of globSync('registry/migrations/*.sql', { cwd: repository }).sort()) {
    const statements = readFileSync(join(repository, file), 'utf8').split(
      '--> statement-breakpoint',
    );
    for (const sql of statements) await isolates.run(sql.trim());
  }
  return isolates;
}

/** @param options `writer`: the class of the Durable Object that all share as WRITER */
export async function startIsolates(
  script: string,
  names: readonly string[],
  bindings: (base: string) => Readonly<Record<string, string>> = () => ({}),
  { writer }: { readonly writer?: string } = {},
): Promise<Isolates> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const require = createRequire(
    createRequire(join(repository, 'package.json')).resolve('wrangler/package.json'),
  );
  const { Miniflare, convertV4MiniflareOptions } = require('miniflare') as SimulatorPackage;
  const workers = names.map((name) => ({
    name,
    script,
    modules: true,
    compatibilityDate: '2026-04-01',
    compatibilityFlags: ['nodejs_compat'],
    d1Databases: { DB: 'shared' },
    r2Buckets: { OBJECTS: 'shared' },
    bindings: bindings(base),
    ...(writer === undefined
      ? {}
      : { durableObjects: { WRITER: { className: writer, scriptName: names[0] } } }),
  }));
  const simulator = new Miniflare(
    convertV4MiniflareOptions({ workers, port, host: '127.0.0.1', cf: false }),
  );
  return {
    send: async (isolate, path, init) => {
      const request = new Request(new URL(path, base), init);
      const { method } = request;
      const body = method === 'GET' ? undefined : Buffer.from(await request.arrayBuffer());
      const worker = await simulator.getWorker(isolate);
      const answer = await worker.fetch(request.url, {
        method,
        headers: {
          ...Object.fromEntries(request.headers),
          ...(body === undefined ? {} : { 'content-length': String(body.byteLength) }),
        },
        body,
        redirect: 'manual',
      });
      const bytes = [204, 304].includes(answer.status) ? null : await answer.arrayBuffer();
      return new Response(bytes, {
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
      });
    },
    run: async (sql) => {
      const [first = ''] = names;
      const database = await simulator.getD1Database('DB', first);
      await database.prepare(sql).run();
    },
    bucket: () => simulator.getR2Bucket('OBJECTS', names[0] ?? ''),
    close: () => simulator.dispose(),
  };
}
