/** The root files of a witness, and the log keys that they lead to after rotations. */
import { readFile } from 'node:fs/promises';
import { memoryStore } from '../../skills-index/client/store.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseRoot, type RootFile, spkiOf } from '../../skills-index/trust/root/root.ts';
import { witnessRenewMillis } from '../limits.ts';
import { requireRootSize } from '../registries/registries.ts';
import type { WatchedLog } from './cosigner.ts';

/** A root file and its path. */
export interface GivenRoot {
  readonly path: string;
  readonly root: RootFile;
}

/** How a witness learns of a log's new key. */
export interface Renewal {
  /** The watched logs; a renewed log replaces the previous one. */
  readonly logs: WatchedLog[];
  readonly roots: readonly GivenRoot[];
  /**
   * Registries that the witness follows: their TUF metadata shows which root the administrators
   * signed.
   */
  readonly bases: readonly string[];
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => Date;
  readonly say: (line: string) => void;
}

/** @throws Problem `file-not-found`, `root-invalid` */
export async function readGivenRoot(path: string): Promise<GivenRoot> {
  try {
    return { path, root: parseRoot(requireRootSize(await readFile(path))) };
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('file-not-found', `Cannot read the root file ${JSON.stringify(path)}`, {
      hint: 'fetch URL/index/root.json of the registry, and compare the fingerprint that the witness prints at its start with what the administrators say',
      cause,
    });
  }
}

/** The root file's log with its key. */
export function logOf({ origin, log }: RootFile): WatchedLog {
  return { origin, key: spkiOf(log) };
}

/**
 * Called when an unknown key signed a log. It reads the root file again, which the operator
 * controls, and asks the followed registries for later root files of its administrators.
 * @returns the log's successor, or undefined without a newer one
 */
export function makeRenew(renewal: Renewal): (log: WatchedLog) => Promise<WatchedLog | undefined> {
  const told = new Set<string>();
  let asked = Number.NEGATIVE_INFINITY;
  return async (log) => {
    const given = renewal.roots.find(({ root }) => root.origin === log.origin);
    if (given === undefined) return undefined;
    let found = await readAgain(given, log);
    // Anybody can trigger this call, so registries are asked only at intervals.
    const now = renewal.now().getTime();
    if (found === undefined && Math.abs(now - asked) >= witnessRenewMillis) {
      asked = now;
      found = await askForRoot(renewal, given, log);
    }
    if (found !== undefined) {
      renewal.logs.splice(
        0,
        renewal.logs.length,
        ...renewal.logs.map((one) => (one.origin === log.origin ? found : one)),
      );
      told.delete(log.origin);
      renewal.say(
        `${log.origin}: its administrators rotated the key of its log; the new one counts from now on`,
      );
    } else if (!told.has(log.origin)) {
      told.add(log.origin);
      renewal.say(unknownKeyText(given, log));
    }
    return found;
  };
}

function unknownKeyText({ path }: GivenRoot, { origin }: WatchedLog): string {
  return `${origin}: not cosigned: signed with a key that ${path} does not name as the log’s. Where its administrators rotated it: curl -o ${path} URL/index/root.json, compare the fingerprint with what they say (skillgate registry trust ${path} shows it); it is read again without a restart`;
}

async function readAgain({ path }: GivenRoot, log: WatchedLog): Promise<WatchedLog | undefined> {
  try {
    return otherThan(log, (await readGivenRoot(path)).root);
  } catch (cause) {
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}

async function askForRoot(
  { bases, fetch, now }: Renewal,
  { root }: GivenRoot,
  log: WatchedLog,
): Promise<WatchedLog | undefined> {
  const { updateTrust } = await import('../registries/updater.ts');
  for (const base of bases) {
    try {
      const source = { fetch, store: memoryStore(), base };
      const { files } = await updateTrust({ source, pinned: root, now: now().getTime() });
      const found = otherThan(log, parseRoot(files['root.json']));
      if (found !== undefined) return found;
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
    }
  }
  return undefined;
}

function otherThan(log: WatchedLog, root: RootFile): WatchedLog | undefined {
  const found = logOf(root);
  return found.origin === log.origin && Buffer.compare(found.key, log.key) !== 0
    ? found
    : undefined;
}
