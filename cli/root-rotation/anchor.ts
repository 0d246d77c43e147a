/**
 * The current root of trust as this administrator knows it, to compare a proposal with. The sender
 * of a proposal could have invented earlier roots, so each must follow from one that was pinned or
 * stored here.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { missingOnRoots, missingSignatures } from '../../skills-index/trust/root/ceremony.ts';
import type { TufRoot } from '../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  parseTufRepository,
  rootFileOf,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import {
  describeForeignRetiredKey,
  isSignedRootOf,
  strangersAmongRetired,
} from '../../skills-index/trust/root/root-chain.ts';
import type { CommandContext } from '../command.ts';
import type { KeptTrust } from '../registries/kept.ts';
import { trustedRegistry } from '../registries/registries.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { endOf, type RootOfTrust } from './change.ts';
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
  readonly kept?: KeptTrust | undefined;
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
