/** Decides whether a witness cosigns a checkpoint (C2SP tlog-witness, `add-checkpoint`). Pure. */
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/field-shapes.ts';
import { type Checkpoint, parseCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import {
  type ConsistencyClaim,
  type Hash,
  isConsistencyClaim,
  rootsShownBy,
  type TreeHead,
  verifyConsistency,
} from './merkle-tree.ts';

/**
 * A consistency proof has at most two hashes for each level of the tree (C2SP tlog-witness: 63
 * lines).
 */
const proofHashesMax = 63;

/** The request that a log sends to a witness, to have a checkpoint cosigned. */
export interface Submission {
  /**
   * The size of the tree that the witness cosigned last, as the log believes; 0 when the witness
   * cosigned none.
   */
  readonly oldSize: number;
  /** Consistency proof from the tree of `oldSize` leaves to the checkpoint. */
  readonly proof: readonly Hash[];
  /** The signed checkpoint that the witness is to cosign. */
  readonly note: string;
}

/** The witness's answer to a submission, with the answer's HTTP status. */
export type JudgedSubmission =
  | { readonly kind: 'cosign'; readonly head: Checkpoint }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 409 | 422; readonly why: string }
  /**
   * The log signed two trees that contradict each other. The log's signatures on the two trees
   * prove the contradiction.
   */
  | {
      readonly kind: 'forked';
      readonly status: 409 | 422;
      readonly why: string;
      readonly head: Checkpoint;
    };

/** A head of a log, with the root of the log’s map where the head has one. */
export type MappedHead = TreeHead & Pick<Checkpoint, 'map'>;

/** Prints a submission as the body of an HTTP request. */
export function printSubmission({ oldSize, proof, note }: Submission): string {
  return `old ${oldSize}\n${proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`).join('')}\n${note}`;
}

/**
 * Parses a submission strictly; does not parse the checkpoint in the submission.
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
 * Decides whether a witness may cosign the checkpoint of a submission.
 * @param kept the last head that the witness cosigned for this log
 * @param log the origin that the checkpoint names, with the log's key (SPKI DER)
 */
export function judgeSubmission(
  submission: Submission,
  {
    kept,
    log,
  }: {
    readonly kept: MappedHead | undefined;
    readonly log: { readonly origin: string; readonly key: Uint8Array };
  },
): JudgedSubmission {
  const head = signedHead(submission.note, log);
  if ('status' in head) return head;
  const { oldSize, proof } = submission;
  if (oldSize > head.size)
    return refused(400, `the old size ${oldSize} is above the checkpoint's ${head.size}`);
  // A fork is checked before the rest of the submission, because the log's signatures alone prove
  // the fork.
  if (kept?.size === head.size && !isSame(kept, head)) return forked(409, kept, head);
  if (kept?.map !== undefined && head.map === undefined)
    return refused(422, 'the head has no map, and the last cosigned head has one');
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

/** The witness's answer to a log that signed two trees, or two maps of one tree. */
export function forked(
  status: 409 | 422,
  kept: MappedHead,
  head: Checkpoint,
): Extract<JudgedSubmission, { readonly kind: 'forked' }> {
  return {
    kind: 'forked',
    status,
    why: describeFork(kept, head),
    head,
  };
}

/**
 * Prints a head of the log as a text for people: `size 42, root Hy4…=`, with the root in base64 as
 * in notes.
 */
export function printHead({ size, root }: TreeHead): string {
  return `size ${size}, root ${Buffer.from(root).toString('base64')}`;
}

function describeFork(kept: MappedHead, head: MappedHead): string {
  if (!isEqual(kept.root, head.root))
    return `the log signed two trees: ${printHead(kept)}, and ${printHead(head)}`;
  const [one, other] = [kept, head].map(({ map }) => Buffer.from(map ?? []).toString('base64'));
  return `the log signed two maps of one tree, ${printHead(head)}: map ${one}, and map ${other}`;
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

// The map follows from the entries, so a size has one map. A log begins to have a map at some size,
// and may sign the head of that size once without the map and once with it.
function isSame(kept: MappedHead, head: MappedHead): boolean {
  const isSameMap = kept.map === undefined || head.map === undefined || isEqual(kept.map, head.map);
  return isEqual(kept.root, head.root) && isSameMap;
}

function isEqual(a: Hash, b: Hash): boolean {
  return Buffer.compare(a, b) === 0;
}

// Decides whether a consistency proof convicts a log of two histories.

/**
 * Whether a proof shows that the second tree begins with another tree than the first tree. Nobody
 * can forge such a proof. When the first tree's size is a power of two, a proof contains the first
 * root hash itself, so the proof shows no other past.
 */
export function provesOtherPast(claim: ConsistencyClaim): boolean {
  const { first, second } = claim;
  if (!isConsistencyClaim(claim) || first.size === 0 || first.size === second.size) return false;
  const shown = rootsShownBy(claim);
  return (
    shown !== undefined &&
    Buffer.compare(shown.newer, second.root) === 0 &&
    Buffer.compare(shown.older, first.root) !== 0
  );
}
