/**
 * The changes of a proposed root of trust, line by line: every value in it, and every value that it
 * drops.
 */
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import {
  type Capabilities,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type ApprovalsNeeded,
  type Policy,
  parsePolicy,
  policyDigest,
} from '../../skills-index/trust/policy/policy.ts';
import type { TufRoot, TufTargets } from '../../skills-index/trust/root/metadata.ts';
import type { TufFiles } from '../../skills-index/trust/root/repository.ts';
import {
  parseRoot,
  type RootFile,
  rootFingerprint,
  rootKeyId,
} from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';

export interface ChangeRow {
  /** The name of the value; rows of the same kind share it. */
  readonly part: string;
  readonly change: 'same' | 'new' | 'gone' | 'changed';
  readonly was?: string;
  readonly is?: string;
}

/** Files of a root of trust, and the expiry of its signatures. */
export interface RootOfTrust {
  readonly files: TufFiles;
  /** As `endOf` returns it; absent before the first signature. */
  readonly expires?: string;
}

/** The expiry of the signatures; also of the files, if it differs. */
export function endOf(root: TufRoot, targets: TufTargets): string {
  return root.expires === targets.expires
    ? root.expires
    : `${root.expires}, the files until ${targets.expires}`;
}

/** All rows, unchanged ones included. */
export function changesBetween(before: RootOfTrust, after: RootOfTrust): ChangeRow[] {
  const old = parseRoot(before.files['root.json']);
  const root = parseRoot(after.files['root.json']);
  const was = parsePolicy(before.files['policy.json']);
  const is = parsePolicy(after.files['policy.json']);
  return [
    one('fingerprint of the root file', rootFingerprint(old), rootFingerprint(root)),
    one('signed until', before.expires, after.expires),
    one('origin', old.origin, root.origin),
    one('administrators who must agree', `${old.threshold}`, `${root.threshold}`),
    ...eachNamed(thresholdsOf(old), thresholdsOf(root)),
    ...each('administrator', old.administrators.map(rootKeyId), root.administrators.map(rootKeyId)),
    ...(['log', 'status', 'registry'] as const).map((office) =>
      one(`${office} key`, rootKeyId(old[office]), rootKeyId(root[office])),
    ),
    ...eachNamed(retiredOf(old), retiredOf(root)),
    one('registry that statements name', registryIdOf(old), registryIdOf(root)),
    one('statements that name no registry', unnamedWord(old), unnamedWord(root)),
    one('clients demand TUF metadata', yesOrNo(old.tuf), yesOrNo(root.tuf)),
    ...policyChanges(was, is),
    one(
      'Sigstore trusted root',
      digestOfText(before.files['trusted_root.json']),
      digestOfText(after.files['trusted_root.json']),
    ),
    ...eachNamed(
      sigstoreOf(before.files['trusted_root.json']),
      sigstoreOf(after.files['trusted_root.json']),
    ),
    ...witnessChanges(before.files['witnesses.json'], after.files['witnesses.json']),
  ].filter((row) => row.was !== undefined || row.is !== undefined);
}

function policyChanges(was: Policy, is: Policy): ChangeRow[] {
  const stay = is.programs.filter((program) => was.programs.includes(program)).length;
  const ceilings = [was.ceiling, is.ceiling].map(ceilingWord);
  return [
    one('policy', policyDigest(was), policyDigest(is)),
    one(
      'approvals that a usual version needs',
      approvals(was.approvals.usual),
      approvals(is.approvals.usual),
    ),
    one(
      'approvals that a version with far-reaching capabilities needs',
      approvals(was.approvals.high),
      approvals(is.approvals.high),
    ),
    one(
      'scanners that have to sign the same report',
      `${was.scanners ?? 1}`,
      `${is.scanners ?? 1}`,
    ),
    one('programs that count as far-reaching, unchanged', `${stay}`, `${stay}`),
    ...each('program that counts as far-reaching', was.programs, is.programs).filter(
      ({ change }) => change !== 'same',
    ),
    one('capability ceiling', ceilings[0], ceilings[1]),
    ...each('within the ceiling', within(was.ceiling), within(is.ceiling)),
    ...each('rule set that no longer counts', was.refusedRuleSets ?? [], is.refusedRuleSets ?? []),
    ...eachNamed(earlierOf(was), earlierOf(is)),
    ...(is.earlier ?? []).flatMap(({ policy, validUpTo }) =>
      policyDigest(policy) === policyDigest(was) ||
      (was.earlier ?? []).some((known) => policyDigest(known.policy) === policyDigest(policy))
        ? []
        : foreignPolicy(policy, validUpTo, was),
    ),
  ];
}

// An earlier policy that was never in force would judge all entries up to its index, so its
// requirements are spelled out.
function foreignPolicy(policy: Policy, validUpTo: number, inForce: Policy): ChangeRow[] {
  const part = `policy that was NEVER IN FORCE, but would judge versions up to log index ${validUpTo}`;
  const { earlier: _, ...bare } = inForce;
  return policyChanges(bare, policy)
    .filter(({ change }) => change !== 'same')
    .map((row) => ({ ...row, part: `${part}: ${row.part}` }));
}

function witnessChanges(before: string | undefined, after: string | undefined): ChangeRow[] {
  const [was, is] = [before, after].map((text) =>
    text === undefined ? undefined : parseWitnessPolicy(text),
  );
  const needed = (policy: typeof was): string =>
    policy === undefined ? 'none' : `${policy.threshold} of ${policy.witnesses.length}`;
  const named = (policy: typeof was): Named[] =>
    (policy?.witnesses ?? []).map(({ name, key }) => [`witness ${name}`, rootKeyId({ key })]);
  return [one('witnesses needed', needed(was), needed(is)), ...eachNamed(named(was), named(is))];
}

type Named = readonly [part: string, value: string];

function unnamedWord({ tuf, unnamedUpTo }: RootFile): string {
  if (unnamedUpTo !== undefined) return `count up to log index ${unnamedUpTo}`;
  return tuf === undefined ? 'count' : 'do not count';
}

function yesOrNo(value: unknown): string {
  return value === undefined ? 'no' : 'yes';
}

function retiredOf({ retired = [] }: RootFile): Named[] {
  return retired.map((key) => [
    `retired ${key.office} key, whose signatures count up to log index ${key.validUpTo}`,
    rootKeyId(key),
  ]);
}

function thresholdsOf({ thresholds = [] }: RootFile): Named[] {
  return thresholds.map(({ threshold, validUpTo }) => [
    `administrators who had to agree, up to log index ${validUpTo}`,
    `${threshold}`,
  ]);
}

function earlierOf({ earlier = [] }: Policy): Named[] {
  return earlier.map(({ policy, validUpTo }) => [
    `earlier policy, judges versions up to log index ${validUpTo}`,
    policyDigest(policy),
  ]);
}

// The file is parsed strictly where it is used; here each part gets a name and a digest.
function sigstoreOf(text: string | undefined): Named[] {
  const json: unknown = text === undefined ? {} : parseJson(text, 'trusted_root.json').value;
  return Object.entries(json ?? {}).flatMap(([kind, list]) =>
    (Array.isArray(list) ? list : []).map((entry: Readonly<Record<string, unknown>>): Named => {
      const name = String(entry.uri ?? entry.baseUrl ?? '');
      return [`Sigstore ${kind} ${name}`, canonicalDigest(entry)];
    }),
  );
}

function approvals({ total, independent }: ApprovalsNeeded): string {
  return independent === 0 ? `${total}` : `${total}, ${independent} of them independent`;
}

function ceilingWord(ceiling: Capabilities | null | undefined): string {
  return ceiling ? 'only what is listed' : 'none: a version may ask for anything';
}

function within(ceiling: Capabilities | null): string[] {
  return ceiling === null ? [] : listCapabilities(ceiling).map(printCapability);
}

function digestOfText(text: string | undefined): Digest | undefined {
  return text === undefined ? undefined : digestOf(Buffer.from(text));
}

function one(part: string, was: string | undefined, is: string | undefined): ChangeRow {
  const values = {
    part,
    ...(was === undefined ? {} : { was }),
    ...(is === undefined ? {} : { is }),
  };
  if (was === is) return { ...values, change: 'same' };
  return { ...values, change: was === undefined ? 'new' : is === undefined ? 'gone' : 'changed' };
}

function each(part: string, was: readonly string[], is: readonly string[]): ChangeRow[] {
  return eachNamed(
    was.map((value) => [part, value]),
    is.map((value) => [part, value]),
  );
}

// First rows of existing values, then of dropped ones.
function eachNamed(was: readonly Named[], is: readonly Named[]): ChangeRow[] {
  const has = (list: readonly Named[], [part, value]: Named): boolean =>
    list.some(([p, v]) => p === part && v === value);
  return [
    ...is.map((row) => one(row[0], has(was, row) ? row[1] : undefined, row[1])),
    ...was.filter((row) => !has(is, row)).map(([part, value]) => one(part, value, undefined)),
  ];
}
