/**
 * `skillgate policy openclaw`: the command of OpenClaw's `security.installPolicy.exec`, protocol 1.
 * OpenClaw installs nothing when the command gives no valid answer in time.
 */
import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { peek } from '../../skills-index/client/peek.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { jsonText } from '../terminal/output.ts';
import { policyOf } from './check.ts';
import { failureText, type JudgedFolder, withJudge } from './judge-folder.ts';
import type { ClaimedVersion } from './known-bytes.ts';
import { plainFinding, plainReason, readRequest } from './read-request.ts';

const protocol = 1;

// Members that the gate does not read stay free: later versions of OpenClaw may add some.
const requestShape = v.looseObject({
  protocolVersion: v.literal(protocol, 'is not 1, the only protocol that Skillgate speaks'),
  targetType: v.string(),
  sourcePath: v.pipe(v.string(), v.check(isAbsolute, 'is not an absolute path')),
  sourcePathKind: v.string(),
  origin: v.optional(
    v.looseObject({ slug: v.optional(v.unknown()), version: v.optional(v.unknown()) }),
  ),
});

/** An answer always goes out with exit code 0: OpenClaw drops the reason of any other exit. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const judged = await judgeRequest(context);
  const { decision, reason, findings } = judged;
  context.stdout.write(
    `${jsonText({
      protocolVersion: protocol,
      decision,
      reason: plainReason(reason),
      findings: findings.map(openClawFinding),
    })}\n`,
  );
  return exitCodes.ok;
}

async function judgeRequest(
  context: CommandContext,
): Promise<Pick<JudgedFolder, 'decision' | 'reason' | 'findings'>> {
  try {
    const request = await readRequest(context, requestShape, 'the request of OpenClaw');
    if (request.targetType !== 'skill' || request.sourcePathKind !== 'directory')
      throw new Problem(
        'request-invalid',
        'Skillgate judges folders of skills only. Set security.installPolicy.targets to ["skill"]',
      );
    const question = {
      folder: request.sourcePath,
      policy: policyOf(context),
      claims: claimsOf(request.origin ?? {}),
    };
    return await withJudge(context, (judge) => judge(question));
  } catch (cause) {
    return { decision: 'block', reason: failureText(cause), findings: [] };
  }
}

/** The skill at ClawHub, or at a registry that speaks its language: `@scope/name`. */
function claimsOf({ slug, version }: { slug?: unknown; version?: unknown }): ClaimedVersion[] {
  const name = peek(() => parseSkillName(slug));
  return name === undefined ? [] : [{ name, range: peek(() => parseVersion(version)) ?? '*' }];
}

const severities = {
  info: 'info',
  low: 'info',
  medium: 'warn',
  high: 'critical',
  critical: 'critical',
} as const;

function openClawFinding(finding: Finding) {
  return { ...plainFinding(finding), severity: severities[finding.severity] };
}
