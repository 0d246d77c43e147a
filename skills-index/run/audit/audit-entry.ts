/**
 * One line of the audit log, `skillgate.audit/1`. A line says who did what in which run, and has
 * the digest of the line before.
 */
import { type Digest, hexOf } from '../../skill/digest.ts';

/** The longest text in an audit line. The log cuts longer texts. */
export const auditTextCharsMax = 300;

/**
 * The actor of an event, which is the same in every line of a run. A refusal may come before some
 * of these facts are known, so each such fact may be absent.
 */
export interface AuditSubject {
  readonly run: string;
  /** The agent's name; `operator` for a person at the terminal. */
  readonly agent: string;
  readonly skill?: string;
  readonly version?: string;
  readonly bundle?: Digest;
  /** The digest of the run's plan. */
  readonly plan?: Digest;
  /** The run of the agent's own program that caused this event. */
  readonly session?: string;
}

/**
 * The events of the log. An event about a request never has a body, a header's value or a query.
 */
export type AuditEvent = Readonly<
  /**
   * `runner` is the pid of the runner on this host. `runnerStarted` is the start time of that
   * process, in clock ticks after boot.
   */
  | {
      event: 'start';
      command: string;
      why: string;
      backend: string;
      notes: readonly string[];
      runner?: number;
      runnerStarted?: string;
    }
  | { event: 'call'; tool: 'search' | 'open' | 'run'; command?: string; path?: string; why: string }
  | { event: 'refused'; code: string; why: string }
  | {
      event: 'egress';
      decision: 'allowed' | 'denied';
      why: string;
      method: string;
      path: string;
      secrets: readonly string[];
      host: string;
      port: number;
      /** The names of dropped headers; absent where none was dropped. */
      dropped?: readonly string[];
    }
  | { event: 'redacted'; secret: string; host: string }
  /** A service was asked for a token; `why` says why it gave none, and is empty when it did. */
  | { event: 'mint'; secret: string; why: string }
  /** A file of a package that a session fetched from an index, by the digest of its bytes. */
  | {
      event: 'package';
      ecosystem: string;
      package: string;
      version: string;
      file: string;
      digest: Digest;
    }
  /**
   * The run's canary was found in data that was about to leave. The runner blocked the data and
   * ended the run.
   */
  | { event: 'canary'; channel: string; encoding: string }
  | { event: 'exit'; reason: string; code: number | null; milliseconds: number }
  | { event: 'cleanup'; path: string; why: string }
  /**
   * The states of an action that waits for a person. `rejected` means that an answer did not count.
   */
  | {
      event: 'hold';
      state: 'asked' | 'allowed' | 'denied' | 'expired' | 'unsupported' | 'rejected';
      hold: string;
      rule: string;
      what: string;
      why: string;
    }
  | { event: 'breaker'; state: 'opened' | 'closed'; counter: string; hold: string; why: string }
  | ({ event: 'change' } & FileChange)
  /**
   * A run changed, or left behind, too many paths for one line each. This event stands for them
   * all: their number, the first path, and the digest of the file that lists all paths.
   */
  | { event: 'paths'; of: 'change' | 'cleanup'; count: number; first: string; digest: Digest }
  /**
   * A person's decision about the changes of a run, with the mounts of the changes. The digest
   * covers the changes that were offered or applied together.
   */
  | {
      event: 'changes';
      decision: 'offered' | 'begun' | 'applied' | 'discarded';
      digest: Digest;
      /** The mounts of the changes; absent in lines of older versions. */
      targets?: readonly string[];
      /** The reason for which the changes were discarded. */
      why?: string;
    }
  /** A process in the sandbox that a sample found. Sampling may miss a very short process. */
  | { event: 'child'; name: string; arguments: Digest; sampled: true }
  /**
   * An incident report about a version that did something that should be impossible. `report` is
   * the digest of the report's file.
   */
  | { event: 'incident'; rule: string; place: string; report: Digest }
  /**
   * A checkpoint of the log itself: this host's key signed the log's first `size` lines, the last
   * of which has the digest `head`.
   */
  | { event: 'checkpoint'; size: number; head: Digest; keyId: Digest; signature: string }
  /**
   * A repair of the log itself: the runner moved an incomplete line, which a crash had left, to
   * another file.
   */
  | { event: 'recovered'; bytes: number; torn: Digest }
>;

/**
 * Returns the name of the file, beside the log, that lists all paths of a `paths` event: JSON
 * lines, compressed by gzip. The digest covers the uncompressed lines.
 */
export function pathSetName(digest: Digest): string {
  return `paths/${hexOf(digest)}.jsonl.gz`;
}

/** A run's change to one file of a mount. The paths are paths inside the sandbox. */
export interface FileChange {
  readonly change: 'created' | 'changed' | 'deleted';
  readonly path: string;
  /**
   * The digest of the file before the change. Absent for anything but a regular file, and for a
   * file too large to read.
   */
  readonly before?: Digest;
  readonly after?: Digest;
}

export type AuditEntry = AuditSubject &
  AuditEvent & {
    readonly schema: 'skillgate.audit/1';
    readonly seq: number;
    readonly at: string;
    /**
     * The digest of the line before, without its newline. The first line has the digest of the
     * empty text.
     */
    readonly prev: Digest;
  };

/** Parses a line exactly as the audit log writes the line. Returns undefined for any other text. */
export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const value = JSON.parse(line) as AuditEntry;
    const sound =
      value.schema === 'skillgate.audit/1' &&
      Number.isSafeInteger(value.seq) &&
      isCanonical(value, line);
    return sound ? value : undefined;
  } catch {
    return undefined;
  }
}

// The check is equivalent to `canonicalJson(value) === line` for flat objects, in a third of the
// time. A log has millions of lines.
function isCanonical(value: object, line: string): boolean {
  const members = Object.entries(value);
  const isSorted = members.every(([key], at) => at === 0 || (members[at - 1]?.[0] ?? '') < key);
  const isFlat = members.every(
    ([, member]) =>
      typeof member !== 'object' ||
      member === null ||
      (Array.isArray(member) && member.every((one) => typeof one === 'string')),
  );
  return isSorted && isFlat && JSON.stringify(value) === line;
}

/**
 * Returns an event whose texts are safe to print. Control characters, which could act on a reader's
 * terminal, are escaped, and long texts are cut. Canonical JSON already keeps each event on one
 * line.
 */
export function plainTexts(event: AuditSubject & AuditEvent): AuditSubject & AuditEvent {
  const plain = (value: unknown): unknown =>
    typeof value === 'string'
      ? plainText(value)
      : Array.isArray(value)
        ? value.slice(0, 100).map(plain)
        : value;
  const members = Object.entries(event).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]) => [key, plain(member)]),
  ) as unknown as AuditSubject & AuditEvent;
}

function plainText(text: string): string {
  if (text.length <= auditTextCharsMax && /^[\x20-\x7e]*$/.test(text)) return text;
  const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;
  const plain = text
    .toWellFormed()
    .replace(unprintable, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return plain.length > auditTextCharsMax
    ? `${plain.slice(0, auditTextCharsMax).toWellFormed()}…`
    : plain;
}
