/** What the first chunk of a PNG says (PNG 1.2, 11.2.2). @throws RangeError for other bytes */
export function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const view = Buffer.from(bytes);
  if (view.subarray(0, 16).toString('latin1') !== '\x89PNG\r\n\x1a\n\0\0\0\rIHDR')
    throw new RangeError('not a PNG');
  return { width: view.readUInt32BE(16), height: view.readUInt32BE(20) };
}
