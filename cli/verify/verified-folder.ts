/**
 * Verifies exported evidence from its files alone. Problems are attributed to the folder, because
 * no registry was asked.
 */
import * as admission from '../../runner/admission/public.ts';
import { type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { TrustedInputs } from '../../skills-index/trust/decision/decision.ts';
import type { CommandContext } from '../command.ts';
import { registryOf } from '../registries/registries.ts';
import { openAdmitted } from '../run/admission.ts';
import { changedFiles, folderSource, readEvidenceNote, readTrusted } from './evidence-folder.ts';
import { toVerified, type VerifiedVersion } from './verified-version.ts';

/**
 * A folder of exported evidence: as of when it was written, and by what is trusted here or has that
 * digest.
 * @throws Problem `evidence-invalid` when it is not as it was written, `root-not-pinned`
 */
export async function verifyFolder(
  context: CommandContext,
  folder: string,
  trust: string | undefined,
): Promise<VerifiedVersion> {
  const note = await readEvidenceNote(folder).catch((cause: unknown) =>
    throwFolderProblem(folder, cause),
  );
  const { name, version, at, files } = note;
  const { root, policy, sigstore, witnesses } = await trustedOf(context, folder, { name, trust });
  const changed = files === undefined ? [] : await changedFiles(folder, files);
  const [first] = changed;
  if (first !== undefined) {
    const more = changed.length === 1 ? '' : ` and ${changed.length - 1} more`;
    throw new Problem(
      'evidence-invalid',
      `The folder was changed after its export: ${first}${more}`,
      {
        ...(changed.length === 1 ? {} : { reasons: changed.map((message) => ({ message })) }),
        hint: 'use another copy of the folder; the registry is not at fault',
      },
    );
  }
  const source = folderSource(folder);
  const inputs = { root, policy, sigstore, ...(witnesses === undefined ? {} : { witnesses }) };
  try {
    const judged = await admission.admit({
      ...source,
      ...inputs,
      name,
      range: version,
      now: Date.parse(at),
      past: true,
    });
    const verified = {
      ...toVerified(judged, source, name),
      ...problemOf(judged, name),
      asOf: at,
    };
    // Not only what admission looks at: every file of the skill is in the folder, and is the
    // approved one.
    if (verified.admitted !== undefined)
      await admission.readAll(await openAdmitted(source, verified.admitted));
    return verified;
  } catch (cause) {
    return throwFolderProblem(folder, cause);
  }
}

async function trustedOf(
  context: CommandContext,
  folder: string,
  { name, trust }: { readonly name: SkillName; readonly trust: string | undefined },
): Promise<TrustedInputs> {
  if (trust !== undefined) return readTrusted(folder, trust);
  try {
    return registryOf(context, scopeOf(name));
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'root-not-pinned') throw cause;
    throw new Problem(
      'root-not-pinned',
      'Cannot verify this folder: no pinned registry matches it',
      {
        hint: `skillgate verify --from ${folder} --trust sha256:…   (the digest that skillgate verify --export printed)`,
      },
    );
  }
}

// One line for each code: a file that is not what it was breaks every head of the log that is
// compared with it.
function problemOf(
  { decision }: admission.Admission,
  name: SkillName,
): { readonly problem?: Problem } {
  if (decision.kind === 'admitted') return {};
  const firsts = decision.reasons.filter(
    (one, at) => decision.reasons.findIndex(({ code }) => code === one.code) === at,
  );
  const problem = new Problem(
    'not-admitted',
    `The folder does not prove ${name}: ${firsts[0]?.message ?? 'it contains no statement'}`,
    {
      reasons: firsts.map(({ code, message }) => ({ message: `${code}: ${message}` })),
      hint: 'either the folder was changed, or it belongs to another registry: use another copy, and compare the digest',
    },
  );
  return { problem };
}

function throwFolderProblem(folder: string, cause: unknown): never {
  if (
    !(cause instanceof Problem) ||
    ['evidence-invalid', 'interrupted', 'internal'].includes(cause.code)
  )
    throw cause;
  // In its own words it would blame a registry.
  const why = cause.message
    .replaceAll(/\bthe registry\b/gi, 'the folder')
    .replaceAll('folder:', '');
  throw new Problem(
    'evidence-invalid',
    `Cannot verify ${folder}: it was changed after its export`,
    {
      reasons: [{ message: why }],
      hint: 'use another copy of the folder; the registry is not at fault',
    },
  );
}
