/**
 * The scanning child: reads requests on standard input and writes reports on standard
 * output, until the input ends. It needs no network and writes no file.
 */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type MatchingPart,
  matchingParts,
  type SimilaritySignature,
  signatureOf,
  similarity,
  sketchOf,
  type TextFile,
} from '../../skills-index/skill/text/matching-parts.ts';
import { FactMemo } from '../frontends/fact-memo.ts';
import { frontEnds } from '../frontends/frontends.ts';
import { proseOf } from '../prose/sentences.ts';
import { textOf } from '../reports/code-frame.ts';
import { extractFacts, reportOn, type ScannedName } from '../scan.ts';

// The protocol of a scanning child: frames over standard input and output, each after its length.

/** Four bytes of length (big endian), then the body. */
export function frameOf(body: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.byteLength);
  return Buffer.concat([head, body]);
}

/**
 * Assembles frames from chunks, copying each once. `push` returns `undefined` for a frame that is
 * too long.
 */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #length = 0;
  /** Bytes needed before the next step: a head, or a head and its body. */
  #needed = 4;
  readonly #bytesMax: number;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): Uint8Array[] | undefined {
    this.#chunks.push(chunk);
    this.#length += chunk.byteLength;
    const frames: Uint8Array[] = [];
    while (this.#length >= this.#needed) {
      const bytes = Buffer.concat(this.#chunks);
      const length = bytes.readUInt32BE(0);
      if (length > this.#bytesMax) return undefined;
      const whole = 4 + length <= bytes.byteLength;
      if (whole) frames.push(bytes.subarray(4, 4 + length));
      const rest = whole ? bytes.subarray(4 + length) : bytes;
      this.#chunks = [rest];
      this.#length = rest.byteLength;
      this.#needed = whole ? 4 : 4 + length;
    }
    return frames;
  }
}

interface ScanRequest {
  readonly files: readonly SourceFile[];
  readonly published: ScannedName;
}

/** A request as one frame's body: a line of JSON, a line feed, the files' bytes in their order. */
export function packRequest({ files, published }: ScanRequest): Uint8Array {
  const head = {
    published,
    files: files.map(({ path, mode, bytes }) => ({ path, mode, size: bytes.byteLength })),
  };
  return Buffer.concat([
    Buffer.from(`${JSON.stringify(head)}\n`),
    ...files.map((file) => file.bytes),
  ]);
}

/** The request in a frame's body. Only a child reads it, from the parent that started it. */
function unpackRequest(body: Uint8Array): ScanRequest {
  const end = body.indexOf(10);
  const head = JSON.parse(Buffer.from(body.subarray(0, end)).toString('utf8')) as {
    published: ScanRequest['published'];
    files: { path: string; mode: number; size: number }[];
  };
  let at = end + 1;
  const files = head.files.map(({ path, mode, size }) => {
    const bytes = body.subarray(at, at + size);
    at += size;
    return { path, mode, bytes };
  });
  return { files, published: head.published };
}

// The similarity of two skills by their bytes: a signature that scanners send beside the report,
// and the common parts of two given bundles.

/**
 * The signature of a skill's texts; undefined when they are too short. It is no part of the report,
 * since it depends on no rule.
 */
export function signatureOfFiles(files: readonly SourceFile[]): SimilaritySignature | undefined {
  return signatureOf(textsOf(files));
}

/** Estimated similarity from 0 to 1, and the common parts, the longest first. */
export function similarityOf(
  a: readonly SourceFile[],
  b: readonly SourceFile[],
): { readonly estimate: number; readonly parts: readonly MatchingPart[] } {
  const left = textsOf(a);
  const right = textsOf(b);
  const first = signatureOf(left);
  const second = signatureOf(right);
  const estimate =
    first === undefined || second === undefined ? 0 : similarity(sketchOf(first), sketchOf(second));
  return { estimate, parts: matchingParts(left, right) };
}

function textsOf(files: readonly SourceFile[]): TextFile[] {
  return files.flatMap(({ path, bytes }) => {
    const text = textOf(bytes);
    return text === undefined ? [] : [{ path, text }];
  });
}

const requestBytesMax = 64 * 1024 * 1024;
const reader = new FrameReader(requestBytesMax);
const memo = new FactMemo();

// Parsers are loaded before the first skill, so that they do not count in a scan's time.
for (const frontEnd of frontEnds) await frontEnd.load();
process.stdout.write(frameOf(Buffer.from('ready')));

for await (const chunk of process.stdin) {
  const frames = reader.push(chunk as Uint8Array);
  if (frames === undefined) process.exit(1);
  for (const frame of frames) process.stdout.write(frameOf(await answer(unpackRequest(frame))));
}

// Canonical JSON. Beside the report is the data by which a registry compares skills.
async function answer({ files, published }: ScanRequest): Promise<Uint8Array> {
  const facts = await extractFacts(files, { of: published.of, memo });
  const signature = signatureOfFiles(files);
  const result = {
    report: reportOn(facts, { published }),
    prose: proseOf(facts),
    ...(signature !== undefined && { signature }),
  };
  return Buffer.from(canonicalJson(result));
}
