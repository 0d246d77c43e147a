/**
 * The current root of trust as this administrator knows it, to compare a proposal with. The sender
 * of a proposal could have invented earlier roots, so each must follow from one that was pinned or
 * stored here.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import {
  type Capabilities,
  listCapabilities,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest, canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type ApprovalsNeeded,
  defaultPolicy,
  type Policy,
  parsePolicy,
  policyDigest,
} from '../../skills-index/trust/policy/policy.ts';
import {
  describeForeignRetiredKey,
  isSignedRootOf,
  missingOnRoots,
  missingSignatures,
  strangersAmongRetired,
} from '../../skills-index/trust/root/ceremony.ts';
import type { TufRoot, TufTargets } from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  parseTufRepository,
  rootFileOf,
  type TufFiles,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import {
  parseRoot,
  type RootFile,
  rootFingerprint,
  rootKeyId,
} from '../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../skills-index/trust/signatures/own-registry.ts';
import type { CommandContext } from '../command.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { readRegistries } from '../registries/registry-base.ts';
import type { StoredTrust } from '../registries/stored-trust.ts';
import { registryFiles } from './registry-folder.ts';

/** The root of trust before the proposed one. */
export interface Anchor extends RootOfTrust {
  /** 0 before the first TUF root. */
  readonly version: number;
  /** The source of this root, as text. */
  readonly from: string;
}

/**
 * Finds the current root of trust. With `--root`, the fingerprint of the current root file,
 * root.json and tuf.json are read beside the proposal; otherwise the pinned and stored files of the
 * registry are used.
 * @param file path of the proposal
 * @throws Problem `root-not-pinned`, `root-invalid`; `tuf-invalid` for a proposal that does not
 * follow from the root
 */
export async function anchorOf(
  context: CommandContext,
  file: string,
  proposal: TufRepository,
): Promise<Anchor> {
  const known = await knownRoot(context, file, proposal);
  const anchor = await inForce(known, dirname(file), proposal);
  requireNoStrangers(proposal, anchor);
  return anchor;
}

/** The current root in a registry's data folder, whose files belong to the operator. */
export function folderAnchor(
  root: RootFile,
  policy: string,
  before: TufRepository | undefined,
): Anchor {
  const from = 'what is in force in this folder';
  if (before === undefined)
    return { version: 0, from, files: { 'root.json': canonicalJson(root), 'policy.json': policy } };
  return anchorAt(before, from);
}

interface Known {
  readonly pinned: RootFile;
  readonly from: string;
  readonly kept?: StoredTrust | undefined;
}

async function knownRoot(
  context: CommandContext,
  file: string,
  proposal: TufRepository,
): Promise<Known> {
  const { origin } = rootFileOf(proposal);
  const { root: given } = context.options;
  if (given !== undefined)
    return { pinned: await rootBeside(file, parseDigest(given)), from: 'the root file you named' };
  const pins = readRegistries(context.paths).registries.map(({ base }) =>
    trustedRegistry(context, base),
  );
  const [first, ...more] = pins
    .filter(({ pinned }) => pinned.origin === origin)
    .sort(
      (a, b) => Number(b.base === context.registryBase) - Number(a.base === context.registryBase),
    );
  if (first === undefined || (more.length > 0 && first.base !== context.registryBase))
    throw new Problem(
      'root-not-pinned',
      `Cannot compare this proposal: no root of trust of ${origin} is pinned on this host`,
      {
        hint: `put root.json of the registry (and tuf.json, unless this is the first root of trust) beside the proposal and name the fingerprint of the current root file: --root sha256:…; or pin the root: skillgate registry add URL --root sha256:…${first === undefined ? '' : ' (several are pinned: SKILLGATE_REGISTRY=URL says which)'}`,
      },
    );
  return { pinned: first.pinned, from: `what is kept here of ${first.base}`, kept: first.kept };
}

// The fingerprint shows whether the file is the right one.
async function rootBeside(file: string, fingerprint: string): Promise<RootFile> {
  const path = join(dirname(file), registryFiles.root);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Problem('root-not-pinned', `Cannot compare this proposal: there is no ${path}`, {
      cause,
      hint: 'put the current root.json of the registry beside the proposal, and its tuf.json, unless this is the first root of trust',
    });
  });
  const root = parseRoot(bytes);
  if (rootFingerprint(root) === fingerprint) return root;
  throw new Problem(
    'root-invalid',
    `Cannot trust ${path}: its fingerprint is ${rootFingerprint(root)}, not the fingerprint you named`,
  );
}

async function inForce(
  { pinned, from, kept }: Known,
  folder: string,
  proposal: TufRepository,
): Promise<Anchor> {
  const earlier = proposal.roots.slice(0, -1);
  const foreign = (
    why: string,
    hint = 'ask the sender: the proposal was made from another state of the registry, or is forged',
  ) => new Problem('tuf-invalid', `Cannot trust this proposal: ${why}`, { hint });
  if (kept === undefined && earlier.length === 0)
    return {
      version: 0,
      from,
      files: { 'root.json': canonicalJson(pinned), 'policy.json': canonicalJson(defaultPolicy) },
    };
  const start: TufRoot | undefined =
    kept === undefined
      ? earlier.findLast((root) => isSignedRootOf(root, pinned))?.signed
      : JSON.parse(kept.metadata.root).signed;
  const at = start?.version ?? 0;
  const same = earlier[at - 1]?.signed;
  if (start === undefined || same === undefined || canonicalJson(same) !== canonicalJson(start))
    throw foreign(
      at > earlier.length
        ? `this host knows version ${at} of the root of trust, and the proposal would be version ${earlier.length + 1}`
        : 'its earlier roots differ from those that this host knows',
    );
  if (missingOnRoots(earlier).length > 0)
    throw foreign('a root before it is not signed by enough administrators');
  if (kept !== undefined && at === earlier.length)
    return {
      version: at,
      from,
      files: kept.files,
      expires: endOf(start, JSON.parse(kept.metadata.targets).signed),
    };
  const beside = await documentBeside(folder);
  if (
    beside !== undefined &&
    rootsOf(beside.roots) === rootsOf(earlier) &&
    missingSignatures(beside).length === 0
  )
    return anchorAt(beside, from);
  throw foreign(
    `this host does not know version ${earlier.length} of the root of trust, which the proposal follows`,
    'put the current tuf.json of the registry beside the proposal; or fetch it: skillgate registry add URL --root sha256:…',
  );
}

function anchorAt(document: TufRepository, from: string): Anchor {
  const { signed } = lastRootOf(document);
  return {
    version: signed.version,
    from,
    files: document.files,
    expires: endOf(signed, document.targets.signed),
  };
}

function rootsOf(roots: TufRepository['roots']): string {
  return canonicalJson(roots.map(({ signed }) => signed));
}

async function documentBeside(folder: string): Promise<TufRepository | undefined> {
  const bytes = await readFile(join(folder, registryFiles.tuf)).catch(() => undefined);
  return bytes === undefined ? undefined : parseTufRepository(bytes);
}

function requireNoStrangers(proposal: TufRepository, { files }: Anchor): void {
  const strangers = strangersAmongRetired(rootFileOf(proposal), {
    files: [parseRoot(files['root.json'])],
    chain: [],
    isWhole: true,
  });
  if (strangers.length === 0) return;
  throw new Problem(
    'root-invalid',
    'Cannot trust this proposal: the proposal gives keys a role that they never had',
    {
      reasons: strangers.map((one) => ({ message: describeForeignRetiredKey(one) })),
      hint: 'do not sign; ask the sender',
    },
  );
}

// The changes of a proposed root of trust, line by line: every value in it, and every value that it
// drops.

export interface ChangeRow {
  /** The name of the value; rows of the same kind share it. */
  readonly part: string;
  readonly change: 'same' | 'new' | 'gone' | 'changed';
  readonly was?: string;
  readonly is?: string;
}

/** Files of a root of trust, and the expiry of its signatures. */
interface RootOfTrust {
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
    ...(['log', 'status', 'registry'] as const).map((role) =>
      one(`${role} key`, rootKeyId(old[role]), rootKeyId(root[role])),
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
    `retired ${key.role} key, whose signatures count up to log index ${key.validUpTo}`,
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
