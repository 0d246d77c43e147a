import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';

/** The files of a packed bundle in the form that a scan reads. */
export function sourceFilesOf({
  bundle,
  contents,
}: Pick<PackedBundle, 'bundle' | 'contents'>): SourceFile[] {
  return bundle.files.map(({ path, mode }) => ({
    path,
    bytes: contents.get(path) ?? new Uint8Array(),
    mode: Number.parseInt(mode, 8),
  }));
}
