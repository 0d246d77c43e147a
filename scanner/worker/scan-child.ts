/**
 * The scanning child: reads requests on standard input and writes reports on standard
 * output, until the input ends. It needs no network and writes no file.
 */
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { FactMemo } from '../frontends/fact-memo.ts';
import { frontEnds } from '../frontends/frontends.ts';
import { proseOf } from '../prose/sentences.ts';
import { extractFacts, reportOn } from '../scan.ts';
import { FrameReader, frameOf, type ScanRequest, unpackRequest } from './child-frames.ts';
import { signatureOfFiles } from './similarity.ts';

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
