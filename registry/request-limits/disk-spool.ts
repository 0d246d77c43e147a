/**
 * Spooled uploads as files without a name: the file is removed from its folder once it is open, so
 * that nothing is left over, however the process ends.
 */
import { mkdir, open, unlink } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { partName } from '../store/disk/disk-objects.ts';
import type { Spool } from './spool.ts';

/**
 * A spool in a folder, which is created when it is missing.
 * @param requireRoom rejects when the disk takes no upload. It is asked before each chunk: uploads
 * that were under way would take the room that is reserved for statements.
 */
export function diskSpool(folder: string, requireRoom: () => Promise<void>): Spool {
  return {
    // A web stream would copy the body, and keep more of it in memory.
    arriving: ({ env }) => {
      const incoming: unknown = env?.incoming;
      return incoming instanceof IncomingMessage
        ? incoming.iterator({ destroyOnReturn: false })
        : undefined;
    },
    open: async () => {
      await mkdir(folder, { recursive: true });
      // A process that is killed between the two steps leaves a part, which the next start sweeps.
      const path = join(folder, partName());
      const file = await open(path, 'wx+', 0o600);
      await unlink(path);
      let size = 0;
      return {
        append: async (bytes) => {
          await requireRoom();
          for (let at = 0; at < bytes.byteLength; ) {
            const { bytesWritten } = await file.write(bytes, at);
            at += bytesWritten;
            size += bytesWritten;
          }
          free(bytes);
        },
        read: async () => {
          const whole = Buffer.allocUnsafeSlow(size);
          for (let at = 0; at < size; ) {
            const { bytesRead } = await file.read(whole, at, size - at, at);
            if (bytesRead === 0) throw new Error('A spooled upload lost its end');
            at += bytesRead;
          }
          return whole;
        },
        drop: () => file.close(),
      };
    },
  };
}

/**
 * Frees a chunk now. Garbage collection would free it after some 64 MiB of chunks, which hundreds
 * of uploads fill within a second.
 */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
