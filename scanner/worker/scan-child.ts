/**
 * The scanning child: reads requests on standard input and writes reports and facts on standard
 * output, until the input ends. It needs no network and writes no file.
 */
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { SimilaritySignature } from '../../skills-index/skill/text/similarity-signature.ts';
import { extractFacts } from '../extract.ts';
import { selectorsOf } from '../fact/selectors.ts';
import { FactMemo } from '../frontends/fact-memo.ts';
import { frontEnds } from '../frontends/frontends.ts';
import { childAnswerBytesMax } from '../limits.ts';
import { proseOf } from '../prose/sentences.ts';
import { currentRuleSet } from '../rule-set.ts';
import { reportOn } from '../scan.ts';
import {
  FrameReader,
  frameOf,
  packAnswer,
  type ScanAnswer,
  type ScanRequest,
  unpackRequest,
} from './child-frames.ts';
import { replayScan } from './replay.ts';
import { signatureOfFiles } from './similarity.ts';
import { packScan, type StoredScan, unpackScan } from './stored-facts.ts';

const requestBytesMax = 64 * 1024 * 1024;
const reader = new FrameReader(requestBytesMax);
const memo = new FactMemo();

// Parsers are loaded before the first skill, so that they do not count in a scan's time.
for (const frontEnd of frontEnds) await frontEnd.load();
process.stdout.write(frameOf(Buffer.from('ready')));

for await (const chunk of process.stdin) {
  const frames = reader.push(chunk as Uint8Array);
  if (frames === undefined) process.exit(1);
  for (const frame of frames) {
    process.stdout.write(
      frameOf(packAnswer(await answer(unpackRequest(frame)), childAnswerBytesMax)),
    );
  }
}

// Stored facts of an earlier scan are valid as long as the extractor is the same; nothing is parsed
// then.
async function answer({ files, published, stored }: ScanRequest): Promise<ScanAnswer> {
  const earlier = stored.byteLength === 0 ? undefined : unpackScan(stored);
  const signature = signatureOfFiles(files);
  const replayed =
    earlier === undefined ? undefined : replayStored(earlier, { published, signature });
  if (replayed !== undefined) return replayed;
  const facts = await extractFacts(files, { of: published.of, memo });
  const report = reportOn(facts, { published });
  const result = { report, selectors: selectorsOf(facts.facts), ...aside(facts, signature) };
  return {
    json: Buffer.from(canonicalJson(result)),
    stored: packScan(facts, report, currentRuleSet()),
  };
}

// The stored scan stays unchanged: the next change of rules is compared with its rule set.
function replayStored(
  earlier: StoredScan,
  {
    published,
    signature,
  }: Pick<ScanRequest, 'published'> & { readonly signature: SimilaritySignature | undefined },
): ScanAnswer | undefined {
  try {
    const report = replayScan(earlier, { published });
    if (report === undefined) return undefined;
    const facts = { facts: earlier.facts('text'), sources: earlier.sources() };
    const result = { report, selectors: earlier.selectors, ...aside(facts, signature) };
    return { json: Buffer.from(canonicalJson(result)), stored: new Uint8Array() };
  } catch {
    // A block that cannot be unpacked, because the file was truncated.
    return undefined;
  }
}

// The data by which a registry compares skills, independent of rules.
function aside(
  facts: Parameters<typeof proseOf>[0],
  signature: SimilaritySignature | undefined,
): object {
  return { prose: proseOf(facts), ...(signature !== undefined && { signature }) };
}
