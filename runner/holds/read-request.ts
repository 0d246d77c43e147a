/** Reads for a person what a gate stored beside a hold. A run stores requests and reads none. */
import { type HeldRequest, parseHeldRequest } from '../../skills-index/run/holds/held-request.ts';
import type { Hold } from '../../skills-index/run/holds/hold.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { readPrivateFile } from '../files/private-file.ts';
import { requestPath } from './holds.ts';

/** Bytes of a held request: the largest body, plus its request line and headers. */
const heldRequestBytesMax = 8 * 1024 * 1024 + 64 * 1024;

/**
 * Reads the request of a hold; undefined when the file is missing or differs from the digest in the
 * hold.
 */
export function readHeldRequest(folder: string, hold: Hold): HeldRequest | undefined {
  const digest = hold.action?.kind === 'egress' ? hold.action.request : undefined;
  const rule = { bytesMax: heldRequestBytesMax, secret: true, code: 'hold-denied' } as const;
  const bytes = digest === undefined ? undefined : readPrivateFile(requestPath(folder, hold), rule);
  return bytes === undefined || digestOf(bytes) !== digest ? undefined : parseHeldRequest(bytes);
}
