/** Passes one file of a package to a session, after its digest was compared and recorded. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Denial, denialOfFailure } from '../../skills-index/run/egress/denial.ts';
import type { IndexedFile } from '../../skills-index/run/indexes/index-answer.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { drained } from '../egress/forward.ts';
import type { AnswerTools } from '../egress/settings.ts';
import { type Asked, originOf } from './index-metadata.ts';
import { packageBytesMax } from './limits.ts';
import { type IndexStream, openFile, openUrl } from './read-index.ts';

/**
 * Streams the file. The last piece waits for the comparison, so a file with another digest never
 * arrives whole.
 */
export async function passFile(
  tools: AnswerTools,
  { egress, file, index, name, place }: Asked & { readonly file: IndexedFile },
  response: ServerResponse,
): Promise<Denial | undefined> {
  try {
    const opened: IndexStream =
      place.kind === 'folder'
        ? { status: 200, stream: openFile(place.path, file.file) }
        : await openUrl(
            tools,
            originOf({ egress }, file.url),
            file.url.pathname,
            'application/octet-stream',
          );
    response.once('close', () => opened.stream.destroy());
    if (opened.status !== 200) return opened.status === 404 ? 'package-unlisted' : 'unreachable';
    const ours = createHash('sha256');
    const theirs = file.hash === undefined ? undefined : createHash(file.hash.algorithm);
    if (opened.length !== undefined) response.setHeader('Content-Length', opened.length);
    response.setHeader('Content-Type', 'application/octet-stream');
    let bytes = 0;
    let last: Buffer | undefined;
    for await (const chunk of opened.stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > packageBytesMax) return 'answer-too-large';
      const why = tools.countReceived(chunk.length);
      if (why !== undefined) return why;
      ours.update(chunk);
      theirs?.update(chunk);
      if (last !== undefined && !response.write(last)) await drained(response);
      if (response.destroyed) return undefined;
      last = chunk;
    }
    if (theirs !== undefined && theirs.digest('hex') !== file.hash?.hex) return 'package-changed';
    const digest = parseDigest(`sha256:${ours.digest('hex')}`);
    const { ecosystem } = index;
    const { version } = file;
    tools.record({
      event: 'package',
      ecosystem,
      package: name,
      version,
      file: file.file,
      digest,
    });
    response.end(last);
    return undefined;
  } catch (cause) {
    const why = denialOfFailure(cause);
    // The operator chose the index, so the agent's breaker does not count its address.
    return why === 'address-denied' ? 'unreachable' : why;
  }
}
