/**
 * `skillgate observe DIR`: runs a submission in sandboxes with decoys, and prints what it did. Its
 * result adds to a scan, and never lowers a scan's verdict.
 */

import { resolve } from 'node:path';
import * as v from 'valibot';
import { observeSkill } from '../../runner/observe/observe-skill.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import type { ObservedBehaviour, ObservedFact } from '../../skills-index/statement/observation.ts';
import {
  type ObservationStatement,
  observationBytes,
  observationStatement,
  observedStatement,
} from '../../skills-index/statement/observation-statement.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { ownName } from '../own-version.ts';
import { registryIdFor } from '../registries/post-statement.ts';
import { text, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { buildBundle, signWithKey } from '../signing/bundle-builder.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { type ExactVersion, parseExactVersion } from '../terminal/exact-version.ts';
import { answer, joined, printNote, type Safe, type Sayable, safe } from '../terminal/output.ts';
import { type Progress, startProgress } from '../terminal/progress.ts';
import { writeWhole } from '../whole-file.ts';

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
  const observation = await observeSkill({
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

// Hands an observation to a registry: signed by a scanner's key, about one version.

const sentAnswer = v.looseObject({
  status: text,
  verdict: text,
  statement: v.looseObject({ logIndex: v.number() }),
});
type SentAnswer = v.InferOutput<typeof sentAnswer>;

/**
 * Requires that the folder is the version, before a minute of work.
 * @throws Problem `subject-mismatch`, and as `askRegistry`
 */
async function requireSameBundle(
  context: CommandContext,
  { name, version }: ExactVersion,
  { digest }: Pick<PackedBundle, 'digest'>,
  signer: KeyFile,
): Promise<void> {
  const path = `/api/v1/versions${versionPath(name, version)}`;
  const { bundle } = await withSession(context, signer, (token) =>
    askRegistry(context, path, versionAnswer, { token }),
  );
  if (bundle === digest) return;
  throw new Problem(
    'subject-mismatch',
    `Cannot observe ${name}@${version}: the folder’s bundle is ${digest}, and the version’s is ${bundle}`,
    {
      hint: `skillgate review show --files DIR ${name}@${version} writes the files of the version.`,
    },
  );
}

/** @throws Problem as the registry answers */
async function sendObservation(
  context: CommandContext,
  which: ExactVersion,
  { bundle, digest }: Pick<PackedBundle, 'bundle' | 'digest'>,
  observation: ObservationStatement,
  signer: KeyFile,
): Promise<SentAnswer> {
  const statement = observedStatement(
    { ...which, bundle: digest, files: bundle.files },
    {
      registry: await registryIdFor(context),
      observation: canonicalDigest(observation),
      verdict: observation.predicate.observation.verdict,
    },
  );
  const envelope = await signWithKey(statement, signer);
  const path = `/api/v1/versions${versionPath(which.name, which.version)}/observations`;
  return withSession(context, signer, (token) =>
    askRegistry(context, path, sentAnswer, { token, json: { envelope, observation } }),
  );
}

// An observation as text for people.

const shownSteps = 2;
const shownNotes = 10;

/** Prints the verdict, then each fact with the steps in which it was seen. */
function observationText(folder: string, { coverage, facts, verdict }: ObservedBehaviour): Safe {
  const notes = facts.filter(({ level }) => level === 'note');
  const shown = [...facts.filter(({ level }) => level !== 'note'), ...notes.slice(0, shownNotes)];
  const { blind, done, late, leftOut = [], planned, rounds } = coverage;
  const lines: Sayable[] = [
    safe`${folder}: ${verdict}`,
    ...shown.flatMap(factLines),
    ...(notes.length > shownNotes ? [safe`  and ${notes.length - shownNotes} further notes`] : []),
    planned === 0
      ? safe`  nothing was run: the skill has no command, script or module`
      : safe`  ${done} of ${planned} steps ran, in ${rounds.length} rounds: ${rounds.join('; ')}`,
    ...(late === 0 ? [] : [safe`  ${late} steps reached their time limit`]),
    ...(done < planned
      ? [
          safe`  the time was up before the other ${planned - done} steps: ${leftOut.join('; ')}${planned - done > leftOut.length ? ' …' : ''}`,
        ]
      : []),
    ...(blind === undefined
      ? []
      : [safe`  only connections that use the proxy’s variables were seen: ${blind}`]),
    ...(facts.length === 0 && planned > 0
      ? [safe`  no fact speaks against the submission; what did not run was not seen`]
      : []),
  ];
  return joined(lines, '\n');
}

function factLines({ kind, level, steps, what }: ObservedFact): Sayable[] {
  const more = steps.length > shownSteps ? ', and in further steps' : '';
  return [
    safe`  ${level.padEnd(6)} ${kind}: ${what}`,
    safe`         in: ${steps.slice(0, shownSteps).join('; ')}${more}`,
  ];
}
