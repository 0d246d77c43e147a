/** Reads what an index says about a package, and opens files: over HTTP or in a folder. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { parseWheelName } from '../../skills-index/packages/wheel-name.ts';
import type { PinnedAddress } from '../../skills-index/run/plan/plan.ts';
import type { AnswerTools } from '../egress/settings.ts';
import { egressAnswerSecondsMax } from '../limits.ts';
import { indexAnswerBytesMax, indexFilesMax } from './limits.ts';

/** A host to which the runner sends requests of an index, as the plan names the host. */
export interface IndexOrigin {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly pinned: PinnedAddress | undefined;
}

export interface IndexStream {
  readonly status: number;
  readonly length?: string;
  readonly stream: Readable;
}

/** Sends a GET with headers of the runner's own: nothing of the session's request but its path. */
export async function openUrl(
  { optionsFor }: Pick<AnswerTools, 'optionsFor'>,
  origin: IndexOrigin,
  path: string,
  accept: string,
): Promise<IndexStream> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const start = origin.scheme === 'https' ? httpsRequest : httpRequest;
    const isPlainPort = origin.port === (origin.scheme === 'https' ? 443 : 80);
    const sent = start({
      ...optionsFor(origin),
      path,
      headers: {
        Host: `${origin.host}${isPlainPort ? '' : `:${origin.port}`}`,
        Accept: accept,
        'Accept-Encoding': 'gzip, identity',
        'User-Agent': 'skillgate',
      },
      timeout: egressAnswerSecondsMax * 1000,
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', reject).on('response', resolve).end();
  });
  const { 'content-encoding': coding = 'identity', 'content-length': length } = answer.headers;
  const opened = { status: answer.statusCode ?? 502, stream: answer };
  if (coding === 'identity') return length === undefined ? opened : { ...opened, length };
  if (coding === 'gzip') return { ...opened, stream: answer.compose(createGunzip()) };
  answer.destroy();
  throw Object.assign(new Error(`unknown encoding ${coding}`), { code: 'HPE_ENCODING' });
}

/** Reads a whole answer; undefined when it is longer than an index's answer may be. */
export async function readText({ stream }: IndexStream): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > indexAnswerBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a folder of wheels would say about a package, as a Python index says it. */
export async function readFolder(folder: string, name: string): Promise<string> {
  const names = await readdir(folder);
  if (names.length > indexFilesMax)
    throw Object.assign(new Error(`${folder} has more than ${indexFilesMax} files`), {
      code: 'HPE_FOLDER',
    });
  const files = names
    .filter((file) => parseWheelName(file)?.name === name)
    .map((filename) => ({ filename, url: `/files/${filename}` }));
  return JSON.stringify({ name, files });
}

export function openFile(folder: string, name: string): Readable {
  return createReadStream(pathToFileURL(join(folder, name)));
}
