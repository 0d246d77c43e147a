/** The files of a bundle, as a scanner fetches them from its registry. */
import type { Bundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import { bundleFileBytesMax } from '../../skills-index/skill/limits.ts';
import type { JobsClient } from './jobs-client.ts';

/** The bundle's files, each checked against its listed digest. @throws Problem */
export async function fetchFiles(client: JobsClient, bundle: Bundle): Promise<SourceFile[]> {
  const files: SourceFile[] = [];
  for (const { path, sha256, mode } of bundle.files) {
    files.push({
      path,
      bytes: await client.blob(sha256, bundleFileBytesMax),
      mode: mode === '755' ? 0o755 : 0o644,
    });
  }
  return files;
}
