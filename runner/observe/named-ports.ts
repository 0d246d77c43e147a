/** The port numbers that a submission's texts name, so that the responder can listen on them. */
import { namedPortsMax, searchedBytesMax } from './limits.ts';

export function namedPorts(files: readonly { readonly bytes: Uint8Array }[]): readonly number[] {
  const found = new Set<number>();
  let left = searchedBytesMax;
  for (const { bytes } of files) {
    if (left <= 0) break;
    const text = Buffer.from(bytes.subarray(0, left)).toString('latin1');
    left -= bytes.length;
    for (const [, digits] of text.matchAll(/[:,\s"'=(/](\d{2,5})\b/g)) {
      const port = Number(digits);
      if (port > 20 && port < 65_536 && port !== 3_128) found.add(port);
      if (found.size >= namedPortsMax) return [...found];
    }
  }
  return [...found];
}
