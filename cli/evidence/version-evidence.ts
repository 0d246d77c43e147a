/**
 * The evidence of one version in a report: the registry's answers, recorded when the report is made
 * and given again when it is verified.
 */
import * as admission from '../../runner/admission/public.ts';
import type { GetFile, Source } from '../../skills-index/client/blobs.ts';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { listCapabilities, printCapability } from '../../skills-index/skill/capability.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { type ChainNode, chainOf } from '../../skills-index/trust/decision/chain.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import { activeRevocation } from '../../skills-index/trust/decision/log.ts';
import { policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import type { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { evidenceFileBytesMax } from '../limits.ts';
import { type AdmissionWorld, askAdmission } from '../run/admission.ts';
import { parseTrusted, trustedJson } from '../verify/evidence-folder.ts';
import type { VersionFacts } from './facts.ts';
import type { Parts } from './parts.ts';
import type { VersionSection } from './report.ts';

/** A version, and what its evidence shows. */
export interface JudgedSection {
  readonly facts: VersionFacts;
  /** The chain of evidence as a tree; absent where there is no evidence. */
  readonly chain?: ChainNode;
  /** Why there is no decision. */
  readonly why?: string;
}

/**
 * Asks the registry for all evidence about a version. Nothing that this machine keeps is used, so
 * that the answers alone are enough later.
 */
export async function gatherVersion(
  world: AdmissionWorld,
  { name, version }: Pick<VersionSection, 'name' | 'version'>,
  parts: Parts,
  host: HostPolicy,
): Promise<VersionSection> {
  const asked = { name, version, at: world.now().toISOString() };
  let files: Record<string, Digest> = {};
  const through = (source: Source): Source => {
    // A second question replaces the first: the root of trust was renewed in between.
    files = {};
    const fetch = recording(source, parts, files);
    return { ...source, store: memoryStore(), offline: false, fetch };
  };
  try {
    const { registry } = await askAdmission(
      { ...world, now: () => new Date(asked.at) },
      { name, range: version, locks: [], through, host: { ...host, status: [] } },
    );
    const trusted = parts.add(canonicalJson(trustedJson(registry)));
    return { ...asked, trusted, files, missing: null };
  } catch (cause) {
    world.signal.throwIfAborted();
    if (!(cause instanceof Problem)) throw cause;
    return { ...asked, trusted: null, files: {}, missing: cause.message };
  }
}

/**
 * Judges a version by the parts of the report alone, as of the time of the registry's answers.
 * @throws Problem `evidence-invalid` when a part is missing or changed
 */
export async function judgeSection(
  { name, version, at, trusted, files, missing }: VersionSection,
  parts: Parts,
  verified: VerifiedStatements,
): Promise<JudgedSection> {
  if (trusted === null) return { facts: unknownFacts(name, version), why: missing ?? '' };
  const inputs = parseTrusted(parseJson(parts.read(trusted), 'trusted.json'));
  const read = (path: string): Uint8Array | undefined => {
    const digest = Object.hasOwn(files, path) ? files[path] : undefined;
    return digest === undefined ? undefined : parts.read(digest);
  };
  const base = 'report:';
  const fetch: GetFile = async (url) => {
    const bytes = read(url.slice(base.length));
    return answerOf(bytes === undefined ? 404 : 200, bytes);
  };
  try {
    const { input, decision } = await admission.admit({
      base,
      fetch,
      store: memoryStore(),
      ...inputs,
      name,
      range: version,
      now: Date.parse(at),
      verified,
    });
    const judged = judge(input);
    const { publish, scan, status } = judged.parts;
    const stop = activeRevocation(judged.evidence);
    const facts: VersionFacts = {
      name,
      version,
      decision: decision.kind,
      reasons: [...new Set(judged.reasons.map(({ code }) => code))].sort(),
      bundle: input.line.bundle,
      registry: inputs.root.origin,
      root: rootFingerprint(inputs.root),
      policy: policyDigest(inputs.policy),
      publisher: publish?.signer ?? null,
      publishedAt: publish?.logIndex ?? null,
      scan: scan === undefined ? null : scanFacts(scan),
      approvals: judged.approvals,
      needed: scan?.needed ?? null,
      capabilities: listCapabilities(input.line.capabilities).map(printCapability),
      stop:
        stop === undefined
          ? null
          : { kind: stop.kind, reason: stop.reason, since: input.line.stopped?.since ?? at },
      logSize: status?.checkpoint.size ?? null,
    };
    return { facts, chain: chainOf(judged) };
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code === 'evidence-invalid') throw cause;
    // In its own words it would blame a registry, and nobody was asked.
    return { facts: unknownFacts(name, version), why: cause.message.replaceAll('report:', '') };
  }
}

function scanFacts(scan: NonNullable<ReturnType<typeof judge>['parts']['scan']>) {
  const { scanner, verdict, findings, ruleSet, report, logIndex } = scan;
  return { scanner, verdict, findings: findings.length, ruleSet, report, logIndex };
}

function unknownFacts(name: SkillName, version: Version): VersionFacts {
  return {
    name,
    version,
    decision: 'unknown',
    reasons: [],
    approvals: [],
    capabilities: [],
    bundle: null,
    registry: null,
    root: null,
    policy: null,
    publisher: null,
    publishedAt: null,
    scan: null,
    needed: null,
    stop: null,
    logSize: null,
  };
}

function recording({ base, fetch }: Source, parts: Parts, files: Record<string, Digest>): GetFile {
  const top = base.replace(/\/+$/, '');
  return async (url, how) => {
    const answer = await fetch(url, how);
    if (!answer.ok) return answer;
    const bytes = await readBoundedBody(answer.body, evidenceFileBytesMax);
    // Longer than any file of a registry: the reader of the file refuses it as well.
    if (bytes === undefined) return answerOf(502, undefined);
    files[url.slice(top.length)] = parts.add(bytes);
    return answerOf(answer.status, bytes);
  };
}

function answerOf(status: number, bytes: Uint8Array | undefined): Awaited<ReturnType<GetFile>> {
  const { ok, body } = new Response(bytes === undefined ? null : Buffer.from(bytes), { status });
  return { ok, status, body };
}
