/** Opens archives, and documents that are archives in form. */

import { normalize } from 'node:path/posix';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import {
  bytesIn,
  isUstar,
  isZero,
  pathIn,
  readPax,
  readTar,
  tarField,
} from '../../skills-index/archives/tar.ts';
import {
  extraFieldsIn,
  localHeader,
  readZipDirectory,
  type ZipEntry,
  zipFlag,
  zipMethod,
} from '../../skills-index/archives/zip.ts';
import { extensionOf } from '../fact/language.ts';
import {
  type ArchiveBudget,
  type ArchiveEntry,
  type ArchiveTrouble,
  inflateWithin,
  type OpenedArchive,
  unsafeName,
} from './archive-entry.ts';
import { openPdf } from './pdf.ts';

/** Bytes behind the end of a picture that raise no finding: padding, a line end. */
export const looseBytesMax = 64;

/** Files, folders and headers with long names of one tar archive. */
const tarEntriesMax = 10_000;

const broken = (detail: string): ArchiveTrouble => ({ what: 'archive', detail });
const overRatio = (detail: string): ArchiveTrouble => ({ what: 'over-ratio', detail });

interface Opened extends OpenedArchive {
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

// Zip archives (PKWARE APPNOTE 6.3): read by the central directory, and compared with the header
// before each entry.

/**
 * Opens a zip archive. An entry that cannot be opened is a trouble; none is left out without one.
 */
function openZip(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = readDirectory(buffer);
  if (typeof directory === 'string') return { entries: [], troubles: [broken(directory)] };
  const entries: ArchiveEntry[] = [];
  const troubles: ArchiveTrouble[] = [];
  const names = new Set<string>();
  let counted = buffer.length - directory.start;
  let last = 0;
  for (const entry of directory.entries.toSorted((a, b) => a.offset - b.offset)) {
    if (!budget.takeEntry()) {
      troubles.push(overRatio('too many entries'));
      return { entries, troubles };
    }
    const name = nameOf(entry.name);
    const isLink = entry.mode >> 12 === 0o12;
    const reason =
      unsafeName(name) ?? (isLink ? 'is a link' : names.has(name) ? 'is there twice' : undefined);
    if (reason !== undefined)
      troubles.push({ what: 'unsafe-entry', detail: `"${name}" ${reason}` });
    names.add(name);
    // Programs that read a stream use the header before an entry, so it must name the same entry.
    const header = localHeader(buffer, entry.offset);
    const end = (header?.next ?? 0) + entry.compressed;
    if (!header?.name.equals(entry.name) || entry.offset < last || end > directory.start) {
      troubles.push(
        broken(`"${name}" is not where the directory says, or lies over another entry`),
      );
      continue;
    }
    if ([entry, header].some(hasOtherName)) troubles.push(broken(`"${name}" has a second name`));
    last = end;
    counted += last - entry.offset + ((entry.flags & zipFlag.descriptor) === 0 ? 0 : 24);
    const data = buffer.subarray(header.next, end);
    const read = unpackEntry(name, entry, data, budget);
    if ('what' in read) troubles.push(read);
    else if (!name.endsWith('/') || read.bytes.byteLength > 0) entries.push(read);
  }
  const loose = buffer.length - counted;
  if (loose > looseBytesMax) troubles.push(broken(`${loose} bytes belong to no entry`));
  return { entries, troubles };
}

function unpackEntry(
  name: string,
  { flags, method }: ZipEntry,
  data: Buffer,
  budget: ArchiveBudget,
): ArchiveEntry | ArchiveTrouble {
  if ((flags & zipFlag.encrypted) !== 0)
    return { what: 'encrypted-archive', detail: `"${name}" is encrypted` };
  if (method !== zipMethod.stored && method !== zipMethod.deflated)
    return broken(`"${name}" is compressed by a method that is not read`);
  const maxOutputLength = budget.allowance(data.length);
  if (maxOutputLength === 0) return overRatio(`"${name}" is more than is taken out of archives`);
  const inflated =
    method === zipMethod.stored
      ? data
      : inflateWithin(() => inflateRawSync(data, { maxOutputLength }));
  if (inflated === 'bomb') return overRatio(`"${name}" becomes more than ${maxOutputLength} bytes`);
  if (inflated === 'broken') return broken(`"${name}" cannot be decompressed`);
  budget.takeBytes(inflated.byteLength);
  return { name, bytes: inflated };
}

function readDirectory(
  buffer: Buffer,
): { readonly entries: readonly ZipEntry[]; readonly start: number } | string {
  const end = buffer.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || end + 22 > buffer.length) return 'its directory is missing';
  if (end + 22 + buffer.readUInt16LE(end + 20) !== buffer.length)
    return 'something lies behind its end';
  const count = buffer.readUInt16LE(end + 10);
  const start = buffer.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff) return 'it is a Zip64 archive';
  if (start + buffer.readUInt32LE(end + 12) !== end) return 'its directory is not where it says';
  const entries = readZipDirectory(buffer, { count, start, end });
  return typeof entries === 'string' ? entries : { entries, start };
}

// Field 0x7075 has the name in UTF-8. The other one may be of a code page of Windows, so only ASCII
// is compared.
function hasOtherName({ extra, name }: Pick<ZipEntry, 'extra' | 'name'>): boolean {
  const plain = (bytes: Buffer): string => bytes.toString('latin1').replace(/[^ -~]+/g, '?');
  return extraFieldsIn(extra).fields.some(
    ({ id, data }) => id === 0x7075 && plain(data.subarray(5)) !== plain(name),
  );
}

function nameOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

// Gzip files (RFC 1952): one inner file, named after the outer one.

/** Opens a gzip file. Further members are read as well; data that is no member is a trouble. */
function openGzip(name: string, bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const failed = (trouble: ArchiveTrouble): OpenedArchive => ({ entries: [], troubles: [trouble] });
  const maxOutputLength = budget.allowance(bytes.byteLength);
  if (maxOutputLength === 0 || !budget.takeEntry())
    return failed(overRatio('more than is taken out of archives'));
  let read = bytes.byteLength;
  const inflated = inflateWithin(() => {
    // `info` is not in the types of Node: with it, the answer has the engine beside the bytes.
    const answer: unknown = gunzipSync(bytes, { info: true, maxOutputLength });
    const { buffer, engine } = answer as { buffer: Buffer; engine: { bytesWritten: number } };
    read = engine.bytesWritten;
    return buffer;
  });
  if (inflated === 'bomb')
    return failed(overRatio(`it becomes more than ${maxOutputLength} bytes`));
  if (inflated === 'broken') return failed(broken('it cannot be decompressed'));
  budget.takeBytes(inflated.byteLength);
  const last = name.slice(name.lastIndexOf('/') + 1);
  const inner = last
    .replace(/\.(tgz)$/i, '.tar')
    .replace(/\.svgz$/i, '.svg')
    .replace(/\.gz$/i, '');
  return {
    entries: [{ name: inner === last ? `${last}.content` : inner, bytes: inflated }],
    // Some readers go on behind zeros, and others end there.
    troubles: isZero(bytes.subarray(read)) ? [] : [broken('something lies behind its end')],
  };
}

// Office Open XML and OpenDocument: the archive's parts as the text that a reader sees, and the
// parts that become active when it is opened.

/** An opened archive as a document: XML parts become text, relations become their addresses. */
function asDocument({ entries, troubles }: OpenedArchive): OpenedArchive {
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

// The text of an XML document, one line for each paragraph.

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

/** Removes tags; a tag that ends a paragraph, a row or a shared string becomes a line end. */
function xmlText(xml: string): string {
  return xml
    .replace(
      /<\/(?:w:p|a:p|text:p|text:h|si|row|w:tr|p|h\d|title|li|tr)>|<(?:w:br|w:cr|a:br|text:line-break|br)\b[^>]{0,200}>/g,
      '\n',
    )
    .replace(/<(?:w:tab|text:tab|text:s)\b[^>]{0,200}>/g, ' ')
    .replace(/<[^<>]*>/g, '')
    .replace(
      /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,6}));/g,
      (all, decimal?: string, hex?: string, name?: string) => {
        if (name !== undefined)
          return Object.hasOwn(entities, name) ? (entities[name] ?? all) : all;
        const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
        return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff)
          ? String.fromCodePoint(point)
          : all;
      },
    )
    .replace(/[ \t]+\n|\n{3,}/g, '\n')
    .trim();
}

// Tar archives: POSIX ustar, pax headers, GNU long names.

/**
 * Opens a tar archive. Links, devices and data behind the end are troubles. A hard link to a file
 * that stands before it in the archive is that file under another name.
 */
export function openTar(bytes: Uint8Array, budget: ArchiveBudget): OpenedArchive {
  const tar = readTar(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), tarEntriesMax);
  const entries: ArchiveEntry[] = [];
  const byPath = new Map<string, Uint8Array>();
  const troubles: ArchiveTrouble[] = [];
  let longName: string | undefined;
  let hasLongTarget = false;
  for (const { data, header, type } of tar.entries) {
    // Solaris writes X.
    if (/[xgXL]/.test(type)) {
      const said = type === 'L' ? { path: lossyText(data) } : readPax(data);
      if (typeof said === 'string') troubles.push(broken(said));
      else {
        if (longName !== undefined && said.path !== undefined)
          troubles.push(broken('two names for one entry'));
        longName = said.path ?? longName;
        hasLongTarget ||= 'linkpath' in said;
      }
      continue;
    }
    const prefix = lossyText(bytesIn(header, tarField.prefix));
    if (prefix !== '' && !isUstar(header))
      troubles.push(broken('a name that readers differ about'));
    // Other readers take the bytes of a link for the next entry.
    if (/[12]/.test(type) && data.length > 0) troubles.push(broken('a link with bytes'));
    const target =
      type === '1' && !hasLongTarget ? lossyText(bytesIn(header, tarField.link)) : undefined;
    const linked = target === undefined ? undefined : byPath.get(normalize(target));
    const content = linked ?? data;
    if (!budget.takeEntry() || budget.allowance(content.byteLength) < content.byteLength) {
      troubles.push(overRatio('more than is taken out of archives'));
      return { entries, troubles };
    }
    const name =
      longName ?? pathIn(header) ?? `${prefix}/${lossyText(bytesIn(header, tarField.name))}`;
    longName = undefined;
    // GNU tar writes a long target before the link, and `K` is no file.
    hasLongTarget = type === 'K';
    const isLink = /[12]/.test(type) && linked === undefined;
    const reason =
      unsafeName(name) ?? (isLink ? 'is a link' : /[3467]/.test(type) ? 'is a device' : undefined);
    if (reason !== undefined)
      troubles.push({ what: 'unsafe-entry', detail: `"${name}" ${reason}` });
    budget.takeBytes(content.byteLength);
    if (content.byteLength === 0 && type !== '0' && type !== '\0') continue;
    entries.push({ name, bytes: content });
    // Of two files with one name the later one is what the unpacked archive has.
    byPath.set(normalize(name), content);
  }
  if (tar.broken !== undefined) troubles.push(broken(tar.broken));
  else if (!isZero(tar.rest)) troubles.push(broken('something lies behind its end'));
  return { entries, troubles };
}

function lossyText(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}
