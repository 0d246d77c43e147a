/**
 * `skillgate observe DIR`: runs a submission in sandboxes with decoys, and prints what it did. Its
 * result adds to a scan, and never lowers a scan's verdict.
 */
import { resolve } from 'node:path';
import * as observing from '../../runner/observe/public.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { ObservedBehaviour } from '../../skills-index/statement/observation.ts';
import {
  type ObservationStatement,
  observationBytes,
  observationStatement,
} from '../../skills-index/statement/observation-statement.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { ownName } from '../own-version.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { buildBundle } from '../signing/bundle-builder.ts';
import { signerFor } from '../signing/signer.ts';
import { parseExactVersion } from '../terminal/exact-version.ts';
import { answer, printNote, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import { writeWhole } from '../whole-file.ts';
import { observationText } from './observation-text.ts';
import { requireSameBundle, sendObservation } from './send-observation.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const [folder = '.'] = context.args;
  const { out, send, sign } = context.options;
  const which = typeof send === 'string' ? parseExactVersion(send) : undefined;
  if (sign !== true && out !== undefined)
    throw new Problem('usage', 'Cannot write a statement: only a signed observation has one', {
      hint: 'skillgate observe --sign --out FILE DIR',
    });
  // Ask for the passphrase before a minute of work, not after it.
  const signer = sign === true || which !== undefined ? await signerFor(context) : undefined;
  const { files } = await readWholeSkill(resolve(context.cwd, folder), 'observe');
  const packed = packBundle(files);
  if (which !== undefined && signer !== undefined)
    await requireSameBundle(context, which, packed, signer);
  const json = files.find(({ path }) => path === 'skill.json')?.bytes;
  let progress: Progress | undefined;
  const observation = await observing.observeSkill({
    skill: {
      manifest: json === undefined ? undefined : parseManifest(json),
      files: packed.bundle.files.map(({ mode, path }) => ({
        path,
        mode,
        bytes: packed.contents.get(path as BundlePath) ?? new Uint8Array(),
      })),
    },
    paths: context.paths,
    now: context.now,
    signal: context.signal,
    onStep: (title, planned) => {
      progress ??= startProgress(context, planned, 'steps');
      progress.step(title);
    },
  });
  progress?.end();
  answer(context, { ...observation, path: folder, bundle: packed.digest }, () =>
    observationText(folder, observation),
  );
  if (json === undefined)
    printNote(context, safe`note: ${folder} has no skill.json, so every host counts as undeclared`);
  if (signer !== undefined) {
    const statement = observationStatement(packed.digest, {
      observation,
      observer: ownName(),
      observedAt: context.now().toISOString(),
    });
    if (sign === true) await writeSigned(context, statement, signer);
    if (which !== undefined) {
      const sent = await sendObservation(context, which, packed, statement, signer);
      printNote(
        context,
        safe`${context.registryBase} took the observation of ${which.name}@${which.version}: log index ${sent.statement.logIndex}; its state is ${sent.status}`,
      );
    }
  }
  return exitOf(observation);
}

const defaultFile = 'observation.sigstore.json';

async function writeSigned(
  context: CommandContext,
  statement: ObservationStatement,
  signer: Awaited<ReturnType<typeof signerFor>>,
): Promise<void> {
  const { out } = context.options;
  const file = resolve(context.cwd, typeof out === 'string' ? out : defaultFile);
  const signed = await buildBundle(observationBytes(statement), {
    sign: async (data) => ({
      signature: Buffer.from(await signer.sign(data)),
      key: { $case: 'publicKey', publicKey: Buffer.from(signer.publicKey).toString('base64') },
    }),
  });
  // The folder may hold a submission's files, and a link among them.
  await writeWhole(file, `${JSON.stringify(signed)}\n`);
  printNote(context, safe`wrote the signed observation to ${file}`);
}

function exitOf({ verdict }: ObservedBehaviour): ExitCode {
  return {
    pass: exitCodes.ok,
    incomplete: exitCodes.limit,
    review: exitCodes.medium,
    block: exitCodes.critical,
  }[verdict];
}
