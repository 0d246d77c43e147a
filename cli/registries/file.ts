/**
 * Files that a user can trust: a root file, the `trusted.json` of `skillgate verify --export`, or a
 * TUF root.
 */
import { fetchFile, type Source } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { tufDocumentBytesMax } from '../../skills-index/trust/root/limits.ts';
import { parseRoot, type RootFile } from '../../skills-index/trust/root/root.ts';
import type { CommandContext } from '../command.ts';
import { rootFileBytesMax } from '../limits.ts';
import { requireRootSize } from './registries.ts';

/**
 * The root file that a file leads to. A TUF root names administrators, and the registry supplies
 * the newest files that they signed. A person compares the fingerprint in any case.
 * @throws Problem `root-invalid` for other files, `tuf-invalid`, `registry-down`
 */
export async function rootIn(
  context: CommandContext,
  base: string,
  bytes: Uint8Array,
): Promise<RootFile> {
  if (bytes.byteLength > tufDocumentBytesMax) return parseRoot(requireRootSize(bytes));
  const { value } = parseJson(bytes, 'the file');
  const { schema, root, signed } = fieldsOf(value);
  if (schema === 'skillgate.root/1') return parseRoot(requireRootSize(bytes));
  if (schema === 'skillgate.trusted/1') return parseRoot(JSON.stringify(root ?? null));
  if (fieldsOf(signed)._type === 'root') return rootBehind(context, base, bytes);
  throw new Problem('root-invalid', `Cannot trust this file: it contains ${nameOf(value)}`, {
    hint: 'name root.json of the registry, trusted.json of skillgate verify --export, or a TUF root (1.root.json)',
  });
}

async function rootBehind(
  context: CommandContext,
  base: string,
  start: Uint8Array,
): Promise<RootFile> {
  const source: Source = {
    fetch: context.send ?? context.fetch,
    store: memoryStore(),
    base,
    signal: context.signal,
  };
  // Only the origin comes from the registry's answer; the pinned file is the one that
  // administrators signed.
  const told = await fetchFile(source, '/index/root.json', rootFileBytesMax);
  if (told === undefined)
    throw new Problem('registry-answer-invalid', `${base} serves no root file`);
  const { updateTrust } = await import('./updater.ts');
  const now = context.now().getTime();
  const { files } = await updateTrust({ source, pinned: parseRoot(told), start, now });
  return parseRoot(files['root.json']);
}

function nameOf(value: unknown): string {
  const { schema, mediaType, signed } = fieldsOf(value);
  const type = fieldsOf(signed)._type;
  if (type !== undefined) return `TUF metadata of the role ${JSON.stringify(type)}`;
  if (typeof mediaType === 'string' && mediaType.includes('trustedroot'))
    return 'a Sigstore trusted root, which administrators sign into theirs (skillgate registry rotate propose --trusted-root)';
  return schema === undefined ? 'JSON of an unknown form' : `of the form ${JSON.stringify(schema)}`;
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
