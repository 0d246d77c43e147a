/**
 * One workerd with several isolates of a Worker's script, over one D1 and one R2 bucket, as
 * Cloudflare runs it in many places.
 */
import { randomUUID } from 'node:crypto';
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
  /** Runs the cron trigger in one of them. */
  cron(isolate: string): Promise<void>;
  /** Runs SQL on the database that all share. */
  run(sql: string): Promise<void>;
  /** The bucket that all share. */
  bucket(): Promise<R2Bucket>;
  close(): Promise<void>;
}

/** What we use of wrangler's own simulator, which brings no types that hold here. */
interface Simulator {
  getWorker(name: string): Promise<{
    scheduled(options: object): Promise<{ readonly outcome: string }>;
  }>;
  getR2Bucket(binding: string, worker: string): Promise<R2Bucket>;
  getD1Database(
    binding: string,
    worker: string,
  ): Promise<{ prepare(sql: string): { run(): Promise<unknown> } }>;
  readonly ready: Promise<unknown>;
  dispose(): Promise<void>;
}

interface SimulatorPackage {
  readonly Miniflare: new (options: object) => Simulator;
  readonly convertV4MiniflareOptions: (options: object) => object;
}

export interface IsolateOptions {
  /** The class of the Durable Object that all share as WRITER. */
  readonly writer?: string;
  /** Variables besides the address, the root and the keys. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Isolates of the registry's Worker over a fresh database. */
export async function startRegistryIsolates(
  trust: TestRoot,
  names: readonly string[],
  { writer, settings }: IsolateOptions = {},
): Promise<Isolates> {
  const { script } = await buildWorker();
  const oneLine = (pem: string): string => pem.replace(/\n/g, '');
  const bindings = (base: string) => ({
    BASE: base,
    ROOT: canonicalJson(trust.root),
    LOG_KEY: oneLine(trust.texts.log),
    STATUS_KEY: oneLine(trust.texts.status),
    REGISTRY_KEY: oneLine(trust.texts.registry),
    ...settings,
  });
  const isolates = await startIsolates(script, names, bindings, writer);
  for (const file of globSync('registry/migrations/*.sql', { cwd: repository }).sort()) {
    const statements = readFileSync(join(repository, file), 'utf8').split(
      '--> statement-breakpoint',
    );
    for (const sql of statements) await isolates.run(sql.trim());
  }
  return isolates;
}

const isolateHeader = 'x-test-isolate';
const doorScript = `export default {
  fetch: (request, isolates) => isolates[request.headers.get('${isolateHeader}')].fetch(request),
};`;

/** @param writer the class of the Durable Object that all share as WRITER */
export async function startIsolates(
  script: string,
  names: readonly string[],
  bindings: (base: string) => Readonly<Record<string, string>> = () => ({}),
  writer?: string,
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
  // The first one takes what comes to the port.
  const door = {
    name: 'door',
    script: doorScript,
    modules: true,
    serviceBindings: Object.fromEntries(names.map((name) => [name, name])),
  };
  const all = { workers: [door, ...workers], port, host: '127.0.0.1', cf: false };
  const simulator = new Miniflare(convertV4MiniflareOptions(all));
  await simulator.ready;
  return {
    send: (isolate, path, init) => {
      // Each request from elsewhere, unless a test says where from.
      const headers = new Headers({ 'cf-connecting-ip': randomUUID() });
      for (const [name, value] of new Headers(init?.headers)) headers.set(name, value);
      headers.set(isolateHeader, isolate);
      return fetch(new URL(path, base), { redirect: 'manual', ...init, headers });
    },
    cron: async (isolate) => {
      const worker = await simulator.getWorker(isolate);
      const { outcome } = await worker.scheduled({ cron: '*/10 * * * *' });
      if (outcome !== 'ok') throw new Error(`the cron trigger ended with ${outcome}`);
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
