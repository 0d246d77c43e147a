/**
 * What `connect` wrote, so that `disconnect` removes this and nothing else: `connected.json` beside
 * the other files of this user's configuration.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { readPrivateFile, writePrivateFile } from '../../runner/files/private-file.ts';
import { parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Paths } from '../command.ts';
import type { Json } from './entry.ts';

const recordBytesMax = 16 * 1024 * 1024;

const json: v.GenericSchema<Json> = v.lazy(() =>
  v.union([
    v.string(),
    v.number(),
    v.boolean(),
    v.null(),
    v.array(json),
    v.record(v.string(), json),
  ]),
);
const documentShape = v.strictObject({
  agent: v.string(),
  title: v.string(),
  /** Of a row in a database. */
  row: v.exactOptional(v.strictObject({ group: v.string(), column: v.string() })),
  format: v.picklist(['jsonc', 'json5', 'toml']),
  /** The file did not exist. */
  made: v.boolean(),
  /** Digest of the text after the changes. */
  after: v.string(),
  /** The changes in their order: where, what was there, what is there now. */
  splices: v.array(v.tuple([v.number(), v.string(), v.string()])),
  entries: v.array(
    v.strictObject({
      at: v.array(v.string()),
      value: json,
      marker: v.exactOptional(v.string()),
      made: v.number(),
    }),
  ),
});
const shape = v.strictObject({
  schema: v.literal('skillgate.connected-programs/1'),
  documents: v.array(documentShape),
});

export type Written = v.InferOutput<typeof documentShape>;

export function recordPath({ config }: Pick<Paths, 'config'>): string {
  return join(config, 'connected.json');
}

export function readRecord(path: string): readonly Written[] {
  const rule = { bytesMax: recordBytesMax, secret: true, code: 'agent-config-invalid' } as const;
  const bytes = readPrivateFile(path, rule);
  if (bytes === undefined) return [];
  return parseShape(shape, parseJson(bytes, path), 'agent-config-invalid', path).documents;
}

export function writeRecord(path: string, documents: readonly Written[]): void {
  const record = { schema: 'skillgate.connected-programs/1', documents };
  writePrivateFile(path, `${JSON.stringify(record)}\n`);
}
