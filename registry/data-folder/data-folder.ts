/**
 * The registry's data folder: root file, private keys, database, objects, and statements to log at
 * the first start.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  type Envelope,
  parseEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { defaultPolicy, type Policy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import type { TufRepository } from '../../skills-index/trust/root/repository.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import { requireTuf, tufDocumentName } from '../index/tuf-document.ts';
import { requireRootKeys } from '../log/root-keys.ts';
import type { RegistryKeys } from '../log/signing.ts';
import { sigstoreOf } from '../people/certified.ts';

const keysForm = v.strictObject({
  schema: v.literal('skillgate.registry-keys/1'),
  log: v.string(),
  status: v.string(),
  registry: v.string(),
});

/** `DIR/root.json`. @throws Problem `file-not-found`, `root-invalid` */
export async function readRootFile(dir: string): Promise<RootFile> {
  return parseRoot(
    await readData(
      join(dir, 'root.json'),
      'Name the folder of a registry. If this is the folder, copy root.json back from a backup. Only for a new registry: skillgate registry init NEWDIR --origin HOST.',
    ),
  );
}

/**
 * `DIR/keys.json`. Only its owner may read the file, and its keys must be those of the root file.
 * @param name of the file; a rotation has another file for its new keys
 * @throws Problem `file-not-found`, `key-file-invalid`
 */
export async function readKeys(
  dir: string,
  root: RootFile,
  name = 'keys.json',
): Promise<RegistryKeys> {
  const path = join(dir, name);
  const bytes = await readData(
    path,
    'Copy the file back from where its copy is kept (mode 600). Make no new keys: clients accept only the keys that root.json names.',
  );
  const { mode } = await stat(path);
  if ((mode & 0o077) !== 0) {
    throw new Problem('key-file-invalid', `Cannot use ${path}: other users may read this file`, {
      hint: `chmod 600 ${path}`,
    });
  }
  return parseKeys(bytes, path, root);
}

/**
 * The bytes of a file such as `DIR/keys.json`; its keys must be those of the root file.
 * @param path of the file, for messages
 * @throws Problem `json-invalid`, `key-file-invalid`
 */
export async function parseKeys(
  bytes: Uint8Array,
  path: string,
  root: RootFile,
): Promise<RegistryKeys> {
  const parsed = v.safeParse(keysForm, parseJson(bytes, path).value);
  if (!parsed.success)
    throw new Problem(
      'key-file-invalid',
      `Cannot use ${path}: its schema is not skillgate.registry-keys/1`,
      {
        hint: 'Name keys.json, the file with the keys of the registry itself. The key of an administrator or member is another file, and a new key cannot replace the keys of the registry.',
      },
    );
  return requireRootKeys(root, parsed.output).catch((cause: unknown) => {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem(cause.code, `Cannot use ${path}: ${cause.message}`, {
      cause,
      hint: cause.hint,
    });
  });
}

/**
 * `DIR/policy.json`, or the default policy when there is no such file.
 * @throws Problem `json-invalid` with every reason: no other policy may replace one that cannot be
 * read
 */
export async function readPolicy(dir: string): Promise<Policy> {
  const path = join(dir, 'policy.json');
  const bytes = await readIfThere(path);
  return bytes === undefined ? defaultPolicy : parsePolicy(bytes);
}

/**
 * Envelopes of `DIR/enrol/*.json` in the order of their file names. Sending an envelope again
 * changes nothing.
 */
export async function readEnrolments(dir: string): Promise<Envelope[]> {
  const folder = join(dir, 'enrol');
  const names = await readdir(folder).catch(() => []);
  const envelopes: Envelope[] = [];
  for (const name of names.filter((name) => name.endsWith('.json')).sort()) {
    const path = join(folder, name);
    envelopes.push(parseEnvelope(parseJson(await readData(path), path).value));
  }
  return envelopes;
}

/**
 * `DIR/tuf.json`; undefined before administrators have signed one. @throws Problem `tuf-invalid`
 */
export async function readTuf(
  dir: string,
  about: { root: RootFile; policy: Policy },
): Promise<TufRepository | undefined> {
  const path = join(dir, tufDocumentName);
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return undefined;
  });
  return bytes === undefined ? undefined : requireTuf(bytes, about);
}

/**
 * `DIR/trusted_root.json`, which verifies certificates until a TUF repository delivers another.
 * @throws Problem `json-invalid`, `trusted-root-invalid`
 */
export async function readSigstore(dir: string, tuf: TufRepository | undefined): Promise<unknown> {
  return sigstoreOf(tuf, await readIfThere(join(dir, 'trusted_root.json')));
}

/** The bytes of a file that may be missing. @throws Problem `file-not-found` */
export async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Problem('file-not-found', `Cannot read ${path}: ${cause.code}`, { cause });
  });
}

/** @throws Problem `file-not-found` */
export async function readData(path: string, hint?: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new Problem('file-not-found', `Cannot read ${path}`, { cause, hint });
  }
}
