/** Opens archives, and documents that are archives in form. */

import { extensionOf } from '../fact/language.ts';
import type { ArchiveBudget, OpenedArchive } from './archive-entry.ts';
import { openGzip } from './gzip.ts';
import { asDocument } from './office.ts';
import { openPdf } from './pdf.ts';
import { openTar } from './tar.ts';
import { openZip } from './zip.ts';

export interface Opened extends OpenedArchive {
  /** A document in an archive is usual; an archive in a document is not. */
  readonly form: 'archive' | 'document';
}

/** Opens a file of a type; undefined for unsupported types. */
export function openArchive(
  type: string,
  path: string,
  bytes: Uint8Array,
  budget: ArchiveBudget,
): Opened | undefined {
  switch (type) {
    case 'zip archive':
      return officeExtensions.has(extensionOf(path))
        ? { ...asDocument(openZip(bytes, budget)), form: 'document' }
        : { ...openZip(bytes, budget), form: 'archive' };
    case 'tar archive':
      return { ...openTar(bytes, budget), form: 'archive' };
    case 'gzip archive':
      return {
        ...openGzip(path, bytes, budget),
        form: /\.svgz$/i.test(path) ? 'document' : 'archive',
      };
    case 'PDF document':
      return { ...openPdf(bytes, budget), form: 'document' };
    default:
      return undefined;
  }
}

const officeExtensions = new Set(
  'docx docm dotx dotm xlsx xlsm xltx xltm pptx pptm potx potm ppsx odt ods odp odg ott epub npz'.split(
    ' ',
  ),
);
