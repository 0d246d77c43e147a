/**
 * Verifies `status.json`: the signed head of the log, with the time until which the head counts. A
 * status is valid for at most 24 hours.
 */
import * as v from 'valibot';
import { parseCheckpoint } from '../../log/checkpoint.ts';
import { Problem } from '../../skill/problem.ts';
import { exactObject, parseShape } from '../../skill/shape.ts';
import { parseJson } from '../../skill/text/json.ts';
import { isoTime, type Shape } from '../../statement/field-shapes.ts';
import { parseEnvelope, verifyEnvelope } from '../../statement/signature-formats/envelope.ts';
import { type RootFile, spkiOf } from '../root/root.ts';
import { keysOfRole, verifyRootCheckpoint } from '../root/root-role.ts';

/**
 * Clocks may differ by this many seconds before the `issued` time of a status counts as in the
 * future.
 */
export const clockSkewSeconds = 5 * 60;

/** A status has a note of at most 64 KiB, twice in other encodings. */
export const statusBytesMax = 128 * 1024;

/** A status file counts for at most this many seconds. */
export const statusSecondsMax = 24 * 60 * 60;

export const statusPayloadType = 'application/vnd.skillgate.status+json';

export interface Status {
  /** The newest signed checkpoint of the log, as a note. */
  readonly checkpoint: string;
  /** The time at which the registry signed the status (ISO 8601, UTC). */
  readonly issued: string;
  /** The time at which the status expires (ISO 8601, UTC); at most 24 hours after `issued`. */
  readonly expires: string;
}

export const statusShape: Shape<Status> = v.pipe(
  exactObject({
    checkpoint: v.string(),
    issued: isoTime,
    expires: isoTime,
  }),
  v.check((status) => {
    const seconds = (Date.parse(status.expires) - Date.parse(status.issued)) / 1000;
    return seconds > 0 && seconds <= statusSecondsMax;
  }, 'expires more than 24 hours after it was issued, or before'),
);

interface StatusOptions {
  /** How many seconds the status still counts after `expires`; 0 by default. */
  readonly graceSeconds?: number;
  /**
   * Whether a past time is judged. For a past time, a retired status key counts up to the key's
   * last log index. Never set `past` for the present: the thief of a retired key could show the log
   * of that index for ever.
   */
  readonly past?: boolean;
}

/**
 * Reads `status.json`, and verifies the status' signature, time and checkpoint.
 * @param now milliseconds since 1970
 * @throws Problem `statement-invalid`, `signature-invalid`, `status-stale`, `log-invalid`,
 * `json-invalid`
 */
export function verifyStatus(
  bytes: Uint8Array,
  root: RootFile,
  now: number,
  options: StatusOptions = {},
): Status {
  if (bytes.byteLength > statusBytesMax)
    throw new Problem('statement-invalid', 'Cannot read status.json: it is too large');
  const envelope = parseEnvelope(parseJson(bytes, 'status.json').value);
  if (envelope.payloadType !== statusPayloadType)
    throw new Problem('statement-invalid', 'status.json contains no status');
  const signer = keysOfRole(root, 'status').find((one) => verifyEnvelope(envelope, spkiOf(one)));
  if (signer === undefined) {
    throw new Problem(
      'signature-invalid',
      'status.json is not signed with the status key of the root file',
    );
  }
  const payload = parseJson(Buffer.from(envelope.payload, 'base64'), 'status.json');
  const status = parseShape(statusShape, payload, 'statement-invalid', 'status.json');
  requireHead(status, root, signer.validUpTo, options);
  requireTime(status, now, options);
  return status;
}

/**
 * The status with the largest head of the log; of several, the status that was issued last. The
 * holder of the status key can date an older head as they like, and cannot sign a larger one.
 */
export function newestStatus(statuses: readonly Status[]): Status | undefined {
  const sizeOf = ({ checkpoint }: Status): number => parseCheckpoint(checkpoint).size;
  return [...statuses].sort(
    (a, b) => sizeOf(b) - sizeOf(a) || Date.parse(b.issued) - Date.parse(a.issued),
  )[0];
}

function requireHead(
  { checkpoint }: Status,
  root: RootFile,
  validUpTo: number | undefined,
  { past }: StatusOptions,
): void {
  const head = verifyRootCheckpoint(checkpoint, root);
  if (head.retired)
    throw new Problem(
      'log-invalid',
      'status.json shows a checkpoint that a retired log key signed',
    );
  if (validUpTo === undefined || (past === true && head.size <= validUpTo + 1)) return;
  throw new Problem(
    'signature-invalid',
    `status.json is signed with a status key that was retired at log index ${validUpTo}`,
  );
}

function requireTime(
  { issued, expires }: Status,
  now: number,
  { graceSeconds = 0 }: StatusOptions,
): void {
  // The comparison is negated, so that a clock that returns NaN fails the comparison.
  if (!(now >= Date.parse(issued) - clockSkewSeconds * 1000)) {
    throw new Problem(
      'status-stale',
      `status.json was issued in the future (${issued}); is the clock right?`,
    );
  }
  if (!(now <= Date.parse(expires) + graceSeconds * 1000)) {
    throw new Problem('status-stale', `status.json expired at ${expires}`);
  }
}
