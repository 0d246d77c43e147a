/** `export.json`: what an export has. It is written last, so a folder with it is whole. */

import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { Checkpoint } from '../../skills-index/log/checkpoint.ts';
import { type CompactRange, emptyRange } from '../../skills-index/log/compact-range.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { digest, logIndex, skillName } from '../../skills-index/statement/field-shapes.ts';
import { printRange, rangeOf } from '../monitor/state-file.ts';
import { writeWhole } from '../whole-file.ts';

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

interface ExportedOf {
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

// The folder of an export. A file whose content never changes is written at once. A file that
// changes waits in `.next` until everything that it names is in the folder.

const waiting = '.next';

/** Paths are those of the registry, without the slash at the beginning. */
export class ExportFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  /** The blobs of the folder, for the functions that installers use. */
  get store(): Source['store'] {
    return {
      get: (digest) => this.get(`blobs/sha256/${hexOf(digest)}`),
      put: (digest, bytes) => this.put(`blobs/sha256/${hexOf(digest)}`, bytes),
      getNamed: async () => undefined,
      putNamed: async () => undefined,
      listNamed: async () => [],
    };
  }

  get(path: string): Promise<Uint8Array | undefined> {
    return readFile(join(this.dir, path)).catch(ignoreAbsent);
  }

  /** A reader and a crash find the whole file or none. */
  put(path: string, bytes: Uint8Array): Promise<void> {
    return writeWhole(join(this.dir, path), bytes);
  }

  /** A file that waits, also from an export that was interrupted. */
  getWaiting(path: string): Promise<Uint8Array | undefined> {
    return this.get(`${waiting}/${path}`);
  }

  putWaiting(path: string, bytes: Uint8Array): Promise<void> {
    return this.put(`${waiting}/${path}`, bytes);
  }

  /** Replaces a file by the one that waits. */
  async show(path: string): Promise<void> {
    const to = join(this.dir, path);
    await mkdir(dirname(to), { recursive: true });
    await rename(join(this.dir, waiting, path), to);
  }

  /** Replaces a whole folder by the one that waits. Between two renames the folder is missing. */
  async showFolder(path: string): Promise<void> {
    const replaced = join(this.dir, waiting, 'replaced');
    await rm(replaced, { recursive: true, force: true });
    await rename(join(this.dir, path), replaced).catch(ignoreAbsent);
    await rename(join(this.dir, waiting, path), join(this.dir, path)).catch(ignoreAbsent);
  }

  async clearWaiting(): Promise<void> {
    await rm(join(this.dir, waiting), { recursive: true, force: true });
  }

  /** The skills whose index files are in the folder, in order. */
  async *skills(): AsyncGenerator<SkillName> {
    for (const scope of await listed(join(this.dir, 'index')))
      if (scope.startsWith('@'))
        for (const name of await listed(join(this.dir, 'index', scope)))
          yield parseSkillName(`${scope}/${name}`);
  }
}

async function listed(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(ignoreAbsent);
  // A file that a dead process began to write starts with a dot.
  return (names ?? []).filter((name) => !name.startsWith('.')).sort();
}

function ignoreAbsent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
  return undefined;
}
