/** The scanning child: a request on standard input, a report on standard output, until the input ends. It needs no network and writes no file. */
import { canonicalJson } from '../skills-index/skill/canonical-json.ts';
import { FrameReader, frameOf, unpackRequest } from './child-frames.ts';
import { frontEnds } from './frontends.ts';
import { scanSkill } from './scan.ts';

const requestBytesMax = 64 * 1024 * 1024;
const reader = new FrameReader(requestBytesMax);

// Parsers are loaded before the first skill, so that a scan's time is the skill's own.
for (const frontEnd of frontEnds) await frontEnd.load();
process.stdout.write(frameOf(Buffer.from('ready')));

for await (const chunk of process.stdin) {
  const frames = reader.push(chunk as Uint8Array);
  if (frames === undefined) process.exit(1);
  for (const frame of frames) {
    const { files, published } = unpackRequest(frame);
    const report = await scanSkill(files, { published });
    process.stdout.write(frameOf(Buffer.from(canonicalJson(report))));
  }
}
