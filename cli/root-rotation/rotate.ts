import { join, resolve } from 'node:path';
import { readPolicy } from '../../registry/data-folder/data-folder.ts';
import {
  lastLogIndex,
  newlyFrozen,
  publishTuf,
  readTufDocument,
} from '../../registry/data-folder/rotation.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { maySign, signRepository } from '../../skills-index/trust/root/ceremony.ts';
import {
  parseTufRepository,
  rootFileOf,
  type TufRepository,
} from '../../skills-index/trust/root/repository.ts';
import { rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { signerFor } from '../signing/signer.ts';
import { confirm } from '../terminal/ask.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { writeWhole } from '../whole-file.ts';
import { type Anchor, anchorOf } from './anchor.ts';
import { pictureOf, printProposal } from './picture.ts';
import { proposeRotation, readProposal } from './propose.ts';
import { registryFiles } from './registry-folder.ts';
import { mergeProposals, proposalDigest } from './rotation.ts';

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
