/** Reads an untrusted request or response body into memory, up to a limit. */

/**
 * Reads a body to the body's end. An absent body counts as no bytes.
 * @returns undefined for a body of more than `bytesMax` bytes; the rest of the body stays unread
 */
export async function readBoundedBody(
  body: AsyncIterable<Uint8Array> | null | undefined,
  bytesMax: number,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
