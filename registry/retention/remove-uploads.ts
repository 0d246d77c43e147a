/** Removes uploads that nobody adopted in time, and those that were adopted or discarded. */
import { lte } from 'drizzle-orm';
import type { Registry } from '../context.ts';
import { isAmong } from '../store/batch.ts';
import { audit } from '../store/schema.ts';
import { uploadsRemovedAtOnce } from '../uploads/limits.ts';
import { uploadFiles, uploads } from '../uploads/uploads-schema.ts';
import { receivedName } from '../uploads/waiting-uploads.ts';

/** One slice. The bytes go before their row. @returns whether there was something to remove */
export async function removeUploads(registry: Registry): Promise<boolean> {
  const { db, objects } = registry;
  const now = registry.now().getTime();
  const due = await db.read
    .select()
    .from(uploads)
    .where(lte(uploads.expiresAt, now))
    .limit(uploadsRemovedAtOnce);
  const files = await db.read
    .select({ id: uploadFiles.id })
    .from(uploadFiles)
    .where(lte(uploadFiles.expiresAt, now))
    .limit(uploadsRemovedAtOnce);
  if (due.length + files.length === 0) return false;
  await objects.remove([...due, ...files].map(({ id }) => receivedName(id)));
  const expired = due.filter(({ expiresAt }) => expiresAt > 0);
  await db.batch([
    (write) => write.delete(uploads).where(isAmong(uploads.id, idsOf(due))),
    (write) => write.delete(uploadFiles).where(isAmong(uploadFiles.id, idsOf(files))),
    ...expired.map(
      ({ bundle, name, version }) =>
        (write: typeof db.read) =>
          write.insert(audit).values({
            at: now,
            kind: 'upload',
            by: 'registry',
            why: `expired ${name}@${version}, ${bundle}: nobody adopted the upload`,
          }),
    ),
  ]);
  return true;
}

function idsOf(rows: readonly { readonly id: string }[]): string[] {
  return rows.map(({ id }) => id);
}
