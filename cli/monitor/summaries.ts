/**
 * Verification summaries in the log whose index line is not shown, judged as the line that they
 * stand for: a registry must not hide a stop by leaving out the line.
 */
import { fetchFile, inTurns } from '../../skills-index/client/blobs.ts';
import { statementBlobBytesMax } from '../../skills-index/client/limits.ts';
import { withoutWhy } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { purlOf, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import {
  judgeReplayedLine,
  type LogWords,
} from '../../skills-index/trust/index-files/judge-line.ts';
import { matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { LoggedSummary, ReplayedSummary } from './judged-summary.ts';
import type { ReplayWorld } from './world.ts';

/** The line that a verification summary stands for, by the statements that it names. */
export async function judgeSummaryInLog(
  world: ReplayWorld,
  words: LogWords,
  summary: LoggedSummary,
): Promise<ReplayedSummary> {
  const { purl, logIndex, address } = summary;
  const own = await readLogged(world, address);
  if (!('statement' in own)) return own;
  const { statement } = own;
  const [subject] = statement.subject;
  if (statement.predicateType !== predicateTypes.summary || subject === undefined)
    return { why: 'it is not a verification summary' };
  const named = statement.predicate.inputAttestations.map(({ digest: { sha256 } }) =>
    parseDigest(`sha256:${sha256}`),
  );
  const inputs = await inTurns(named, (digest) => readLogged(world, digest));
  const read: VerifiedStatement[] = [own];
  for (const one of inputs)
    if ('statement' in one) read.push(one);
    else return one;
  const line = lineOf(read, {
    words,
    logIndex,
    bundle: parseDigest(`sha256:${subject.digest.sha256}`),
  });
  if (line === undefined || purlOf(line.name, line.version) !== purl)
    return { why: `it names no publication of ${purl}` };
  return { line, replayed: judgeReplayedLine(line, read, words) };
}

function lineOf(
  read: readonly VerifiedStatement[],
  {
    words,
    ...place
  }: { readonly words: LogWords; readonly logIndex: number; readonly bundle: Digest },
): IndexLine | undefined {
  for (const one of read) {
    if (one.statement.predicateType !== predicateTypes.publish) continue;
    const { name, version, capabilities, requires } = one.statement.predicate.manifest;
    const matched = matchedIdentity(
      words.identities.publishersOf(scopeOf(name), one.logIndex),
      one,
    );
    return {
      schema: 'skillgate.index/1',
      name,
      version,
      description: '',
      requires,
      ...place,
      capabilities: withoutWhy(capabilities),
      publisher: matched === undefined ? one.signer : identityId(matched),
      statements: read.map(({ digest }) => digest),
    };
  }
  return undefined;
}

// The store first: a registry that shows no line at all must not make each look search the
// addresses for each input.
async function readLogged(
  { source, verified, root, sigstore, folder }: ReplayWorld,
  address: Digest,
): Promise<VerifiedStatement | Exclude<ReplayedSummary, { readonly line: IndexLine }>> {
  const kept = await source.store.get(address);
  const isKept = kept !== undefined && digestOf(kept) === address;
  const index = isKept ? undefined : await folder.indexOf(address);
  const foreign = { unfounded: `the statement ${address} is not in the log` };
  if (!isKept && index === undefined) return foreign;
  const bytes = isKept
    ? kept
    : await fetchFile(source, `/log/statements/${index}`, statementBlobBytesMax);
  if (bytes === undefined || digestOf(bytes) !== address) return { withheld: index ?? -1 };
  if (!isKept) await source.store.put(address, bytes);
  try {
    const one = verified.verify(bytes, root, sigstore);
    return (await folder.addressAt(one.logIndex)) === address ? one : foreign;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { unfounded: `the statement ${address} cannot be verified: ${cause.message}` };
  }
}
