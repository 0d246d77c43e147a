/** Decides whether a witness cosigns a checkpoint (C2SP tlog-witness, `add-checkpoint`). Pure. */
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/base64.ts';
import { type Checkpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { proofHashesMax } from './limits.ts';
import { type Hash, type TreeHead, verifyConsistency } from './merkle-tree.ts';
import { provesOtherPast } from './other-past.ts';

/** A log sends this to a witness. */
export interface Submission {
  /** The log's view of the size that the witness cosigned last; 0 for none. */
  readonly oldSize: number;
  /** Consistency proof from that size to the checkpoint. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint. */
  readonly note: string;
}

/** The answer to a submission, with its HTTP status. */
export type JudgedSubmission =
  | { readonly kind: 'cosign'; readonly head: Checkpoint }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 409 | 422; readonly why: string }
  /** The log signed two trees that contradict each other. Its signatures prove that. */
  | {
      readonly kind: 'forked';
      readonly status: 409 | 422;
      readonly why: string;
      readonly head: Checkpoint;
    };

/** The body of the request. */
export function printSubmission({ oldSize, proof, note }: Submission): string {
  return `old ${oldSize}\n${proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')}\n${note}`;
}

/**
 * Reads a submission strictly; does not read its checkpoint.
 * @throws Problem `log-invalid`
 */
export function parseSubmission(text: string): Submission {
  const at = text.indexOf('\n\n');
  const [first = '', ...hashes] = text.slice(0, Math.max(at, 0)).split('\n');
  const size = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = hashes.map((line) =>
    isBase64(line) ? Buffer.from(line, 'base64') : Buffer.alloc(0),
  );
  const oldSize = Number(size);
  if (
    at < 0 ||
    !Number.isSafeInteger(oldSize) ||
    proof.length > proofHashesMax ||
    proof.some((hash) => hash.byteLength !== 32)
  ) {
    throw new Problem(
      'log-invalid',
      'Not a submission: an "old" line, up to 63 hashes, an empty line and a checkpoint are expected',
    );
  }
  return { oldSize, proof, note: text.slice(at + 2) };
}

/**
 * Decides whether a witness may cosign.
 * @param kept the last head that the witness cosigned for this log
 * @param log the origin that the checkpoint names, with the log's key (SPKI DER)
 */
export function judgeSubmission(
  submission: Submission,
  {
    kept,
    log,
  }: {
    readonly kept: TreeHead | undefined;
    readonly log: { readonly origin: string; readonly key: Uint8Array };
  },
): JudgedSubmission {
  const head = signedHead(submission.note, log);
  if ('status' in head) return head;
  const { oldSize, proof } = submission;
  if (oldSize > head.size)
    return refused(400, `the old size ${oldSize} is above the checkpoint's ${head.size}`);
  // Checked before the rest of the submission, because the signatures of the log alone prove the
  // fork.
  if (kept?.size === head.size && !isSame(kept, head)) return forked(409, kept, head);
  if (oldSize !== (kept?.size ?? 0)) {
    return refused(
      409,
      `the last cosigned head is ${kept === undefined ? 'none' : printHead(kept)}, not one of size ${oldSize}`,
    );
  }
  if (kept === undefined)
    return proof.length === 0
      ? { kind: 'cosign', head }
      : refused(422, 'a submission from size 0 carries no proof');
  const claim = { first: kept, second: head, proof };
  if (verifyConsistency(claim)) return { kind: 'cosign', head };
  if (provesOtherPast(claim)) return forked(422, kept, head);
  return refused(
    422,
    `the proof does not show that ${printHead(head)} continues ${printHead(kept)}`,
  );
}

/** The answer to a log that signed two trees. */
export function forked(
  status: 409 | 422,
  kept: TreeHead,
  head: Checkpoint,
): Extract<JudgedSubmission, { readonly kind: 'forked' }> {
  return {
    kind: 'forked',
    status,
    why: `the log signed two trees: ${printHead(kept)}, and ${printHead(head)}`,
    head,
  };
}

/** A head as a text for people: `size 42, root Hy4…=`, the root in base64 as in notes. */
export function printHead({ size, root }: TreeHead): string {
  return `size ${size}, root ${Buffer.from(root).toString('base64')}`;
}

type Refused = Extract<JudgedSubmission, { readonly kind: 'refused' }>;

function refused(status: Refused['status'], why: string): Refused {
  return { kind: 'refused', status, why };
}

function signedHead(
  note: string,
  log: { readonly origin: string; readonly key: Uint8Array },
): Checkpoint | Refused {
  try {
    parseCheckpoint(note);
    return verifyCheckpoint(note, log);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return refused(cause.code === 'signature-invalid' ? 403 : 400, cause.message);
  }
}

function isSame(a: TreeHead, b: TreeHead): boolean {
  return Buffer.compare(a.root, b.root) === 0;
}
