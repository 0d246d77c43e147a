/**
 * What the trusted registry of a scope has of a folder's bytes. A name in the folder, or in an
 * installer's request, only says where to look: the digest decides.
 */

import * as admission from '../../runner/admission/public.ts';
import { peek } from '../../skills-index/client/peek.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Admitted } from '../../skills-index/trust/decision/decision.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { registryOf } from '../registries/registries.ts';
import { versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { type AdmissionAnswer, askAdmission, openAdmitted } from '../run/admission.ts';
import { count } from '../terminal/output.ts';
import type { KnownBytes } from './decide-install.ts';
import { differencesText, fileDifferences } from './file-differences.ts';
import { isBundle } from './installer-note.ts';

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
      return unknown(
        `No registry of this host answers for @${scopeOf(name)}. ${asCalled('To trust one, type skillgate registry add URL.')}`,
      );
    if (cause.code === 'not-found') return unlisted(context, packed, { name, range });
    throw cause;
  }
  const { admission: judged, source, registry } = answer;
  const { line } = judged.input;
  const about = `${line.name}@${line.version}`;
  const [own] = claimOf(packed);
  const saysSo = own?.name === name && own.range === range;
  const isRefused = judged.decision.kind !== 'admitted';
  // A folder may have stand-ins in place of the programs of a version that was revoked later, so
  // that a named version counts without a comparison.
  if (isRefused && (range !== '*' || isBundle(packed, line.bundle)))
    return { kind: 'stopped', reason: refusalText(answer, name) };
  let others = `has other files than ${about} at ${registry.base}`;
  if (judged.decision.kind === 'admitted') {
    const admitted = judged.decision;
    const differences =
      admitted.bundle === packed.digest
        ? []
        : await fileDifferences(packed, await openAdmitted(source, admitted), name);
    if (differences.length === 0)
      return { kind: 'approved', evidence: evidenceText(admitted, registry.base) };
    others += `: ${differencesText(differences)}`;
  }
  if (saysSo)
    return {
      kind: 'stopped',
      reason: `The folder says that it is ${about}, and it ${others}. If you changed the files yourself, raise the version in skill.json.`,
    };
  // Nobody named a version, and the folder may have another one.
  if (range === '*' && (own === undefined || own.name === name))
    return unknown(`The files are not those of ${about}.`);
  return {
    kind: 'stopped',
    reason: `The installer asked for ${about}, and the folder ${others}.`,
  };
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
    if (!isBundle(packed, found.bundle)) return none;
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
