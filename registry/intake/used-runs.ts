/**
 * A CI run publishes one version of a skill. Its token gives many certificates while it is valid,
 * and a thief must not publish a second version with it.
 */
import { and, desc, eq, isNotNull } from 'drizzle-orm';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import {
  type CertificateClaims,
  readClaims,
} from '../../skills-index/trust/signatures/certificate-identity.ts';
import type { Registry } from '../context.ts';
import { runsLookedAtMax } from '../limits.ts';
import { certificateOfRow } from '../log/row-texts.ts';
import { statements, versions } from '../store/schema.ts';

/**
 * Rejects a run that published this skill before. Of two uploads at once, `nothingAlikeSince`
 * rejects the batch of the slower, which then sees the other.
 * @throws Problem `certificate-used`
 */
export async function requireUnusedRun(
  registry: Registry,
  name: SkillName,
  { issuer, run }: CertificateClaims,
): Promise<void> {
  if (run === undefined) return;
  const before = await registry.db.read
    .select({
      version: versions.version,
      logIndex: statements.logIndex,
      material: statements.material,
    })
    .from(versions)
    .innerJoin(statements, eq(statements.logIndex, versions.logIndex))
    .where(and(eq(versions.name, name), isNotNull(statements.material)))
    .orderBy(desc(versions.logIndex))
    .limit(runsLookedAtMax);
  const used = before.find((row) => {
    const claims = readClaims(certificateOfRow(row));
    return claims.issuer === issuer && claims.run === run;
  });
  if (used === undefined) return;
  throw new Problem(
    'certificate-used',
    `The run ${run} already published ${name}@${used.version} at log index ${used.logIndex}; one run publishes one version of a skill`,
    { hint: 'Start the job again: each attempt is a run of its own.' },
  );
}
