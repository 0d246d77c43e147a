/**
 * The Cloudflare shell: the same application over D1 and R2, keys from secrets. Isolates answer
 * reads. One Durable Object answers every request that may write.
 */
import type { D1Database, DurableObjectNamespace, R2Bucket } from '@cloudflare/workers-types';
import { drizzle } from 'drizzle-orm/d1';
import type { Hono, MiddlewareHandler } from 'hono';
import { parseWitnessPolicy } from '../skills-index/log/witness-policy.ts';
import { Problem } from '../skills-index/skill/problem.ts';
import { defaultPolicy, parsePolicy } from '../skills-index/trust/policy/policy.ts';
import { parseRoot } from '../skills-index/trust/root/root.ts';
import { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import { createApp } from './app.ts';
import { runByCron } from './background-tasks.ts';
import { makeExclusive, type Registry } from './context.ts';
import { makeErrorLog } from './error-log.ts';
import { resumeSome, whatOwnHeadShows } from './index/resume.ts';
import { requireTuf, signedPolicy, tufDocumentName } from './index/tuf-document.ts';
import { parseQuotas } from './intake/quotas-file.ts';
import { requireRootKeys } from './log/root-keys.ts';
import { alarmText, requireAsked } from './log/witness-duty.ts';
import { type PostOutside, webhooksOf } from './notices/deliver.ts';
import { parseNoticeConfig } from './notices/notice-config.ts';
import { sigstoreOf } from './people/certified.ts';
import { checkSomeNames } from './people/check-names.ts';
import { Readers } from './readers/readers.ts';
import { parseReaders } from './readers/readers-file.ts';
import { nameUnknownLength } from './request-limits/body-limit.ts';
import { type AddressOf, isCounted } from './request-limits/write-limits.ts';
import { parseRetention } from './retention/retention-rules.ts';
import { parseSignOn, type SignOnSettings } from './serving/sign-on-settings.ts';
import { parseIncidentPolicy } from './stops/incident-policy.ts';
import { clashOf, type Database } from './store/batch.ts';
import { boundedObjects } from './store/bounded-objects.ts';
import { r2Objects } from './store/r2-objects.ts';

export interface WorkerEnvironment {
  readonly DB: D1Database;
  readonly OBJECTS: R2Bucket;
  /**
   * The Durable Object class `RegistryWriter`. Without it, each isolate writes: the log stays
   * right, but isolates that append at once make one another try again.
   */
  readonly WRITER?: DurableObjectNamespace;
  /** The root file's JSON. */
  readonly ROOT: string;
  /** The registry's address without a final slash. */
  readonly BASE: string;
  /**
   * policy.json; without it, the policy in tuf.json, or else the default policy. A variable holds
   * 5 KB at most.
   */
  readonly POLICY?: string;
  /** incidents.json; without it, incident reports only inform. */
  readonly INCIDENTS?: string;
  /** quotas.json; without it, nothing is limited. */
  readonly QUOTAS?: string;
  /** retention.json; without it, all files stay. */
  readonly RETENTION?: string;
  /**
   * Submission prefixes of witnesses, separated by spaces. Their keys are in the TUF repository
   * that administrators signed, or else in WITNESSES.
   */
  readonly WITNESS_URLS?: string;
  readonly WITNESSES?: string;
  /** JSON of `SignOnSettings` without the secret: single sign-on at the desk. */
  readonly SIGN_ON?: string;
  /** The text of readers.json: what is private, and who may read it. */
  readonly READERS?: string;
  readonly SIGN_ON_SECRET?: string;
  /** notices.json with webhooks alone: who is told of events. */
  readonly NOTICES?: string;
  /** PKCS8 PEM. */
  readonly LOG_KEY: string;
  readonly STATUS_KEY: string;
  readonly REGISTRY_KEY: string;
}

interface Made {
  readonly registry: Registry;
  readonly app: Hono;
}

// Made once for each isolate: keys are imported and identities chained once. Only finished values
// are kept: workerd ends a request that awaits a promise of another request.
const made = new WeakMap<WorkerEnvironment, Made>();

async function madeFor(environment: WorkerEnvironment): Promise<Made> {
  const known = made.get(environment);
  if (known !== undefined) return known;
  const first = environment.WRITER === undefined ? [] : [writeBy(environment.WRITER)];
  // Requests of one isolate must not wait for each other. A clash of their batches decides, as
  // between isolates.
  const fresh = await make(environment, { exclusive: (_, task) => task() }, first);
  made.set(environment, fresh);
  return fresh;
}

/** Sends every request that may write, or that a limit counts, to the one object that writes. */
function writeBy(namespace: DurableObjectNamespace): MiddlewareHandler {
  return async (context, next) => {
    if (!isCounted(context.req)) return next();
    const writer = namespace.get(namespace.idFromName('writer'));
    try {
      const request = context.req.raw as unknown as Parameters<typeof writer.fetch>[0];
      const answer = (await writer.fetch(request)) as unknown as Response;
      // Nobody can add a header to an answer that was fetched.
      return new Response(answer.body, answer);
    } catch (cause) {
      // Cloudflare refuses requests to an object with too many of them.
      if (cause instanceof Error && 'overloaded' in cause)
        throw new Problem('registry-busy', 'Cannot write: too many requests wait', { cause });
      throw cause;
    }
  };
}

/**
 * The one writer of a registry: its requests may wait for each other, so those that append to the
 * log at the same time share a batch, and limits count all clients. The class holds no state: D1
 * and R2 do.
 */
export class RegistryWriter {
  readonly #environment: WorkerEnvironment;
  // Unlike the requests of an isolate, those of one object may wait for the same promise.
  #made: Promise<Made> | undefined;

  constructor(_: unknown, environment: WorkerEnvironment) {
    this.#environment = environment;
  }

  async fetch(request: Request): Promise<Response> {
    this.#made ??= make(this.#environment, { exclusive: makeExclusive(), waiting: [] }).catch(
      (error: unknown) => {
        // The next request tries again: the storage may have failed for a moment.
        this.#made = undefined;
        throw error;
      },
    );
    const { app } = await this.#made;
    return app.fetch(nameUnknownLength(request));
  }
}

async function make(
  environment: WorkerEnvironment,
  turns: Pick<Registry, 'exclusive' | 'waiting'>,
  first: readonly MiddlewareHandler[] = [],
): Promise<Made> {
  const root = parseRoot(environment.ROOT);
  const { LOG_KEY: log, STATUS_KEY: status, REGISTRY_KEY: registryKey, BASE: base } = environment;
  const own = environment.POLICY === undefined ? undefined : parsePolicy(environment.POLICY);
  const objects = boundedObjects(r2Objects(environment.OBJECTS));
  const tuf = await objects.get(tufDocumentName);
  const signed = tuf === undefined ? undefined : requireTuf(tuf, { root, policy: own });
  const registry: Registry = {
    db: d1Database(environment.DB),
    objects,
    keys: await requireRootKeys(root, { log, status, registry: registryKey }),
    root,
    policy: own ?? (signed === undefined ? defaultPolicy : signedPolicy(signed)),
    tuf: signed,
    sigstore: sigstoreOf(signed, undefined),
    witnesses: witnessesOf(environment, signed?.files['witnesses.json']),
    signOn: signOnOf(environment),
    readers: readersOf(environment),
    incidents:
      environment.INCIDENTS === undefined ? undefined : parseIncidentPolicy(environment.INCIDENTS),
    quotas: environment.QUOTAS === undefined ? undefined : parseQuotas(environment.QUOTAS),
    retention:
      environment.RETENTION === undefined ? undefined : parseRetention(environment.RETENTION),
    notices: noticesOf(environment),
    config: { base, hosts: [new URL(base).host] },
    identities: {},
    unsettled: new Set(),
    verified: new VerifiedStatements(),
    now: () => new Date(),
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    ...turns,
    // D1 is restored in place (Time Travel), and no isolate restarts for it.
    compareOwnHead: (registry) => whatOwnHeadShows(registry, () => undefined),
  };
  const app = createApp(registry, {
    logError: makeErrorLog(say, () => new Date()),
    addressOf,
    first,
  });
  return { registry, app };
}

function noticesOf({ NOTICES: text }: WorkerEnvironment) {
  if (text === undefined) return undefined;
  const config = parseNoticeConfig(text, 'NOTICES');
  if (config.mail !== undefined || config.hosts !== undefined)
    throw new Problem(
      'json-invalid',
      'Cannot use NOTICES: a Worker sends no mail, and reaches public addresses only',
      {
        hint: 'Leave out mail and hosts.',
      },
    );
  // A redirect could lead anywhere.
  const post: PostOutside = async (url, sent) =>
    (await fetch(url, { ...sent, method: 'POST', redirect: 'manual' })).status;
  return { recipients: webhooksOf(config, post), say: (line: string) => console.error(line) };
}

// Cloudflare sets this header; a client cannot.
const addressOf: AddressOf = (context) => context.req.header('cf-connecting-ip');

function readersOf({ READERS: text }: WorkerEnvironment): Readers | undefined {
  const name = 'the variable READERS';
  return text === undefined
    ? undefined
    : new Readers(parseReaders(Buffer.from(text), name), name, addressOf);
}

const say = (line: string): void => console.error(line);

function signOnOf({ SIGN_ON: text, SIGN_ON_SECRET: clientSecret = '' }: WorkerEnvironment) {
  if (text === undefined) return undefined;
  const settings = JSON.parse(text) as Omit<SignOnSettings, 'clientSecret'>;
  return parseSignOn(
    { ...settings, clientSecret },
    (input, init) => fetch(input, init),
    makeErrorLog(say, () => new Date()),
  );
}

function witnessesOf(
  { WITNESS_URLS: urls = '', WITNESSES: own = '' }: WorkerEnvironment,
  signed: string | undefined,
) {
  requireAsked(signed, urls.split(/\s+/).filter(Boolean));
  if (urls.trim() === '') return undefined;
  const say = (line: string): void => console.error(line);
  const ask: typeof fetch = (input, init) => fetch(input, init);
  return {
    policy: parseWitnessPolicy(signed ?? own),
    urls: urls.trim().split(/\s+/),
    fetch: ask,
    say,
    last: new Map(),
  };
}

function d1Database(binding: D1Database): Database {
  const db = drizzle(binding);
  return {
    read: db,
    batch: async (writes) => {
      const [first, ...rest] = writes.map((write) => write(db));
      if (first === undefined) return;
      try {
        await db.batch([first, ...rest] as unknown as Parameters<typeof db.batch>[0]);
      } catch (error) {
        throw clashOf(error) ?? error;
      }
    },
  };
}

export default {
  async fetch(request: Request, environment: WorkerEnvironment): Promise<Response> {
    return (await madeFor(environment)).app.fetch(nameUnknownLength(request));
  },
  /** The cron trigger finishes what an interrupted request left. */
  async scheduled(_: unknown, environment: WorkerEnvironment): Promise<void> {
    const { registry } = await madeFor(environment);
    registry.ownHeadAhead = await whatOwnHeadShows(registry, (line) => console.error(line));
    if (registry.ownHeadAhead !== undefined) console.error(alarmText(registry.ownHeadAhead));
    else
      await runByCron(registry, (error) => console.error(error), [
        (registry) => resumeSome(registry, (error) => console.error(error)),
        (registry) => checkSomeNames(registry, say),
      ]);
  },
};
