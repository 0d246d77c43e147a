/**
 * Compares the head in the last status file that this registry signed with the log. The file lies
 * beside the database and outlives a write-ahead log that was lost or truncated. SQLite drops the
 * commits in such a log without an error, and the registry would sign a second history.
 */
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  parseEnvelope,
  verifyEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { spkiOf } from '../../skills-index/trust/root/root.ts';
import { keysOfOffice } from '../../skills-index/trust/root/root-office.ts';
import type { Registry } from '../context.ts';
import type { OwnHeadAhead } from '../log/head-ahead.ts';
import { logSize, rootOfSize } from '../log/log.ts';
import { statusFile } from '../store/schema.ts';
import { statusIn, statusName } from './status-json.ts';

/**
 * Compares the log with the head that this registry signed last.
 * @param say called when the file to compare with existed and is missing
 */
export async function whatOwnHeadShows(
  registry: Registry,
  say: (line: string) => void,
): Promise<OwnHeadAhead | undefined> {
  const signed = await readSignedHead(registry);
  if (signed === undefined) {
    if ((await registry.db.read.select({ id: statusFile.id }).from(statusFile).limit(1)).length > 0)
      say(cannotCompare);
    return undefined;
  }
  if (signed.size === 0) return undefined;
  const root = await rootOfSize(registry, signed.size);
  if (root === Buffer.from(signed.root).toString('base64')) return undefined;
  return { file: `objects/${statusName}`, size: signed.size, here: await logSize(registry) };
}

const cannotCompare = `warning: objects/${statusName} is missing, or this registry did not sign the file, so the registry cannot tell whether the database lost the end of its log. If you restored the database, see docs/registry-reference.md, "The log was restored from a backup"`;

/** Undefined when there is no status file that this registry signed. */
async function readSignedHead({ objects, root }: Registry): Promise<TreeHead | undefined> {
  const bytes = await objects.get(statusName);
  if (bytes === undefined) return undefined;
  try {
    const envelope = parseEnvelope(parseJson(bytes, statusName).value);
    // Retired keys count as well: after a rotation, the key before signed the last file.
    const isOwn = keysOfOffice(root, 'status').some((key) => verifyEnvelope(envelope, spkiOf(key)));
    return isOwn ? parseCheckpoint(statusIn(bytes).checkpoint) : undefined;
  } catch (cause) {
    // A damaged file shows nothing. The next signed status replaces it.
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
