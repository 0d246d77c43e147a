/** Hands an observation to a registry: signed by a scanner's key, about one version. */
import * as v from 'valibot';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import {
  type ObservationStatement,
  observedStatement,
} from '../../skills-index/statement/observation-statement.ts';

import type { CommandContext } from '../command.ts';
import { registryIdFor } from '../registries/post-statement.ts';
import { text, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { withSession } from '../registries/session.ts';
import { signWithKey } from '../signing/bundle-builder.ts';
import type { KeyFile } from '../signing/key-file.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';

const sentAnswer = v.looseObject({
  status: text,
  verdict: text,
  statement: v.looseObject({ logIndex: v.number() }),
});
export type SentAnswer = v.InferOutput<typeof sentAnswer>;

/**
 * Requires that the folder is the version, before a minute of work.
 * @throws Problem `subject-mismatch`, and as `askRegistry`
 */
export async function requireSameBundle(
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
export async function sendObservation(
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
