/**
 * What the trusted registry of a scope has of a folder's bytes. A name in the folder, or in an
 * installer's request, only says where to look: the digest decides.
 */

import * as admission from '../../runner/admission/public.ts';
import { peek } from '../../skills-index/client/peek.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { Bundle, PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import type { CommandContext } from '../command.ts';
import { registryOf } from '../registries/registries.ts';
import { versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { type AdmissionAnswer, askAdmission, openAdmitted } from '../run/admission.ts';
import { count } from '../terminal/output.ts';
import type { KnownBytes } from './decide-install.ts';

/** A version that a folder or a request says to be. */
export interface ClaimedVersion {
  readonly name: SkillName;
  /** `*` where nobody named a version. */
  readonly range: string;
}

/**
 * Looks for exactly these bytes under the claimed names. A version under another name does not
 * count, and neither do other bytes under the same name.
 * @throws Problem when the registry cannot be asked and this host keeps no evidence: nobody then
 * knows whether the version was revoked
 */
export async function findKnownBytes(
  context: CommandContext,
  host: HostPolicy,
  packed: PackedBundle,
  claims: readonly ClaimedVersion[],
): Promise<KnownBytes> {
  let last: KnownBytes = { kind: 'unknown', reason: 'Nobody approved these files here.' };
  let approved: KnownBytes | undefined;
  for (const claim of claims) {
    last = await knownBytesOf(context, host, packed, claim);
    // An approved skill is not the one that the installer asked for, when that has other files.
    if (last.kind === 'stopped') return last;
    if (last.kind === 'approved') approved = last;
  }
  return approved ?? last;
}

/** The version that skill.json names; none where skill.json is absent or belongs to others. */
export function claimOf(packed: PackedBundle): ClaimedVersion[] {
  const bytes = packed.contents.get('skill.json' as BundlePath);
  if (bytes === undefined) return [];
  const manifest = peek(() => parseManifest(bytes));
  return manifest === undefined ? [] : [{ name: manifest.name, range: manifest.version }];
}

async function knownBytesOf(
  context: CommandContext,
  host: HostPolicy,
  packed: PackedBundle,
  { name, range }: ClaimedVersion,
): Promise<KnownBytes> {
  let answer: AdmissionAnswer;
  try {
    answer = await askAdmission(context, { name, range, locks: [], host });
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    if (cause.code === 'root-not-pinned')
      return unknown(`No registry of this host answers for @${scopeOf(name)}.`);
    if (cause.code === 'not-found') return unlisted(context, packed, { name, range });
    throw cause;
  }
  const { admission: judged, source, registry } = answer;
  const { line } = judged.input;
  const about = `${line.name}@${line.version}`;
  if (judged.decision.kind === 'admitted') {
    const admitted = judged.decision;
    const approved =
      admitted.bundle === packed.digest ||
      isWithoutExecutableBits(packed.bundle, (await openAdmitted(source, admitted)).bundle);
    if (approved) return { kind: 'approved', evidence: evidenceText(admitted, registry.base) };
  }
  if (line.bundle !== packed.digest) {
    const [own] = claimOf(packed);
    const others = `has other files than ${about} at ${registry.base}.`;
    if (own?.name === name && own.range === range)
      return {
        kind: 'stopped',
        reason: `The folder says that it is ${about}, and it ${others} If you changed them yourself, raise the version in skill.json.`,
      };
    // Nobody named a version, and the folder may have another one.
    if (range === '*' && (own === undefined || own.name === name))
      return unknown(`The files are not those of ${about}.`);
    const reason = `The installer asked for ${about}, and the folder ${others}`;
    return { kind: 'stopped', reason };
  }
  return { kind: 'stopped', reason: refusalText(answer, name) };
}

/** Some installers drop the executable bit of files: they may take it away, but not give it. */
function isWithoutExecutableBits(found: Bundle, approved: Bundle): boolean {
  return (
    found.files.length === approved.files.length &&
    found.files.every(({ path, sha256, mode }, at) => {
      const other = approved.files[at];
      return (
        other?.path === path && other.sha256 === sha256 && (mode === '644' || mode === other.mode)
      );
    })
  );
}

function evidenceText({ name, version, approvals, logIndex }: Admitted, base: string): string {
  return `${name}@${version} is approved at ${base}: ${count(approvals.length, 'signed approval')}, log index ${logIndex}.`;
}

function refusalText({ admission: judged }: AdmissionAnswer, name: SkillName): string {
  try {
    admission.requireAdmitted(judged, name);
  } catch (cause) {
    if (cause instanceof Problem)
      return [cause.message, ...cause.reasons.slice(1).map(({ message }) => message)].join('; ');
    throw cause;
  }
  throw new Problem('internal', `${name} is refused and admitted`);
}

/** States in which a registry withholds a version for good, or until people decide otherwise. */
const withheld = new Set(['quarantined', 'refused', 'withdrawn', 'suspended', 'revoked']);

/**
 * A version outside the index has no signed evidence. The registry's own word about its state can
 * only make the decision stricter.
 */
async function unlisted(
  context: CommandContext,
  packed: PackedBundle,
  { name, range }: ClaimedVersion,
): Promise<KnownBytes> {
  const { base } = registryOf(context, scopeOf(name));
  const none = unknown(`${base} has no approved version with these files.`);
  if (range === '*' || base.startsWith('file:')) return none;
  const path = `/api/v1/versions${versionPath(name, range)}`;
  try {
    const found = await askRegistry({ ...context, registryBase: base }, path, versionAnswer);
    if (found.bundle !== packed.digest) return none;
    if (withheld.has(found.status)) {
      const why = found.history.findLast(({ to }) => to === found.status)?.why;
      const reason = `${name}@${range} is ${found.status} at ${base}${why === undefined ? '' : `: ${why}`}`;
      return { kind: 'stopped', reason };
    }
    return unknown(`${name}@${range} waits at ${base} and is not approved: it is ${found.status}.`);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'not-found') return none;
    throw cause;
  }
}

function unknown(reason: string): KnownBytes {
  return { kind: 'unknown', reason };
}
