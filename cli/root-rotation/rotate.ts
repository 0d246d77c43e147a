import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readPolicy } from '../../registry/data-folder/data-folder.ts';
import {
  lastLogIndex,
  newlyFrozen,
  publishTuf,
  readTufDocument,
} from '../../registry/data-folder/rotation.ts';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { type Digest, isDigest, parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { type Policy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import {
  maySign,
  missingSignatures,
  signRepository,
} from '../../skills-index/trust/root/ceremony.ts';
import {
  lastRootOf,
  parseTufRepository,
  rootFileOf,
  type TufFiles,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { parseTrustedRoot } from '../../skills-index/trust/signatures/trusted-root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { readPublicKeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import {
  answer,
  count,
  inkFor,
  joined,
  type OutputInk,
  printNote,
  type Safe,
  safe,
} from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import {
  type Anchor,
  anchorOf,
  type ChangeRow,
  changesBetween,
  endOf,
  folderAnchor,
} from './anchor.ts';
import {
  changedPolicy,
  changedRoot,
  makeRegistryKeys,
  mergeProposals,
  proposalDigest,
  proposeNext,
  publicKeyIn,
  type RegistryKeyFile,
  registryFiles,
} from './registry-folder.ts';

/** `skillgate registry rotate propose DIR | show FILE | sign FILE | publish DIR [FILE…]`. */
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
      throw new Problem('usage', `There is no rotation step ${JSON.stringify(step)}`, {
        hint: 'propose, show, sign, publish',
      });
  }
}

async function propose(context: CommandContext, dir: string): Promise<ExitCode> {
  const policy = await readPolicy(dir);
  const before = await readTufDocument(dir);
  const exit = await proposeRotation(context, dir, {
    policy,
    before,
    lastLogIndex: lastLogIndex(dir),
  });
  printFrozen(
    context,
    await newlyFrozen(
      dir,
      parseTufRepository(await readProposal(join(dir, registryFiles.proposal))),
    ),
  );
  return exit;
}

async function show(context: CommandContext, file: string): Promise<ExitCode> {
  const proposal = parseTufRepository(await readProposal(file));
  printProposal(context, file, proposal, await anchorOf(context, file, proposal));
  return exitCodes.ok;
}

async function sign(context: CommandContext, file: string): Promise<ExitCode> {
  const proposal = parseTufRepository(await readProposal(file));
  const signer = await signerFor(context, 'administrator');
  if (!maySign(proposal, signer))
    throw new Problem(
      'forbidden',
      `Key ${signer.name} belongs to no administrator of this root of trust or of the one before`,
      {
        hint: 'choose another key: --key NAME',
      },
    );
  const anchor = await anchorOf(context, file, proposal);
  await agreeTo(context, proposal, anchor);
  const signed = await signRepository(proposal, signer);
  await writeWhole(file, `${JSON.stringify(signed, null, 2)}\n`);
  printProposal(context, file, signed, anchor, { isSeen: true });
  return exitCodes.ok;
}

// The proposal is always shown. Only --digest with the digest from another channel can replace the
// question.
async function agreeTo(
  context: CommandContext,
  proposal: TufRepository,
  anchor: Anchor,
): Promise<void> {
  const digest = proposalDigest(proposal);
  const { digest: namedDigest, yes } = context.options;
  if (namedDigest !== undefined && parseDigest(namedDigest) !== digest)
    throw new Problem(
      'root-invalid',
      `Cannot sign: the proposal in this file has digest ${digest}, not the digest you named`,
      {
        hint: 'read the proposal: skillgate registry rotate show FILE',
      },
    );
  if (yes === true && namedDigest === undefined)
    throw new Problem('usage', 'Cannot sign: --yes needs the digest of the proposal', {
      hint: 'add the digest that you heard over another channel: --digest sha256:…',
    });
  const picture = pictureOf(proposal, anchor, inkFor(context.stderr, context.env));
  if (yes === true) return printNote(context, picture);
  const compare =
    namedDigest === undefined
      ? 'Compare the digest with the one that you heard over another channel. '
      : 'The digest is the one that you named. ';
  await confirm(
    context,
    safe`${picture}\n\ndigest ${digest}\n${compare}Everybody who installs from this registry will trust what you sign.`,
    'yes',
    `skillgate registry rotate sign ${context.args[1] ?? ''} --digest sha256:… --yes`,
  );
}

async function publish(
  context: CommandContext,
  [folder = '.', ...namedFiles]: readonly string[],
): Promise<ExitCode> {
  const dir = resolve(context.cwd, folder);
  const files =
    namedFiles.length === 0
      ? [join(dir, registryFiles.proposal)]
      : namedFiles.map((file) => resolve(context.cwd, file));
  const proposal = mergeProposals(
    await Promise.all(files.map(async (file) => parseTufRepository(await readProposal(file)))),
  );
  const { entriesSince, frozenScopes } = await publishTuf(dir, proposal, context.now().getTime());
  const root = rootFileOf(proposal);
  const published = {
    version: proposal.roots.length,
    root: rootFingerprint(root),
    entriesSince,
    frozenScopes,
  };
  answer(
    context,
    { schema: 'skillgate.rotation-published/1', dir, ...published },
    () => safe`${published.root}`,
  );
  printNote(
    context,
    safe`Version ${published.version} is in force from the next start of skillgate serve ${folder}. Hosts that pinned an earlier root follow by themselves. This is the fingerprint for hosts that pin from now on.`,
  );
  printFrozen(context, frozenScopes);
  if (entriesSince > 0)
    printNote(
      context,
      safe`${entriesSince} log entries are newer than the last index at which replaced keys count. Versions that these entries approve are rejected.`,
    );
  return exitCodes.ok;
}

function printFrozen(context: CommandContext, scopes: readonly string[]): void {
  if (scopes.length === 0) return;
  const names = scopes.map((scope) => safe`@${scope}`);
  printNote(
    context,
    safe`${scopes.length} scopes have an owner whose certificate only the previous Sigstore root verifies, so they freeze: ${joined(names, ', ')}. To keep them, use a trusted_root.json that also lists expired authorities with their validity.`,
  );
}

// Proposes the next root of trust of a data folder: the changes, and new keys for them.

/** The current root of trust of a data folder. */
interface InForce {
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
async function proposeRotation(
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
    (role) => options[`new-${role}-key`] === true,
  );
  if (fresh.length === 0) return { open: {}, file: undefined };
  const made = makeRegistryKeys();
  const path = join(dir, registryFiles.keys);
  const before = parseJson(await readProposal(path), path).value as RegistryKeyFile;
  const chosen = Object.fromEntries(fresh.map((role) => [role, made[role]]));
  return {
    open: Object.fromEntries(fresh.map((role) => [role, publicKeyIn(made[role])])),
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
async function readProposal(path: string): Promise<Uint8Array> {
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

// A proposed root of trust as text: every line of it, with a mark in front of changed ones.

const marks = { same: ' ', new: '+', gone: '-', changed: '~' } as const;
/** Longer rows have their values on separate lines, because a digest fills a line. */
const lineCharsMax = 78;

/** Lines for a terminal. */
function pictureOf(proposal: TufRepository, anchor: Anchor, ink: OutputInk): Safe {
  const rows = rowsOf(proposal, anchor);
  const { version } = lastRootOf(proposal).signed;
  const changes = rows.filter(({ change }) => change !== 'same').length;
  const compared =
    anchor.version === 0 ? 'the root file, before any TUF root' : `version ${anchor.version}`;
  const head = [
    safe`root of trust of ${rootFileOf(proposal).origin}, version ${version}`,
    safe`against ${compared}: ${anchor.from}`,
    safe`${count(changes, 'line')} changed:  + new  - gone  ~ changed`,
  ];
  return joined([...head, ...rows.flatMap((row, at) => linesOf(row, rows[at - 1], ink))], '\n');
}

/** The text, the missing signatures and the digest, as text or JSON. */
function printProposal(
  context: CommandContext,
  file: string,
  proposal: TufRepository,
  anchor: Anchor,
  { isSeen = false }: { readonly isSeen?: boolean } = {},
): void {
  const missing = missingSignatures(proposal);
  const digest = proposalDigest(proposal);
  const lines = (): Safe =>
    joined(
      [
        ...(isSeen
          ? []
          : [pictureOf(proposal, anchor, inkFor(context.stdout, context.env)), safe``]),
        ...missing.map(
          ({ what, lacking, couldSign }) =>
            safe`lacks ${lacking} of these on ${what}:\n    ${joined(couldSign, '\n    ')}`,
        ),
        safe`${missing.length === 0 ? 'enough administrators have signed; publish it: skillgate registry rotate publish DIR' : 'each administrator signs with: skillgate registry rotate sign FILE'}`,
        safe`digest ${digest}`,
      ],
      '\n',
    );
  const compared = { version: anchor.version, from: anchor.from };
  const root = rootFingerprint(rootFileOf(proposal));
  const changes = rowsOf(proposal, anchor);
  const { version } = lastRootOf(proposal).signed;
  answer(
    context,
    {
      schema: 'skillgate.rotation/1',
      file,
      proposal: digest,
      version,
      root,
      compared,
      changes,
      missing,
    },
    lines,
  );
}

function rowsOf(proposal: TufRepository, anchor: Anchor): ChangeRow[] {
  const expires = endOf(lastRootOf(proposal).signed, proposal.targets.signed);
  return changesBetween(anchor, { files: proposal.files, expires });
}

function linesOf(row: ChangeRow, before: ChangeRow | undefined, ink: OutputInk): Safe[] {
  const { part, change, was, is } = row;
  const mark = marks[change];
  const said = (text: string): Safe => (change === 'same' ? safe`${text}` : ink.yellow(text));
  const short =
    change === 'changed' ? `${mark} ${part}: ${was} → ${is}` : `${mark} ${part}: ${is ?? was}`;
  if (short.length <= lineCharsMax) return [said(short)];
  const title =
    before?.part === part ? [] : [said(`${change === 'changed' ? mark : ' '} ${part}:`)];
  if (change !== 'changed') return [...title, said(`${mark}   ${is ?? was}`)];
  return [...title, said(`-   ${was}`), said(`+   ${is}`)];
}
