/** A verified version in words: a tree for people, and JSON for programs. */
import { standJson, standLines } from '../install/installed-text.ts';
import { type OutputInk, type Safe, safe } from '../terminal/output.ts';
import { type Branch, chainBranch, leaf, treeText } from './chain-text.ts';
import type { VerifiedVersion } from './verified-version.ts';

/** The tree for people, as wide as their terminal. */
export function verifiedText(verified: VerifiedVersion, ink: OutputInk, width?: number): Safe {
  const { admitted, name, chain, asOf } = verified;
  const when = asOf === undefined ? safe`` : safe` as of ${asOf}, from files alone`;
  const good = verified.problem === undefined ? ink.green('verified') : ink.red('differs');
  const head =
    admitted === undefined
      ? safe`${ink.red('refused')} ${ink.bold(name)}`
      : safe`${good} ${ink.bold(`${name}@${admitted.version}`)}`;
  const of = [
    ...rootBranch(verified),
    chainBranch(chain, ink),
    installedBranch(verified, ink),
    ...rescanBranch(verified, ink),
  ];
  return treeText({ line: safe`${head}${when}`, of }, width);
}

function rootBranch({ trustedSince }: VerifiedVersion): Branch[] {
  if (trustedSince === undefined) return [];
  if (trustedSince === null)
    return [leaf(safe`by the pinned root file alone: this registry delivers no rotations`)];
  const { version, asked, signedUntil } = trustedSince;
  return [
    leaf(
      safe`by version ${version} of the root of trust, fetched at ${asked}, signed until ${signedUntil}`,
    ),
  ];
}

function installedBranch(
  { folders, files, plain, problem, admitted }: VerifiedVersion,
  ink: OutputInk,
): Branch {
  if (folders.length === 0) return leaf(safe`not compared with anything installed`);
  const differs = admitted !== undefined && problem !== undefined;
  const as = plain ? 'the original files, no sandbox' : 'what Skillgate put there, unchanged';
  const places = folders.map((folder) =>
    leaf(safe`${folder}: ${differs ? 'not as approved' : as}`),
  );
  const stand = files === undefined ? [] : standLines(files).map((line) => leaf(safe`${line}`));
  return {
    line: safe`${differs ? ink.red('✗') : ink.green('✓')} installed`,
    of: [...places, ...stand],
  };
}

function rescanBranch({ rescan: found }: VerifiedVersion, ink: OutputInk): Branch[] {
  if (found === undefined) return [];
  const [first = '', ...rest] = found.says;
  const mark = found.same ? ink.green('✓') : found.sameRuleSet ? ink.red('✗') : ink.yellow('?');
  return [{ line: safe`${mark} ${first}`, of: rest.map((one) => leaf(safe`${one}`)) }];
}

/** The verdict for programs. */
export function verifiedJson({
  name,
  admitted,
  chain,
  notes,
  folders,
  files,
  plain,
  rescan: again,
  asOf,
  exported,
  trustedSince,
}: VerifiedVersion): Record<string, unknown> {
  const {
    manifest: _,
    checkpoint,
    kind: __,
    ...rest
  } = admitted ?? { manifest: 0, checkpoint: undefined, kind: 0 };
  return {
    name,
    ...rest,
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            size: checkpoint.size,
            root: Buffer.from(checkpoint.root).toString('base64'),
          },
        }),
    notes,
    folders,
    plain,
    chain,
    ...(files === undefined ? {} : { files: standJson(files) }),
    ...(again === undefined ? {} : { rescan: again }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(trustedSince === undefined ? {} : { trustedSince }),
    ...(exported === undefined ? {} : { exported }),
  };
}
