/**
 * Answers with a file that is made from blobs. A large one is made while the client reads it: a
 * client that reads slowly must not fill the memory.
 */
import type { Context } from 'hono';
import { digestOf } from '../../skills-index/skill/digest.ts';
import type { MadeFile } from '../catalogue/made-files.ts';
import type { Registry } from '../context.ts';
import { answerFile, answerParts } from '../routes/site/file-answers.ts';
import { wholeFileBytesMax } from './limits.ts';

/** Answers with the file. @throws Problem `blob-damaged` */
export async function answerMade(
  { known }: Registry,
  context: Context,
  file: MadeFile,
): Promise<Response> {
  const { name, type } = file;
  const kept = known?.get(name);
  if (kept !== undefined)
    return answerFile(context, kept.bytes, { type, cache: 'fresh', digest: kept.digest });
  const turn = known?.turn ?? 0;
  const { parts, size } = await file.open();
  if (size > wholeFileBytesMax) {
    const digest = await file.digest();
    return answerParts(context, parts, { type, cache: 'fresh', digest });
  }
  const bytes = await wholeOf(parts());
  const digest = digestOf(bytes);
  known?.keep(name, { bytes, digest }, turn);
  return answerFile(context, bytes, { type, cache: 'fresh', digest });
}

async function wholeOf(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}
