/** The Node shell: the application on a port, its database and objects in one folder. */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Problem } from '../skills-index/skill/problem.ts';
import type { Policy } from '../skills-index/trust/policy/policy.ts';
import { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import { createApp } from './app.ts';
import { makeExclusive, type Registry } from './context.ts';
import { closeFolder } from './data-folder/closed-folder.ts';
import {
  readEnrolments,
  readIncidentPolicy,
  readKeys,
  readPolicy,
  readRootFile,
  readSigstore,
  readTuf,
} from './data-folder/data-folder.ts';
import { readWitnesses } from './data-folder/witness-config.ts';
import { makeErrorLog } from './error-log.ts';
import { whatOwnHeadShows } from './index/own-head.ts';
import { resume } from './index/publish-index.ts';
import { takeStatement } from './intake/statements.ts';
import { idleConnectionGraceMs, stopMs } from './limits.ts';
import { newestCheckpoint } from './log/log.ts';
import { alarmText } from './log/witness-duty.ts';
import { askWitnesses } from './log/witnesses.ts';
import { endSlowBodies } from './request-limits/slow-bodies.ts';
import { startCheck } from './store/database-check.ts';
import { damageOf } from './store/database-damage.ts';
import { type DatabaseFile, openFolder } from './store/database-file.ts';
import { diskObjects } from './store/disk-objects.ts';
import { databaseOf, type OpenDatabase } from './store/sqlite.ts';
import { sweepParts } from './store/sweep-parts.ts';

export interface RegistryOptions {
  /** A folder that `skillgate registry init` made. */
  readonly dir: string;
  /** `localhost` by default. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** The address from outside, when it is not `http://HOST:PORT`. */
  readonly base?: string;
  /** Replaces `policy.json` of the folder. */
  readonly policy?: Policy;
  /** Submission prefixes of witnesses. `witnesses.json` of the folder names their keys. */
  readonly witnesses?: readonly string[];
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
  /** Address without a final slash. */
  readonly base: string;
  readonly registry: Registry;
  /** Stops accepting, lets requests under way end (5 s), closes the database. */
  close(): Promise<void>;
}

/**
 * Starts a registry.
 * @throws Problem `file-not-found`, `root-invalid`, `key-file-invalid`, `folder-in-use`,
 * `database-damaged`; plain `EADDRINUSE` for a taken port
 */
export async function startRegistry(options: RegistryOptions): Promise<RunningRegistry> {
  const { dir, host = 'localhost', log = () => undefined } = options;
  const root = await readRootFile(dir);
  const keys = await readKeys(dir, root);
  const policy = options.policy ?? (await readPolicy(dir));
  const incidents = await readIncidentPolicy(dir);
  const tuf = await readTuf(dir, { root, policy });
  const sigstore = await readSigstore(dir, tuf);
  const signedPolicy = tuf?.files['witnesses.json'];
  const witnesses = await readWitnesses(dir, {
    urls: options.witnesses ?? [],
    signedPolicy,
    say: log,
  });
  let answer = async (_: Request, __: unknown): Promise<Response> =>
    new Response('starting', { status: 503 });
  const server = createAdaptorServer({
    fetch: (request, env) => answer(request, env),
    overrideGlobalObjects: false,
  }) as Server;
  endSlowBodies(server);
  // A busy client may send its next request when the announced time has just passed. The request
  // would fail with “other side closed”, and nobody repeats a POST.
  server.keepAliveTimeoutBuffer = idleConnectionGraceMs;
  const port = await listen(server, options.port, host);
  const base = options.base ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const opened =
    options.opened ?? (await orClose(server, () => openFolder(dir, options.checkBytesMax)));
  const { path } = opened;
  const db = await orClose(server, () => databaseOf(opened));
  const registry: Registry = {
    db,
    objects: diskObjects(join(dir, 'objects')),
    keys,
    root,
    policy,
    tuf,
    sigstore,
    witnesses,
    incidents,
    config: {
      base,
      hosts: [
        ...new Set([
          new URL(base).host,
          `${host}:${port}`,
          `localhost:${port}`,
          `127.0.0.1:${port}`,
        ]),
      ],
    },
    identities: {},
    unsettled: new Set(),
    verified: new VerifiedStatements(),
    now: options.now ?? (() => new Date()),
    random: (bytes) => randomBytes(bytes),
    exclusive: makeExclusive(),
  };
  const sweep = new AbortController();
  const check = opened.isChecked ? undefined : startCheck(path, log);
  const stop = async (): Promise<void> => {
    sweep.abort();
    check?.stop();
    await closeServer(server);
    opened.close();
  };
  try {
    await closeFolder(dir, log);
    await prepare(registry, dir, log);
  } catch (error) {
    // Closing reads the file once more. A failure of it must not hide the reason for closing.
    await stop().catch(() => undefined);
    throw damageOf(error, path);
  }
  const app = createApp(registry, {
    logError: makeErrorLog(log, registry.now),
    addressOf: (context) => getConnInfo(context).remote.address,
  });
  answer = async (request, env) => app.fetch(request, env as object);
  void check?.found.then((damage) => damage && endWrites(registry, db, damage));
  // Not awaited: a folder of a million objects takes seconds.
  sweepParts(join(dir, 'objects'), sweep.signal).catch((error: unknown) =>
    log(`Cannot delete unfinished files: ${String(error)}`),
  );
  return { base, registry, close: stop };
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
async function orClose<Result>(server: Server, step: () => Result): Promise<Result> {
  try {
    return step();
  } catch (error) {
    await closeServer(server);
    throw error;
  }
}

/** Finishes what a crash interrupted, and logs the statements that came with the folder. */
async function prepare(
  registry: Registry,
  dir: string,
  log: (line: string) => void,
): Promise<void> {
  // Compared before anything is written: the last status, or a witness, may show more log entries
  // than an old copy has.
  registry.ownHeadAhead = await whatOwnHeadShows(registry, log);
  const head = await newestCheckpoint(registry);
  if (head !== undefined) await askWitnesses(registry, head);
  if (registry.ownHeadAhead !== undefined) {
    log(alarmText(registry.ownHeadAhead));
    return;
  }
  await resume(registry, (error) =>
    log(error instanceof Problem ? `${error.code}: ${error.message}` : String(error)),
  );
  for (const envelope of await readEnrolments(dir)) {
    await takeStatement(registry, { envelope }).catch((error: unknown) => {
      // A member whose statement came with the folder may have been removed since; the file stays
      // where it is.
      if (!(error instanceof Problem) || !['statement-replayed', 'log-behind'].includes(error.code))
        throw error;
    });
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), stopMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
