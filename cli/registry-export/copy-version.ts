/** Copies what an installer reads of one version: packs, and each blob under its own address. */
import { fetchBlob, fetchIfAny, inTurns, type Source } from '../../skills-index/client/blobs.ts';
import { fileGroups, filePackPath } from '../../skills-index/client/file-packs.ts';
import {
  packBytesMax,
  packedFilesBytesMax,
  statementBlobBytesMax,
} from '../../skills-index/client/limits.ts';
import { evidencePackPath, parsePack } from '../../skills-index/client/pack-form.ts';
import { parseBundle } from '../../skills-index/skill/bundle.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { scanReportBytesMax } from '../../skills-index/statement/limits.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import type { CopyWorld } from './copy-world.ts';

/** @throws Problem as `fetchBlob`; and for a statement or a list of files that nobody can read */
export async function copyVersion(world: CopyWorld, line: IndexLine): Promise<void> {
  const source = await withPack(world, evidencePackPath(line));
  const statements = await inTurns(line.statements, (digest) =>
    fetchBlob(source, digest, statementBlobBytesMax),
  );
  const list = await fetchBlob(source, line.bundle, statementBlobBytesMax);
  await inTurns(statements.flatMap(reportIn), (digest) =>
    fetchBlob(source, digest, scanReportBytesMax),
  );
  const { bundle } = parseBundle(list);
  const isLarge = bundle.files.reduce((sum, { size }) => sum + size, 0) > packedFilesBytesMax;
  for (const [at, group] of fileGroups(bundle).entries()) {
    const path = filePackPath(line.bundle, at);
    const files = isLarge && group.length > 1 ? await withPack(world, path) : source;
    await inTurns(group, ({ sha256, size }) => fetchBlob(files, sha256, size));
  }
}

/** The source, with the blobs of a pack that is in the folder now. */
async function withPack({ source, folder }: CopyWorld, path: string): Promise<Source> {
  const place = path.slice(1);
  const kept = await folder.get(place);
  const bytes = kept ?? (await fetchIfAny(source, path, packBytesMax));
  const blobs = bytes && parsePack(bytes);
  if (bytes === undefined || blobs === undefined) return source;
  if (kept === undefined) await folder.put(place, bytes);
  const pack = {
    has: (digest: Digest) => blobs.has(digest),
    first: () => blobs.values().next().value,
    read: async (digest: Digest) => blobs.get(digest),
  };
  return { ...source, packOf: () => pack };
}

function reportIn(bytes: Uint8Array): Digest[] {
  const { dsseEnvelope } = parseSigstoreBundle(parseJson(bytes, 'a statement').value);
  const statement = peekStatement(dsseEnvelope);
  return statement.predicateType === predicateTypes.scan ? [statement.predicate.report] : [];
}
