/** The imports of a file, as arrows between paths. */
import { dirname, posix } from 'node:path';
import { ts } from 'ts-morph';

export interface Arrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Every import of a file, type imports and literal dynamic ones too: a path inside the checkout or
 * the name of a package.
 */
export function arrowsOf(path: string, text: string): Arrow[] {
  const found = ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName);
  return found.map((to) => ({
    from: path,
    to: to.startsWith('.') ? posix.join(dirname(path), to) : to,
  }));
}
