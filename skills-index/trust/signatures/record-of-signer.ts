/**
 * Checks of log entries that @sigstore/verify leaves out. Each entry must name the signer's key,
 * and the log's key must have been valid at the signing time.
 */
import type { SignedEntity } from '@sigstore/verify';
import { Problem } from '../../skill/problem.ts';
import type { SigstoreRoot } from './trusted-root.ts';

/**
 * Requires that each log entry of a verified bundle names this certificate (DER) or key (SPKI DER),
 * and that the log's key was valid at the signing time.
 * @throws Problem `log-invalid`
 */
export function requireRecords(entity: SignedEntity, root: SigstoreRoot, signer: Uint8Array): void {
  const times = timesOf(entity);
  for (const { canonicalizedBody, logId } of entity.tlogEntries) {
    const logs = root.tlogs.filter(({ logID }) => logID.equals(logId.keyId));
    const counted = times.every((time) =>
      logs.some(({ validFor: { start, end } }) => start <= time && time <= end),
    );
    if (!counted) throw refused('the log’s key did not count at the time of the signature');
    if (!stringsIn(bodyOf(canonicalizedBody)).some((text) => isSigner(text, signer)))
      throw refused('the log entry names another signer');
  }
}

/**
 * The times of a bundle's signature that timestamp authorities and logs signed. Every one of these
 * times counts once the bundle is verified.
 */
export function timesOf({ timestamps }: SignedEntity): Date[] {
  return timestamps.flatMap((one) => {
    if (one.$case === 'timestamp-authority') return [one.timestamp.signingTime];
    const { inclusionPromise, integratedTime } = one.tlogEntry;
    return inclusionPromise === undefined ? [] : [new Date(Number(integratedTime) * 1000)];
  });
}

function bodyOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new Problem('log-invalid', 'The log entry is not JSON', { cause });
  }
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

// Rekor v2 writes the signer as DER in base64. Rekor v1 writes the signer as PEM in base64, and
// each kind of entry has another place for the signer.
function isSigner(text: string, signer: Uint8Array): boolean {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.equals(signer)) return true;
  const [, body] =
    /^-----BEGIN [A-Z ]+-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----\s*$/.exec(
      bytes.toString('latin1'),
    ) ?? [];
  return body !== undefined && Buffer.from(body, 'base64').equals(signer);
}

function refused(why: string): Problem {
  return new Problem('log-invalid', `The signature does not verify: ${why}`);
}
