/** The Node shell: the application on a port, its database and objects in one folder. */
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { Problem } from '../skills-index/skill/problem.ts';
import { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import { createApp } from './app.ts';
import { runInProcess } from './background-tasks.ts';
import { makeExclusive, type Registry } from './context.ts';
import { closeFolder } from './data-folder/closed-folder.ts';
import { LiveSettingFiles, type LiveSettingsOptions } from './data-folder/retention-preview.ts';
import { readTrust, type TrustOptions } from './data-folder/trust.ts';
import { makeErrorLog } from './error-log.ts';
import { checkNames } from './people/check-names.ts';
import { type DiskSpace, watchDisk } from './serving/disk-reserve.ts';
import { watchExpiry } from './serving/expiry-watch.ts';
import { type Answer, type Listeners, openListeners } from './serving/listeners.ts';
import { type Observation, type ObservationOptions, openObservation } from './serving/metrics.ts';
import { type Finishing, prepare } from './serving/prepare.ts';
import { parseSignOn, type SignOnSettings } from './serving/sign-on-settings.ts';
import type { TlsFiles } from './serving/tls-renewal.ts';
import {
  makeAddressOf,
  type NamedProxies,
  openObjects,
  parseTrustedProxies,
  requireProxy,
  type StoredObjects,
  warnOfUntrustedProxy,
} from './serving/trusted-proxies.ts';
import { readProvider } from './sign-in/provider.ts';
import { checkStops } from './stops/pending-stops.ts';
import { type DatabaseCheck, damageOf, requireSound, startCheck } from './store/database-check.ts';
import { closeQuietly, type DatabaseFile, openFolder } from './store/database-file.ts';
import { startCheckpoints } from './store/disk/checkpoints.ts';
import { KnownFiles, withStatusMemory } from './store/known-files.ts';
import type { BucketPlace } from './store/s3/objects-place.ts';
import { databaseOf, type OpenDatabase } from './store/sqlite.ts';

/** Index files and public blobs that a registry in one process keeps in memory, in bytes. */
export const knownFilesBytesMax = 16 * 1024 * 1024;

const databaseFirstCheckBytesMax = 256 * 1024 * 1024;

export interface RegistryOptions extends ObservationOptions, TrustOptions, LiveSettingsOptions {
  /** `localhost` by default. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The public address, such as `https://skills.acme.example`; `http://HOST:PORT` by default. */
  readonly url?: string | undefined;
  /** PEM files for TLS. */
  readonly tls?: TlsFiles | undefined;
  /** Reverse proxies in front of the registry, and the header in which they name the client. */
  readonly proxies?: NamedProxies | undefined;
  /** Single sign-on at the desk, by an identity provider. */
  readonly signOn?: SignOnSettings | undefined;
  /** The bucket of the objects; the folder has them by default. */
  readonly objects?: BucketPlace | undefined;
  readonly now?: () => Date;
  /**
   * The database of the folder, when it is open already. Whoever opened it closes it when the start
   * fails.
   */
  readonly opened?: DatabaseFile;
  /**
   * A database up to this number of bytes is checked before the registry serves. A larger one is
   * checked meanwhile.
   */
  readonly checkBytesMax?: number;
  /** Receives unexpected errors, one line each. */
  readonly log?: (line: string) => void;
}

export interface RunningRegistry {
  /** The public address, without a final slash. */
  readonly base: string;
  /** A plain HTTP address for programs on this machine. */
  readonly localBase: string;
  readonly registry: Registry;
  /** The port for figures, if there is one. */
  readonly metricsPort: number | undefined;
  /** Reads the certificate and the settings of the folder again, and opens the access log again. */
  reload(): Promise<void>;
  /** Stops accepting, lets requests under way end (3 s), closes the database. */
  close(): Promise<void>;
}

/**
 * Starts a registry.
 * @throws Problem `file-not-found`, `root-invalid`, `key-file-invalid`, `folder-in-use`,
 * `database-damaged`, `usage`, `tls-file-invalid`, `port-taken`
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { dir, host = 'localhost', log = () => undefined, now = () => new Date() } = options;
  const signOn = options.signOn && parseSignOn(options.signOn, fetch, makeErrorLog(log, now));
  const proxies = options.proxies && parseTrustedProxies(options.proxies);
  const addressOf = makeAddressOf(proxies);
  const settings = new LiveSettingFiles(options, addressOf, log);
  const trust = { ...(await readTrust(options, log)), ...(await settings.read()) };
  let answer: Answer = async () => new Response('starting', { status: 503 });
  const listeners = await openListeners(
    { host, port: options.port, url: options.url, tls: options.tls, proxies, now, say: log },
    (request, env) => answer(request, env),
  );
  const opened =
    options.opened ?? (await orClose(listeners, () => openFolder(dir, options.checkBytesMax)));
  const { base, hosts, localBases } = listeners;
  const storage = await orClose(listeners, () => openStorage(opened, options, log));
  const { db, closeDatabase, disk, check, sweep: sweepObjects, ...stored } = storage;
  const registry: Registry = {
    ...withStatusMemory(db),
    ...stored,
    ...trust,
    signOn,
    config: { base, hosts, localBases },
    ...emptyMemory(),
    keepsQueue: true,
    now,
    random: (bytes) => randomBytes(bytes),
  };
  const expiry = watchExpiry(registry, log);
  let observation: Observation | undefined;
  const sweep = new AbortController();
  const finishing: Finishing = {
    signal: sweep.signal,
    keep: (onFailure) => runInProcess(registry, sweep.signal, onFailure),
  };
  const stop = async (): Promise<void> => {
    sweep.abort();
    check?.stop();
    expiry.stop();
    disk.stop();
    await listeners.close();
    await observation?.close();
    await finishing.done?.catch(() => undefined);
    await closeDatabase();
  };
  try {
    observation = await openObservation(options, {
      registry,
      listeners,
      disk,
      addressOf,
      ask: (path) => answer(new Request(`${localBases[0]}${path}`), {}),
      say: log,
    });
    await closeFolder(dir, log);
    await prepare(registry, dir, { log, finishing });
  } catch (error) {
    // Closing reads the file once more. A failure of it must not hide the reason for closing.
    await stop().catch(() => undefined);
    throw damageOf(error, opened.path);
  }
  const app = createApp(registry, {
    logError: makeErrorLog(log, registry.now),
    addressOf,
    whyFull: disk.whyFull,
    first: [
      ...observation.steps,
      ...(proxies === undefined ? [] : [warnOfUntrustedProxy(proxies, log)]),
      ...(listeners.isOpen && proxies !== undefined ? [requireProxy(proxies)] : []),
    ],
  });
  answer = async (request, env) => app.fetch(request, env as object);
  void check?.found.then((damage) => damage && endWrites(registry, db, damage));
  checkBeside(registry, sweepObjects, { signal: sweep.signal, log });
  return {
    base,
    localBase: localBases[0],
    registry,
    metricsPort: observation.metricsPort,
    reload: async () => {
      observation.reload();
      await Promise.all([settings.reload(registry), listeners.reload()]);
    },
    close: stop,
  };
}

/** What the process keeps between requests. */
function emptyMemory() {
  return {
    identities: {},
    known: new KnownFiles(knownFilesBytesMax),
    unsettled: new Set<string>(),
    waiting: [],
    verified: new VerifiedStatements(),
    exclusive: makeExclusive(),
  } satisfies Partial<Registry>;
}

interface OpenStorage extends StoredObjects, Pick<Registry, 'requireRoom'> {
  readonly db: OpenDatabase;
  readonly disk: DiskSpace;
  /** The check of the file; absent when the file was checked already. */
  readonly check: DatabaseCheck | undefined;
  closeDatabase(): Promise<void>;
}

/** Opens database and objects of the folder. On a failure, the file of the database is closed. */
async function openStorage(
  opened: DatabaseFile,
  { dir, now = () => new Date(), objects: bucket, checkBytesMax }: RegistryOptions,
  say: (line: string) => void,
): Promise<OpenStorage> {
  const check = opened.isChecked ? undefined : startCheck(opened.path, say);
  const disk = watchDisk(dir, now, say);
  const { requireRoom } = disk;
  try {
    await awaitFirstCheck(opened, check, checkBytesMax);
    const stored = await openObjects(dir, bucket, () => requireRoom('files'), say);
    const checkpoints = startCheckpoints(opened, say);
    const db = databaseOf(opened, checkpoints.afterCommit);
    const closeDatabase = async (): Promise<void> => {
      await checkpoints.stop();
      opened.close();
    };
    return {
      db,
      closeDatabase,
      disk,
      check,
      requireRoom,
      ...stored,
    };
  } catch (error) {
    check?.stop();
    disk.stop();
    if (error instanceof Problem && error.code === 'database-damaged') opened.leave();
    else closeQuietly(opened);
    throw error;
  }
}

/** Checks and deletes beside requests, until the registry stops. */
function checkBeside(
  registry: Registry,
  sweepObjects: StoredObjects['sweep'],
  { signal, log }: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): void {
  // Not awaited: a large log takes minutes.
  checkNames(registry, signal, log)
    .then(() => checkStops(registry, signal, log))
    .catch((error: unknown) =>
      log(`Cannot check the names of statements, and the stops of publishers: ${String(error)}`),
    );
  // Not awaited: an identity provider that does not answer keeps nobody from installing. The
  // failure is a warning already.
  const { signOn } = registry;
  if (signOn !== undefined) readProvider(registry, signOn).catch(() => undefined);
  // Not awaited: a folder of a million objects takes minutes.
  sweepObjects(registry, signal).catch((error: unknown) =>
    log(`Cannot tidy the folder of objects: ${String(error)}`),
  );
}

/**
 * Waits for the check of a file that is not large. A migration could make its damage worse.
 * @throws Problem `database-damaged`
 */
async function awaitFirstCheck(
  opened: DatabaseFile,
  check: DatabaseCheck | undefined,
  bytesMax = databaseFirstCheckBytesMax,
): Promise<void> {
  if (check === undefined || statSync(opened.path).size > bytesMax) return;
  const damage = await check.found;
  if (damage !== undefined) throw damage;
  // The process of the check may have been killed, for example where memory is short. Nothing is
  // known about the file then.
  if (!check.isMade()) requireSound(opened.client, opened.path, bytesMax);
}

/** A database that is damaged in one place must not be written in another. */
function endWrites(registry: Registry, db: OpenDatabase, damage: Problem): void {
  db.refuseWrites(damage);
  registry.reportPutOff?.(damage);
}

/**
 * Does a step of the start. When the step fails, the port is closed, or the process would never
 * end.
 */
async function orClose<Result>(
  listeners: Listeners,
  step: () => Result | Promise<Result>,
): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    await listeners.close();
    throw error;
  }
}
