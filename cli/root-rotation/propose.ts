/** Proposes the next root of trust of a data folder: the changes, and new keys for them. */
import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { type Digest, isDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type Policy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import {
  parseTufRepository,
  type TufFiles,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import { parseTrustedRoot } from '../../skills-index/trust/signatures/trusted-root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readPublicKeyFile } from '../signing/key-file.ts';
import { printNote, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { folderAnchor } from './anchor.ts';
import { printProposal } from './picture.ts';
import {
  makeRegistryKeys,
  publicKeyIn,
  type RegistryKeyFile,
  registryFiles,
} from './registry-folder.ts';
import { changedPolicy, changedRoot, proposeNext } from './rotation.ts';

/** The current root of trust of a data folder. */
export interface InForce {
  readonly policy: Policy;
  /** Undefined before the first TUF root. */
  readonly before: TufRepository | undefined;
  /** Undefined while the log is empty. */
  readonly lastLogIndex: number | undefined;
}

/**
 * Writes the unsigned `DIR/tuf-proposal.json`, and the private keys that it names beside it.
 * @throws Problem `file-exists`, `usage`
 */
export async function proposeRotation(
  context: CommandContext,
  dir: string,
  inForce: InForce,
): Promise<ExitCode> {
  const { options } = context;
  const place = join(dir, registryFiles.proposal);
  if (await isThere(place))
    throw new Problem('file-exists', `Cannot propose: ${place} waits for signatures`, {
      hint: `publish the proposal, or discard it: rm ${place} ${join(dir, registryFiles.nextKeys)}`,
    });
  const root = parseRoot(await readProposal(join(dir, registryFiles.root)));
  const { before } = inForce;
  const add = await Promise.all(
    listOf(options['add-administrator']).map((file) =>
      readPublicKeyFile(resolve(context.cwd, file)),
    ),
  );
  const remove = await Promise.all(listOf(options.remove).map((one) => keyIdOf(context, one)));
  if (before === undefined && (add.length > 0 || remove.length > 0))
    throw new Problem(
      'usage',
      'Cannot change the administrators in the first TUF root: it must name those that clients have pinned',
      {
        hint: `skillgate registry rotate propose ${context.args[1] ?? ''}`,
      },
    );
  const keys = await nextKeys(context, dir);
  const validUpTo =
    options['valid-up-to'] === undefined ? inForce.lastLogIndex : Number(options['valid-up-to']);
  const threshold = options.threshold === undefined ? {} : { threshold: Number(options.threshold) };
  const changed = changedRoot(root, {
    add,
    remove,
    ...threshold,
    keys: keys.open,
    ...(validUpTo === undefined ? {} : { validUpTo }),
    ...(inForce.lastLogIndex === undefined ? {} : { lastLogIndex: inForce.lastLogIndex }),
  });
  const proposal = proposeNext({
    ...(before === undefined ? {} : { before }),
    root: changed,
    files: await nextFiles(context, inForce, validUpTo),
    now: context.now().getTime(),
  });
  // Checked as clients will check it, before an administrator is asked to sign.
  parseTufRepository(JSON.stringify(proposal));
  if (keys.file !== undefined)
    await writeWhole(
      join(dir, registryFiles.nextKeys),
      `${JSON.stringify(keys.file, null, 2)}\n`,
      0o600,
    );
  await writeWhole(place, `${JSON.stringify(proposal, null, 2)}\n`);
  printProposal(
    context,
    place,
    proposal,
    folderAnchor(root, canonicalJson(inForce.policy), before),
  );
  printNote(
    context,
    safe`Nothing is changed yet. Send ${place} to the administrators, and tell them the digest over another channel.`,
  );
  const newPolicy =
    before !== undefined && before.files['policy.json'] !== proposal.files['policy.json'];
  if (
    validUpTo !== undefined &&
    (newPolicy || canonicalJson(changed.retired ?? []) !== canonicalJson(root.retired ?? []))
  )
    printNote(
      context,
      safe`After log index ${validUpTo}, signatures of a replaced key and approvals under the current policy will not count. Stop the registry until you publish.`,
    );
  return exitCodes.ok;
}

interface NextKeys {
  /** SPKI in base64 of the new ones. */
  readonly open: Readonly<Partial<Record<'log' | 'status' | 'registry', string>>>;
  /** The whole key file, if there are new keys. */
  readonly file: RegistryKeyFile | undefined;
}

// Keys are created where they will be used, so private keys never travel with a proposal.
async function nextKeys({ options }: CommandContext, dir: string): Promise<NextKeys> {
  const fresh = (['log', 'status', 'registry'] as const).filter(
    (office) => options[`new-${office}-key`] === true,
  );
  if (fresh.length === 0) return { open: {}, file: undefined };
  const made = makeRegistryKeys();
  const path = join(dir, registryFiles.keys);
  const before = parseJson(await readProposal(path), path).value as RegistryKeyFile;
  const chosen = Object.fromEntries(fresh.map((office) => [office, made[office]]));
  return {
    open: Object.fromEntries(fresh.map((office) => [office, publicKeyIn(made[office])])),
    file: { ...before, ...chosen },
  };
}

async function nextFiles(
  context: CommandContext,
  { policy: now, before }: InForce,
  validUpTo: number | undefined,
): Promise<Omit<TufFiles, 'root.json'>> {
  const given = async (name: string): Promise<string | undefined> => {
    const file = context.options[name];
    return typeof file === 'string'
      ? Buffer.from(await readProposal(resolve(context.cwd, file))).toString('utf8')
      : undefined;
  };
  const counted = before === undefined ? now : parsePolicy(before.files['policy.json']);
  const next = await given('policy');
  const policy = changedPolicy(counted, {
    ...(next === undefined ? {} : { next: parsePolicy(next) }),
    ...(validUpTo === undefined ? {} : { validUpTo }),
    dropEarlier: context.options['drop-earlier-policies'] === true,
  });
  const trustedRoot = (await given('trusted-root')) ?? before?.files['trusted_root.json'];
  const witnesses = (await given('witnesses')) ?? before?.files['witnesses.json'];
  if (trustedRoot !== undefined)
    parseTrustedRoot(parseJson(trustedRoot, 'trusted_root.json').value);
  if (witnesses !== undefined) parseWitnessPolicy(witnesses);
  return {
    'policy.json': canonicalJson(policy),
    ...(trustedRoot === undefined ? {} : { 'trusted_root.json': trustedRoot }),
    ...(witnesses === undefined ? {} : { 'witnesses.json': witnesses }),
  };
}

async function keyIdOf(context: CommandContext, given: string): Promise<Digest> {
  return isDigest(given) ? given : (await readPublicKeyFile(resolve(context.cwd, given))).keyId;
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** Reads a file that an option names. @throws Problem `file-not-found` */
export async function readProposal(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Problem('file-not-found', `Cannot read ${path}: ${cause.code}`, { cause });
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
