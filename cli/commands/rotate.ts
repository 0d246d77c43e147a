import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readPolicy } from '../../registry/data-folder.ts';
import { lastLogIndex, publishTuf, readTufDocument } from '../../registry/rotation.ts';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { canonicalJson } from '../../skills-index/skill/canonical-json.ts';
import { type Digest, isDigest, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseJson } from '../../skills-index/skill/json.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parsePolicy } from '../../skills-index/trust/policy.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root.ts';
import { parseTrustedRoot } from '../../skills-index/trust/trusted-root.ts';
import { maySign, missingSignatures, signRepository } from '../../skills-index/trust/tuf-ceremony.ts';
import { parseTufRepository, rootFileOf, type TufFiles, type TufRepository } from '../../skills-index/trust/tuf-repository.ts';
import { confirm } from '../ask.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, joined, note, type Safe, safe } from '../output.ts';
import { makeRegistryKeys, publicKeyIn, type RegistryKeyFile, registryFiles } from '../registry-folder.ts';
import { changedPolicy, changedRoot, describeProposal, mergeProposals, proposalDigest, proposeNext } from '../rotation.ts';
import { readPublicKeyFile } from '../signers/key-file.ts';
import { signerFor } from '../signers/signer.ts';
import { writeWhole } from '../whole-file.ts';

/** `skill registry rotate propose DIR | show FILE | sign FILE | publish DIR [FILE…]`. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const [step, ...rest] = context.args;
  switch (step) {
    case 'propose':
      return propose(context, resolve(context.cwd, rest[0] ?? '.'));
    case 'show':
      return show(context, resolve(context.cwd, rest[0] ?? '.'));
    case 'sign':
      return sign(context, resolve(context.cwd, rest[0] ?? '.'));
    case 'publish':
      return publish(context, rest);
    default:
      throw new Problem('usage', `Not a step of a rotation: ${JSON.stringify(step)}`, { hint: 'propose, show, sign, publish' });
  }
}

async function propose(context: CommandContext, dir: string): Promise<ExitCode> {
  const { options } = context;
  const place = join(dir, registryFiles.proposal);
  if (await isThere(place))
    throw new Problem('file-exists', `Cannot propose: ${place} waits for signatures`, {
      hint: `publish it, or drop it: rm ${place} ${join(dir, registryFiles.nextKeys)}`,
    });
  const root = parseRoot(await read(join(dir, registryFiles.root)));
  const before = await readTufDocument(dir);
  const add = await Promise.all(
    listOf(options['add-administrator']).map((file) => readPublicKeyFile(resolve(context.cwd, file))),
  );
  const remove = await Promise.all(listOf(options.remove).map((one) => keyIdOf(context, one)));
  if (before === undefined && (add.length > 0 || remove.length > 0))
    throw new Problem(
      'usage',
      'The first TUF root names the administrators that clients have pinned: change them in the next one',
      {
        hint: `skill registry rotate propose ${context.args[1] ?? ''}`,
      },
    );
  const keys = await nextKeys(context, dir);
  const validUpTo = options['valid-up-to'] === undefined ? lastLogIndex(dir) : Number(options['valid-up-to']);
  const threshold = options.threshold === undefined ? {} : { threshold: Number(options.threshold) };
  const changed = changedRoot(root, {
    ...{ add, remove, ...threshold, keys: keys.open },
    ...(validUpTo === undefined ? {} : { validUpTo }),
  });
  const proposal = proposeNext({
    ...(before === undefined ? {} : { before }),
    ...{ root: changed, files: await nextFiles(context, { dir, before, validUpTo }), now: context.now().getTime() },
  });
  // Held to what everyone will hold it to, before anyone is asked to sign.
  parseTufRepository(JSON.stringify(proposal));
  if (keys.file !== undefined)
    await writeWhole(join(dir, registryFiles.nextKeys), `${JSON.stringify(keys.file, null, 2)}\n`, 0o600);
  await writeWhole(place, `${JSON.stringify(proposal, null, 2)}\n`);
  tell(context, place, proposal);
  note(context, safe`Nothing is changed yet. Send ${place} to the administrators, and tell them the digest by another way.`);
  const newPolicy = before !== undefined && before.files['policy.json'] !== proposal.files['policy.json'];
  if (validUpTo !== undefined && (newPolicy || canonicalJson(changed.retired ?? []) !== canonicalJson(root.retired ?? [])))
    note(
      context,
      safe`What is signed with a replaced key, or approved under the policy until now, after log index ${validUpTo} will not count: stop the registry until you publish.`,
    );
  return exitCodes.ok;
}

async function show(context: CommandContext, file: string): Promise<ExitCode> {
  tell(context, file, parseTufRepository(await read(file)));
  return exitCodes.ok;
}

async function sign(context: CommandContext, file: string): Promise<ExitCode> {
  const proposal = parseTufRepository(await read(file));
  const signer = await signerFor(context, 'administrator');
  if (!maySign(proposal, signer))
    throw new Problem('forbidden', `Key ${signer.name} is an administrator neither of this root of trust nor of the one before`, {
      hint: 'choose another: --key NAME',
    });
  const digest = proposalDigest(proposal);
  const { proposal: given } = context.options;
  if (given === undefined)
    await confirm(
      context,
      safe`${joined(
        describeProposal(proposal).map((line) => safe`${line}`),
        '\n',
      )}\nDigest ${digest}\nCompare it with what you were told. Who installs will trust what you sign.`,
      'yes',
      `skill registry rotate sign ${context.args[1] ?? ''} --proposal sha256:…`,
    );
  else if (parseDigest(given) !== digest)
    throw new Problem('root-invalid', `Cannot sign: the proposal in this file has digest ${digest}, not the one you named`, {
      hint: 'look at it: skill registry rotate show FILE',
    });
  const signed = await signRepository(proposal, signer);
  await writeWhole(file, `${JSON.stringify(signed, null, 2)}\n`);
  tell(context, file, signed);
  return exitCodes.ok;
}

async function publish(context: CommandContext, [folder = '.', ...given]: readonly string[]): Promise<ExitCode> {
  const dir = resolve(context.cwd, folder);
  const files = given.length === 0 ? [join(dir, registryFiles.proposal)] : given.map((file) => resolve(context.cwd, file));
  const proposal = mergeProposals(await Promise.all(files.map(async (file) => parseTufRepository(await read(file)))));
  const { entriesSince } = await publishTuf(dir, proposal, context.now().getTime());
  const root = rootFileOf(proposal);
  const published = { version: proposal.roots.length, root: rootFingerprint(root), entriesSince };
  answer(context, { schema: 'skillgate.rotation-published/1', dir, ...published }, () => safe`${published.root}`);
  note(
    context,
    safe`Version ${published.version} is in force from the next start of skill serve ${folder}. Whoever has pinned an earlier root follows by itself; this is the fingerprint for those who pin from now on.`,
  );
  if (entriesSince > 0)
    note(
      context,
      safe`${entriesSince} log entries are newer than the last index at which replaced keys count: versions they approved are refused.`,
    );
  return exitCodes.ok;
}

function tell(context: CommandContext, file: string, proposal: TufRepository): void {
  const missing = missingSignatures(proposal);
  const digest = proposalDigest(proposal);
  const lines = (): Safe =>
    joined(
      [
        ...describeProposal(proposal).map((line) => safe`${line}`),
        ...missing.map(({ what, lacking, couldSign }) => safe`lacks ${lacking} of ${joined(couldSign, ', ')} on ${what}`),
        safe`${missing.length === 0 ? 'signed by enough; publish it: skill registry rotate publish DIR' : 'each signs: skill registry rotate sign FILE'}`,
        safe`digest ${digest}`,
      ],
      '\n',
    );
  answer(context, { schema: 'skillgate.rotation/1', file, proposal: digest, version: proposal.roots.length, missing }, lines);
}

interface NextKeys {
  /** SPKI in base64 of the new ones. */
  readonly open: Readonly<Partial<Record<'log' | 'status' | 'registry', string>>>;
  /** The whole key file, when there are new ones. */
  readonly file: RegistryKeyFile | undefined;
}

// Made where they will be used: private keys never travel with a proposal.
async function nextKeys({ options }: CommandContext, dir: string): Promise<NextKeys> {
  const fresh = (['log', 'status', 'registry'] as const).filter((office) => options[`new-${office}-key`] === true);
  if (fresh.length === 0) return { open: {}, file: undefined };
  const made = makeRegistryKeys();
  const path = join(dir, registryFiles.keys);
  const before = parseJson(await read(path), path).value as RegistryKeyFile;
  const chosen = Object.fromEntries(fresh.map((office) => [office, made[office]]));
  return {
    open: Object.fromEntries(fresh.map((office) => [office, publicKeyIn(made[office])])),
    file: { ...before, ...chosen },
  };
}

interface Now {
  readonly dir: string;
  readonly before: TufRepository | undefined;
  readonly validUpTo: number | undefined;
}

async function nextFiles(context: CommandContext, { dir, before, validUpTo }: Now): Promise<Omit<TufFiles, 'root.json'>> {
  const given = async (name: string): Promise<string | undefined> => {
    const file = context.options[name];
    return typeof file === 'string' ? Buffer.from(await read(resolve(context.cwd, file))).toString('utf8') : undefined;
  };
  const counted = before === undefined ? await readPolicy(dir) : parsePolicy(before.files['policy.json']);
  const next = await given('policy');
  const policy = changedPolicy(counted, {
    ...(next === undefined ? {} : { next: parsePolicy(next) }),
    ...(validUpTo === undefined ? {} : { validUpTo }),
    dropEarlier: context.options['drop-earlier-policies'] === true,
  });
  const trustedRoot = (await given('trusted-root')) ?? before?.files['trusted_root.json'];
  const witnesses = (await given('witnesses')) ?? before?.files['witnesses.json'];
  if (trustedRoot !== undefined) parseTrustedRoot(parseJson(trustedRoot, 'trusted_root.json').value);
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

async function read(path: string): Promise<Uint8Array> {
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
