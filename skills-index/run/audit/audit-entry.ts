/**
 * One line of the audit log, `skillgate.audit/1`: who did what in which run, chained to the line
 * before.
 */
import { type Digest, hexOf } from '../../skill/digest.ts';

/** The longest text in an audit line; longer texts are cut. */
export const auditTextCharsMax = 300;

/**
 * The actor of an event; the same in every line of a run. A refusal may come before some of these
 * facts are known, so they may be absent.
 */
export interface AuditSubject {
  readonly run: string;
  /** The agent's name; `operator` for a person at the terminal. */
  readonly agent: string;
  readonly skill?: string;
  readonly version?: string;
  readonly bundle?: Digest;
  /** Digest of the plan. */
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
  /**
   * The run's canary was found in data about to leave. The data was blocked and the run was ended.
   */
  | { event: 'canary'; channel: string; encoding: string }
  | { event: 'exit'; reason: string; code: number | null; milliseconds: number }
  | { event: 'cleanup'; path: string; why: string }
  /** An action waits for a person, or waited; `rejected` means that an answer did not count. */
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
   * Stands for too many changes, or paths left behind, for a line each: their number, the first
   * path, and the digest of the file that lists all.
   */
  | { event: 'paths'; of: 'change' | 'cleanup'; count: number; first: string; digest: Digest }
  /**
   * A decision about the changes of a run, with the digest of the changes offered or applied
   * together, and their mounts.
   */
  | {
      event: 'changes';
      decision: 'offered' | 'begun' | 'applied' | 'discarded';
      digest: Digest;
      /** Absent in lines of older versions. */
      targets?: readonly string[];
      /** The reason for discarding changes. */
      why?: string;
    }
  /**
   * A process that was seen in the sandbox. Processes are sampled, so a very short one may be
   * missed.
   */
  | { event: 'child'; name: string; arguments: Digest; sampled: true }
  /**
   * An incident report was made: a version did something that should be impossible. `report` is the
   * digest of the report's file.
   */
  | { event: 'incident'; rule: string; place: string; report: Digest }
  /**
   * An event about the log itself: this host's key signed its first `size` lines, the last of which
   * has the digest `head`.
   */
  | { event: 'checkpoint'; size: number; head: Digest; keyId: Digest; signature: string }
  /** An event about the log itself: an incomplete line, left by a crash, was moved aside. */
  | { event: 'recovered'; bytes: number; torn: Digest }
>;

/**
 * The file, beside the log, that lists all paths of a `paths` event: JSON lines, compressed by
 * gzip. The digest is that of the uncompressed lines.
 */
export function pathSetName(digest: Digest): string {
  return `paths/${hexOf(digest)}.jsonl.gz`;
}

/** A run's change to one file of a mount. Paths are those inside the sandbox. */
export interface FileChange {
  readonly change: 'created' | 'changed' | 'deleted';
  readonly path: string;
  /** Absent for anything but a regular file, and for a file too large to read. */
  readonly before?: Digest;
  readonly after?: Digest;
}

export type AuditEntry = AuditSubject &
  AuditEvent & {
    readonly schema: 'skillgate.audit/1';
    readonly seq: number;
    readonly at: string;
    /**
     * Digest of the line before, without its newline; digest of the empty text for the first line.
     */
    readonly prev: Digest;
  };

/** Parses a line exactly as the log writes it; undefined for anything else. */
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

// Equivalent to `canonicalJson(value) === line` for flat objects, in a third of the time. A log has
// millions of lines.
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
 * An event whose texts are safe to print: control characters, which could act on a reader's
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
