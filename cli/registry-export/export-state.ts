/** `export.json`: what an export has. It is written last, so a folder with it is whole. */
import * as v from 'valibot';
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import { type CompactRange, emptyRange } from '../../skills-index/log/compact-range.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { digest, logIndex, skillName } from '../../skills-index/statement/field-shapes.ts';
import { printRange, rangeOf } from '../monitor/state-file.ts';
import type { ExportFolder } from './export-folder.ts';

/** A head of the log, with the part of the tree in front of the last tile that is not full. */
export interface ExportedLog {
  readonly head: Pick<Checkpoint, 'size' | 'root' | 'map'>;
  readonly full: CompactRange;
}

export interface ExportState {
  readonly log: ExportedLog;
  /** Skills of which the folder lacks a version that the log names. */
  readonly lacking: readonly SkillName[];
}

export interface ExportedOf {
  /** Fingerprint of the pinned root file. */
  readonly root: Digest;
  /** The scopes whose skills are exported; all where the list is empty. */
  readonly scopes: readonly string[];
}

const path = 'export.json';
const hash = v.pipe(v.string(), v.maxLength(44));
const shape = exactObject({
  schema: v.literal('skillgate.export/1'),
  root: digest,
  scopes: v.array(v.string()),
  head: exactObject({ size: logIndex, root: hash, map: v.exactOptional(hash) }),
  full: exactObject({ size: logIndex, peaks: v.array(hash) }),
  lacking: v.array(skillName),
});

/**
 * What the folder has; nothing for a new folder, or after an interrupted first export.
 * @throws Problem `usage` for the folder of another registry or of other scopes, `json-invalid`
 */
export async function readExportState(folder: ExportFolder, of: ExportedOf): Promise<ExportState> {
  const bytes = await folder.get(path);
  if (bytes === undefined)
    return { log: { head: { size: 0, root: Buffer.alloc(0) }, full: emptyRange }, lacking: [] };
  const what = `${folder.dir}/${path}`;
  const { root, scopes, head, full, lacking } = parseShape(
    shape,
    parseJson(bytes, what),
    'json-invalid',
    what,
  );
  if (root !== of.root)
    throw new Problem('usage', `${folder.dir} has the export of another registry, ${root}`);
  if (canonicalJson(scopes) !== canonicalJson(of.scopes))
    throw new Problem(
      'usage',
      `${folder.dir} has the export of ${scopes.length === 0 ? 'all scopes' : scopes.map((scope) => `@${scope}`).join(', ')}`,
      { hint: 'name the same scopes again, or another folder' },
    );
  return {
    log: {
      head: {
        size: head.size,
        root: Buffer.from(head.root, 'base64'),
        ...(head.map === undefined ? {} : { map: Buffer.from(head.map, 'base64') }),
      },
      full: rangeOf(full),
    },
    lacking,
  };
}

export async function writeExportState(
  folder: ExportFolder,
  { root, scopes }: ExportedOf,
  { log: { head, full }, lacking }: ExportState,
): Promise<void> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const state = {
    schema: 'skillgate.export/1',
    root,
    scopes,
    head: {
      size: head.size,
      root: text(head.root),
      ...(head.map === undefined ? {} : { map: text(head.map) }),
    },
    full: printRange(full),
    lacking,
  };
  await folder.put(path, Buffer.from(`${JSON.stringify(state)}\n`));
}
