/**
 * Office Open XML and OpenDocument: the archive's parts as the text that a reader sees, and the
 * parts that become active when it is opened.
 */
import type { ArchiveEntry, ArchiveTrouble, OpenedArchive } from './archive-entry.ts';
import { xmlText } from './xml-text.ts';

/** An opened archive as a document: XML parts become text, relations become their addresses. */
export function asDocument({ entries, troubles }: OpenedArchive): OpenedArchive {
  const isOffice = entries.some(
    ({ name }) => name === '[Content_Types].xml' || name === 'content.xml',
  );
  const broken = troubles.map(
    (trouble): ArchiveTrouble =>
      trouble.what === 'archive' ? { ...trouble, what: 'document' } : trouble,
  );
  if (!isOffice) return { entries, troubles: broken };
  return {
    entries: entries.filter(({ name }) => !isPrinterSettings(name)).flatMap(partsOf),
    troubles: [...broken, ...entries.flatMap(actsOf)],
  };
}

// Settings stored by a printer driver: a spreadsheet has one file for each sheet, in the driver's
// own format.
function isPrinterSettings(name: string): boolean {
  return /^xl\/printerSettings\/printerSettings\d*\.bin$/.test(name);
}

function partsOf(entry: ArchiveEntry): ArchiveEntry[] {
  if (!/\.(xml|rels|vml)$/i.test(entry.name)) return [entry];
  const xml = new TextDecoder().decode(entry.bytes);
  const lines = /\.rels$/i.test(entry.name)
    ? externalTargets(xml).map(({ target }) => target)
    : [xmlText(xml)];
  const hidden = [...xml.matchAll(/<w:vanish\/>[\s\S]{0,2000}?<\/w:r>/g)].map(([run]) =>
    xmlText(run),
  );
  const parts = [
    {
      name: entry.name.replace(/\.(xml|rels|vml)$/i, '.$1.txt'),
      bytes: Buffer.from(lines.join('\n')),
    },
  ];
  if (hidden.join('').trim() !== '')
    parts.push({
      name: `${entry.name}.hidden.html`,
      bytes: Buffer.from(`<p style="display:none">${hidden.join(' ').replace(/[<>&]/g, ' ')}</p>`),
    });
  return parts.filter(({ bytes }) => bytes.byteLength > 0);
}

function externalTargets(xml: string): { readonly type: string; readonly target: string }[] {
  return [...xml.matchAll(/<Relationship\b([^>]{0,4000})>/g)].flatMap(([, attributes = '']) => {
    if (!/TargetMode\s*=\s*["']External["']/i.test(attributes)) return [];
    const type = /\bType\s*=\s*["'][^"']*\/(\w+)["']/.exec(attributes)?.[1] ?? '';
    return [{ type, target: /\bTarget\s*=\s*["']([^"']*)["']/.exec(attributes)?.[1] ?? '' }];
  });
}

// Parts that are fetched or run when the document is opened. A link has to be clicked.
function actsOf({ name, bytes }: ArchiveEntry): ArchiveTrouble[] {
  const act = (detail: string): ArchiveTrouble => ({
    what: 'active-content',
    detail: `${detail} (${name})`,
  });
  if (/(^|\/)vbaProject\.bin$/i.test(name) || /^Basic\/.*\.xml$/.test(name))
    return [act('a macro')];
  if (/(^|\/)(activeX|embeddings)\/[^/]+\.(bin|ole)$/i.test(name))
    return [act('an embedded object')];
  if (!/\.(xml|rels)$/i.test(name)) return [];
  const xml = new TextDecoder().decode(bytes);
  if (/\.rels$/i.test(name))
    return externalTargets(xml)
      .filter(({ type }) => !/^(hyperlink|image|video|audio|media|externalLinkPath)$/.test(type))
      .map(({ type, target }) => act(`${type} from ${target}`));
  if (/<w:instrText[^>]{0,200}>\s*DDE(AUTO)?\b/i.test(xml)) return [act('a DDE field')];
  if (/<f[ >][^<]{0,400}(\bcmd\s*\||\bWEBSERVICE\s*\(|\bEXEC\s*\()/i.test(xml))
    return [act('a formula that runs or fetches')];
  return [];
}
