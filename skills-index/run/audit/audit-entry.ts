/**
 * One line of the audit log, `skillgate.audit/1`: who did what in which run, chained to the line
 * before.
 */
import { type Digest, hexOf } from '../../skill/digest.ts';

/** Longer texts are cut. */
export const auditTextCharsMax = 300;

/**
 * Who did it: the same in every line of a run. Absent members were not known yet when it was
 * refused.
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
  /** The run of the agent's own program, for all that happens because of it. */
  readonly session?: string;
}

/** About requests: never a body, a header's value or a query. */
export type AuditEvent = Readonly<
  /**
   * `runner` is the process of the runner on this host; `runnerStarted` says when that process
   * began, in clock ticks after boot.
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
      /** Names of headers that were left out; absent where there were none. */
      dropped?: readonly string[];
    }
  | { event: 'redacted'; secret: string; host: string }
  /**
   * The run's canary was seen in something that leaves; the run was ended, and what it was in did
   * not pass.
   */
  | { event: 'canary'; channel: string; encoding: string }
  | { event: 'exit'; reason: string; code: number | null; milliseconds: number }
  | { event: 'cleanup'; path: string; why: string }
  /** An action waits for a person, or waited; `rejected` is an answer that did not count. */
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
   * Changes, or paths that were left behind, too many for a line each: how many, the first, and the
   * digest of the file with all of them.
   */
  | { event: 'paths'; of: 'change' | 'cleanup'; count: number; first: string; digest: Digest }
  /**
   * About the changes of a run in views of folders, by the digest of what was offered or applied
   * together, and the mounts that it is of.
   */
  | {
      event: 'changes';
      decision: 'offered' | 'begun' | 'applied' | 'discarded';
      digest: Digest;
      /** Absent in lines of before. */
      targets?: readonly string[];
      /** Of what is discarded. */
      why?: string;
    }
  /**
   * A process that was seen in the sandbox; what lived shorter than the interval between two looks
   * is not in it.
   */
  | { event: 'child'; name: string; arguments: Digest; sampled: true }
  /**
   * A report of something that should have been impossible was made; `report` is the digest of its
   * file.
   */
  | { event: 'incident'; rule: string; place: string; report: Digest }
  /**
   * About the log itself: its first `size` lines, the last of which has the digest `head`, are
   * signed by this host's key.
   */
  | { event: 'checkpoint'; size: number; head: Digest; keyId: Digest; signature: string }
  /** About the log itself: what a crash left of a line was moved aside. */
  | { event: 'recovered'; bytes: number; torn: Digest }
>;

/**
 * The file with all paths of a `paths` line, beside the log: JSON lines, packed by gzip; the digest
 * is that of the lines.
 */
export function pathSetName(digest: Digest): string {
  return `paths/${hexOf(digest)}.jsonl.gz`;
}

/** What a run did to one file of a mount; paths as the sandbox names them. */
export interface FileChange {
  readonly change: 'created' | 'changed' | 'deleted';
  readonly path: string;
  /** Absent for what is no plain file, or was too large to read. */
  readonly before?: Digest;
  readonly after?: Digest;
}

export type AuditEntry = AuditSubject &
  AuditEvent & {
    readonly schema: 'skillgate.audit/1';
    readonly seq: number;
    readonly at: string;
    /** Digest of the line before, without its newline; of nothing for the first. */
    readonly prev: Digest;
  };

/** A line as it was written; undefined for anything else. */
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

// As `canonicalJson(value) === line` for members that are no objects, at a third of the time: a log
// has millions of lines.
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

// Canonical JSON keeps a line one line; what is left is the reader's terminal, and the length.
/**
 * What is said with nothing in it that could act on a reader’s terminal, and no text without end.
 */
export function plainTexts(said: AuditSubject & AuditEvent): AuditSubject & AuditEvent {
  const plain = (value: unknown): unknown =>
    typeof value === 'string'
      ? plainText(value)
      : Array.isArray(value)
        ? value.slice(0, 100).map(plain)
        : value;
  const members = Object.entries(said).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([key, member]) => [key, plain(member)]),
  ) as unknown as AuditSubject & AuditEvent;
}

function plainText(text: string): string {
  if (text.length <= auditTextCharsMax && /^[\x20-\x7e]*$/.test(text)) return text;
  const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu;
  const plain = text
    .toWellFormed()
    .replace(unseen, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
  return plain.length > auditTextCharsMax
    ? `${plain.slice(0, auditTextCharsMax).toWellFormed()}…`
    : plain;
}
