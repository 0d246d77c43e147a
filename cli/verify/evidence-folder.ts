/**
 * The evidence of one version in a folder that can be verified years later from its files alone. It
 * contains the files that the registry served, under their paths, and the trusted files of that
 * time, under one digest that a person keeps elsewhere.
 */

import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import type { Source } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseWitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { type ParsedJson, parseJson } from '../../skills-index/skill/text/json.ts';
import type { Version } from '../../skills-index/skill/version.ts';
import { digest, isoTime, skillName, version } from '../../skills-index/statement/field-shapes.ts';
import type { TrustedInputs } from '../../skills-index/trust/decision/decision.ts';
import { parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';

/** One file of exported evidence: the largest is an index or a status file. */
export const evidenceFileBytesMax = 32 * 1024 * 1024;

/** The subject of the folder. It is unsigned, and only tells a verifier what to look for. */
interface EvidenceNote {
  readonly schema: 'skillgate.evidence/1';
  readonly name: SkillName;
  readonly version: Version;
  /**
   * ISO 8601, UTC: time of the decision. A status file is valid for a day only, so no other time
   * works.
   */
  readonly at: string;
  /** Path → digest of each file, to name a damaged one; other evidence verifies the content. */
  readonly files?: Readonly<Record<string, Digest>>;
}

const noteShape = exactObject({
  schema: v.literal('skillgate.evidence/1'),
  name: skillName,
  version,
  at: isoTime,
  files: v.exactOptional(v.record(v.string(), digest)),
});
const trustedShape = exactObject({
  schema: v.literal('skillgate.trusted/1'),
  root: v.unknown(),
  policy: v.unknown(),
  sigstore: v.exactOptional(v.unknown()),
  witnesses: v.exactOptional(v.unknown()),
});

/** The files of a folder of evidence, by their paths in the folder. */
export interface EvidenceFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /**
   * The digest of the trusted files. A person who keeps the digest elsewhere can verify the folder
   * with it alone.
   */
  readonly trust: Digest;
}

export function evidenceFiles(evidence: {
  readonly note: Omit<EvidenceNote, 'files'>;
  readonly taken: ReadonlyMap<string, Uint8Array>;
  readonly trusted: TrustedInputs;
}): EvidenceFiles {
  const taken = [...evidence.taken].map(
    ([path, bytes]) => [path.replace(/^\//, ''), bytes] as const,
  );
  const trusted = trustedJson(evidence.trusted);
  const digests = Object.fromEntries(taken.map(([path, bytes]) => [path, digestOf(bytes)]).sort());
  const note = { ...evidence.note, files: digests };
  const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
  return {
    files: new Map([...taken, [trustedFile, json(trusted)], [noteFile, json(note)]]),
    trust: canonicalDigest(trusted),
  };
}

/** @throws Problem `evidence-invalid` */
export async function readEvidenceNote(folder: string): Promise<EvidenceNote> {
  return parseShape(
    noteShape,
    parseJson(await readIn(folder, noteFile), noteFile),
    'evidence-invalid',
    noteFile,
  );
}

/** Missing and changed files since the export, each with its problem. */
export async function changedFiles(
  folder: string,
  files: NonNullable<EvidenceNote['files']>,
): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, expected] of Object.entries(files)) {
    const bytes = await readIn(folder, path).catch((cause: unknown) => {
      if (cause instanceof Problem) return undefined;
      throw cause;
    });
    if (bytes === undefined) changed.push(`${path} is missing`);
    else if (digestOf(bytes) !== expected) changed.push(`${path} has other bytes`);
  }
  return changed;
}

/**
 * The trusted files of the time of the export. They count only for a person who already has their
 * digest.
 * @throws Problem `evidence-invalid`, `root-invalid`, `json-invalid`
 */
export async function readTrusted(folder: string, digest: string): Promise<TrustedInputs> {
  const read = parseJson(await readIn(folder, trustedFile), trustedFile);
  const found = canonicalDigest(read.value);
  if (found !== digest)
    throw new Problem(
      'evidence-invalid',
      `Cannot trust ${join(folder, trustedFile)}: its digest is ${found}, not ${digest}`,
      {
        hint: 'either the folder was changed, or the digest belongs to another export',
      },
    );
  return parseTrusted(read);
}

/** The trusted files of a decision as one JSON value, which `parseTrusted` reads. */
export function trustedJson({ root, policy, sigstore, witnesses }: TrustedInputs) {
  return {
    schema: 'skillgate.trusted/1',
    root,
    policy,
    ...(sigstore === undefined ? {} : { sigstore }),
    ...(witnesses === undefined ? {} : { witnesses }),
  };
}

/** @throws Problem `evidence-invalid`, `root-invalid`, `json-invalid` */
export function parseTrusted(read: ParsedJson): TrustedInputs {
  const { root, policy, sigstore, witnesses } = parseShape(
    trustedShape,
    read,
    'evidence-invalid',
    trustedFile,
  );
  return {
    root: parseRoot(JSON.stringify(root)),
    policy: parsePolicy(JSON.stringify(policy)),
    ...(sigstore === undefined ? {} : { sigstore }),
    ...(witnesses === undefined
      ? {}
      : { witnesses: parseWitnessPolicy(JSON.stringify(witnesses)) }),
  };
}

/** The folder as a registry; no other source is read, and no file is stored. */
export function folderSource(folder: string): Source & { readonly fetch: typeof globalThis.fetch } {
  const base = 'folder:';
  const fetch: typeof globalThis.fetch = async (input) => {
    const path = String(input).slice(base.length);
    try {
      return new Response(Buffer.from(await readIn(folder, path)));
    } catch (cause) {
      if (cause instanceof Problem && cause.code === 'not-found')
        return new Response(null, { status: 404 });
      throw cause;
    }
  };
  return { fetch, store: memoryStore(), base };
}

const trustedFile = 'trusted.json';
const noteFile = 'evidence.json';

// Callers verify all files. A path never leaves the folder: none of its parts may be a link,
// because a stranger made the folder and could make this host read its own files. Pipes are
// refused, because they would block.
async function readIn(folder: string, path: string): Promise<Uint8Array> {
  const parts = path.split('/').filter((part) => part !== '');
  if (!parts.every((part) => /^[@\w][\w.-]*$/.test(part)))
    throw new Problem('not-found', `No such file in ${folder}: ${path}`);
  const place = join(folder, ...parts);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0);
  const within = await Promise.all([realpath(dirname(place)), realpath(folder)]).catch(
    () => undefined,
  );
  const isThere = within !== undefined && within[0] === join(within[1], ...parts.slice(0, -1));
  const file = isThere ? await open(place, flags).catch(() => undefined) : undefined;
  if (file === undefined) throw new Problem('not-found', `${join(folder, path)} is not there`);
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > evidenceFileBytesMax)
      throw new Problem('not-found', `${join(folder, path)} is no file of evidence`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
