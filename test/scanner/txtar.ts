/** Text archives (the format of Go's txtar): prose, then files, each behind a line `-- name --`. */

export interface TextArchive {
  readonly comment: string;
  readonly files: ReadonlyMap<string, string>;
}

const marker = /^-- (.+) --$/;

/**
 * Reads an archive. A name may end in ` hex` (bytes as hexadecimal), ` escaped` (`\u{202e}` stands
 * for the character) or ` utf16`.
 */
export function parseTextArchive(text: string): TextArchive {
  const comment: string[] = [];
  const files = new Map<string, string[]>();
  let current = comment;
  for (const line of text.split('\n')) {
    const name = marker.exec(line)?.[1];
    if (name === undefined) current.push(line);
    else {
      current = [];
      files.set(name, current);
    }
  }
  return {
    comment: comment.join('\n').trim(),
    files: new Map([...files].map(([name, lines]) => [name, endWithLine(lines)])),
  };
}

/**
 * The bytes of one file of an archive, and its name without the ending that says how it is written.
 */
export function fileOf(
  name: string,
  content: string,
): { readonly path: string; readonly bytes: Uint8Array } {
  const [path = name, form] = name.split(' ');
  if (form === 'utf16') return { path, bytes: Buffer.from(`\ufeff${content}`, 'utf16le') };
  if (form === 'hex') return { path, bytes: Buffer.from(content.replace(/\s/g, ''), 'hex') };
  const text =
    form === 'escaped'
      ? content.replace(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) =>
          String.fromCodePoint(Number.parseInt(hex, 16)),
        )
      : content;
  return { path, bytes: Buffer.from(text) };
}

function endWithLine(lines: readonly string[]): string {
  const text = lines.join('\n').replace(/\n+$/, '');
  return text === '' ? '' : `${text}\n`;
}
