/** Sends a signed version to the registry. */

import { randomBytes } from 'node:crypto';
import { tarFilesOf, writeTar } from '../../skills-index/skill/authoring/write-tar.ts';
import type { PackedBundle } from '../../skills-index/skill/bundle.ts';
import type { Manifest } from '../../skills-index/skill/manifest.ts';
import type { Envelope } from '../../skills-index/statement/signature-formats/envelope.ts';
import type { PlainBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import {
  provenanceStatement,
  publishStatement,
} from '../../skills-index/statement/version-statement.ts';
import { ownName } from '../own-version.ts';
import { publishedAnswer } from '../registries/registry-answers.ts';
import { askRegistry, type RegistryWorld, type TypedBytes } from '../registries/registry-api.ts';
import { type AnySigner, isKeyed, signAs } from '../signing/someone.ts';
import { type Safe, safe } from '../terminal/output.ts';

const uploadSecondsMax = 120;

export interface Upload {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
  /** Whether the manifest came from the scan; it is then only in the statement. */
  readonly inferred?: boolean;
  readonly provenance?: Readonly<Record<string, unknown>>;
}

interface UploadedVersion {
  readonly name: string;
  readonly version: string;
  readonly bundle: string;
  readonly status: string;
  readonly statements: readonly { readonly digest: string; readonly predicateType: string }[];
}

/**
 * Signs publish/v1 (and provenance) and uploads. One certificate signs both, but no second
 * publication.
 * @throws Problem of the registry's intake
 */
export async function publishVersion(
  world: RegistryWorld,
  signer: AnySigner,
  upload: Upload,
): Promise<UploadedVersion> {
  const { packed, manifest, inferred, provenance } = upload;
  const { name, version } = manifest;
  const about = { name, version, bundle: packed.digest, files: packed.bundle.files };
  const predicate = {
    manifest,
    tool: ownName(),
    ...(inferred === true ? { inferred } : {}),
  } as const;
  const form = [jsonPart('publish', await signAs(signer, publishStatement(about, predicate)))];
  if (provenance !== undefined) {
    const statement = provenanceStatement(about, provenance);
    form.push(jsonPart('provenance', await signAs(signer, statement)));
  }
  const bundle = {
    name: 'bundle',
    file: 'bundle.tar',
    type: 'application/x-tar',
    content: writeTar(tarFilesOf(packed)),
  };
  return askRegistry(world, '/api/v1/versions', publishedAnswer, {
    body: multipartOf([...form, bundle]),
    ...(isKeyed(signer) ? { signedBy: signer.keyId } : {}),
    seconds: uploadSecondsMax,
  });
}

function jsonPart(name: string, signed: Envelope | PlainBundle): FormPart {
  const content = JSON.stringify(signed);
  return { name, file: `${name}.json`, type: 'application/json', content };
}

/** What a publication did, and where the author sees the next step. */
export function uploadedText(done: {
  readonly name: string;
  readonly version: string;
  readonly status: string;
}): Safe {
  const { name, version, status } = done;
  const now = status === 'received' ? 'the version waits for its scan' : `the version is ${status}`;
  return safe`${name}@${version} is signed and uploaded; ${now}\n→ see what happens next: skillgate status ${name}@${version}`;
}

// A form as the bytes of a request (multipart/form-data, RFC 7578). `FormData` would load `fetch`,
// which takes 40 ms.

interface FormPart {
  /** Without quotes and line ends. */
  readonly name: string;
  /** The name of the file, without quotes and line ends. */
  readonly file: string;
  readonly type: string;
  readonly content: string | Uint8Array;
}

export function multipartOf(parts: readonly FormPart[]): TypedBytes {
  // No content has the boundary, because nobody could know it.
  const boundary = `skillgate-${randomBytes(16).toString('hex')}`;
  const bytes = parts.flatMap(({ name, file, type, content }) => [
    `--${boundary}\r\n`,
    `content-disposition: form-data; name="${name}"; filename="${file}"\r\n`,
    `content-type: ${type}\r\n\r\n`,
    content,
    '\r\n',
  ]);
  return {
    type: `multipart/form-data; boundary=${boundary}`,
    bytes: Buffer.concat([...bytes, `--${boundary}--\r\n`].map((part) => Buffer.from(part))),
  };
}
