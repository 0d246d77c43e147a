/** The chain of evidence of a version, with where the publisher says that the version came from. */
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { mirroredName, originIn, type VersionOrigin } from '../../skills-index/statement/source.ts';
import { type ChainNode, chainOf } from '../../skills-index/trust/decision/chain.ts';
import { statementsOf } from '../../skills-index/trust/decision/evidence.ts';
import type { JudgedVersion } from '../../skills-index/trust/decision/judge.ts';

/**
 * The chain of evidence. The judgement does not read provenance and takes each for the name of a
 * commit, so the note on the level is worded here for provenance that names none.
 */
export function versionChain(judged: JudgedVersion): ChainNode {
  const chain = chainOf(judged);
  const [provenance] = statementsOf(judged.evidence, predicateTypes.provenance);
  const { level } = judged;
  if (level === 0 || provenance === undefined) return chain;
  const words = originWords(originIn(provenance.statement.predicate));
  if (words === undefined) return chain;
  const start = `SLSA build level ${level}: `;
  const worded = (note: string): string => (note.startsWith(start) ? `${start}${words}` : note);
  return {
    ...chain,
    of: chain.of.map((one) =>
      one.part === 'publisher' ? { ...one, notes: one.notes.map(worded) } : one,
    ),
  };
}

function originWords({ mirrored }: VersionOrigin): string | undefined {
  return mirrored === undefined
    ? undefined
    : `copied from ${mirrored.registry} ${mirroredName(mirrored)}, as the publisher says`;
}
