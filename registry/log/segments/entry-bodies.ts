/** The bodies of log entries, from their rows or from the segments that have their bundles. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, gte, lt } from 'drizzle-orm';
import { parsePack } from '../../../skills-index/client/pack-form.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import {
  parseSigstoreBundle,
  type SigstoreBundle,
} from '../../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { Registry } from '../../context.ts';
import { requireBlob } from '../../store/blobs.ts';
import { log } from '../../store/schema.ts';
import { damagedEntry } from '../log.ts';
import { segmentWith } from './read-segments.ts';

/**
 * The bodies of the entries from one on, up to a size.
 * @throws Problem `blob-damaged`, `database-damaged`
 */
export async function readBodies(
  registry: Registry,
  from: number,
  size: number,
): Promise<Uint8Array[]> {
  const rows = await registry.db.read
    .select({ index: log.index, body: log.body })
    .from(log)
    .where(and(gte(log.index, from), lt(log.index, size)))
    .orderBy(asc(log.index));
  const moved = new Map<number, Uint8Array>();
  const bodies: Uint8Array[] = [];
  for (const { index, body } of rows) {
    if (body === '' && !moved.has(index)) await readSegment(registry, index, moved);
    const bytes = body === '' ? moved.get(index) : Buffer.from(body);
    if (bytes === undefined) throw damagedEntry(index);
    bodies.push(bytes);
  }
  return bodies;
}

async function readSegment(
  registry: Registry,
  index: number,
  bodies: Map<number, Uint8Array>,
): Promise<void> {
  const segment = await segmentWith(registry, index);
  // Makes a damaged segment again.
  const pack = segment && (await requireBlob(registry, segment.digest));
  const bundles = pack && parsePack(pack);
  let at = segment?.first ?? index;
  for (const bytes of bundles?.values() ?? []) {
    bodies.set(at++, bodyIn(parseSigstoreBundle(parseJson(bytes, 'a statement').value)));
    await nextTurn();
  }
}

/** The body of a statement's entry in the registry's own log. */
export function bodyIn({ verificationMaterial }: SigstoreBundle): Buffer {
  return Buffer.from(verificationMaterial.tlogEntries[0].canonicalizedBody, 'base64');
}
