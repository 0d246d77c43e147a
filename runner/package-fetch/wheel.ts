/**
 * Unpacks a wheel (PyPA, binary distribution format): the files that belong into the folder of
 * modules, each compared with the wheel's own RECORD.
 */
import { createHash } from 'node:crypto';
import { metadataLines, metadataValues } from '../../skills-index/packages/wheel-needs.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { type ArchiveFile, requireSafePaths, unsafeArchive } from '../archives/tgz.ts';
import { readZip } from '../archives/zip.ts';

/** Bytes of a wheel’s METADATA or of a package.json. The longest have a README of some 300 kB. */
export const metadataBytesMax = 4 * 1024 * 1024;

/** Files that a message about one package names. */
const namedFilesMax = 5;

/** Bytes of a wheel’s RECORD, which has a line for each file. */
const recordBytesMax = 16 * 1024 * 1024;

export interface UnpackedPackage {
  readonly files: readonly ArchiveFile[];
  /** The files that Skillgate never uses: byte code, scripts for PATH, path files. */
  readonly unused: readonly ArchiveFile[];
  /** Names of path files and install scripts: other installers would run them. */
  readonly hooks: readonly string[];
  /** What was left out of the package, for people. */
  readonly notes: readonly string[];
}

/**
 * @param archive the wheel's file name, such as `six-1.17.0-py2.py3-none-any.whl`
 * @throws Problem `package-unsafe`
 */
export function unpackWheel(archive: string, bytes: Buffer): UnpackedPackage {
  const all = readZip(archive, bytes);
  requireSafePaths(archive, all);
  const [name = '', version = ''] = archive.split('-');
  const info = infoFolderOf(archive, all, name, version);
  const record = readRecord(archive, all, info);
  const own = new Set(['RECORD', 'RECORD.jws', 'RECORD.p7s'].map((file) => `${info}/${file}`));
  const checked = all.map((file) =>
    own.has(file.path) ? file : checkedFile(archive, file, record.get(file.path)),
  );
  const present = new Set(all.map(({ path }) => path));
  const lost = [...record.keys()].find((path) => !present.has(path) && !own.has(path));
  if (lost !== undefined)
    throw unsafeArchive(archive, `RECORD lists ${JSON.stringify(lost)}, which it does not have`);
  requireNameOf(archive, checked, info, { name, version });
  return placed(archive, checked, info.replace(/\.dist-info$/, '.data'));
}

function infoFolderOf(
  archive: string,
  files: readonly ArchiveFile[],
  name: string,
  version: string,
): string {
  const found = new Set(files.flatMap(({ path }) => /^([^/]+\.dist-info)\//.exec(path)?.[1] ?? []));
  const [info = '', ...others] = found;
  const [, infoName = '', infoVersion = ''] = /^(.+)-([^-]+)\.dist-info$/.exec(info) ?? [];
  if (
    others.length > 0 ||
    normalPackageName('python', infoName) !== normalPackageName('python', name)
  )
    throw unsafeArchive(archive, 'it has not exactly one .dist-info folder with its own name');
  if (infoVersion !== version)
    throw unsafeArchive(archive, `its .dist-info folder is of version ${infoVersion}`);
  return info;
}

// The text is split into lines, and the archive says in few bytes how long it is.
function readText(
  archive: string,
  files: readonly ArchiveFile[],
  path: string,
  bytesMax = metadataBytesMax,
): string {
  const file = files.find((one) => one.path === path);
  if (file === undefined) throw unsafeArchive(archive, `it has no ${path}`);
  if (file.size > bytesMax)
    throw unsafeArchive(archive, `${path} has ${file.size} bytes; at most ${bytesMax}`);
  return file.read().toString('utf8');
}

// The hash of each file that RECORD lists; undefined where RECORD gives none.
function readRecord(
  archive: string,
  files: readonly ArchiveFile[],
  info: string,
): Map<string, string | undefined> {
  const record = new Map<string, string | undefined>();
  for (const line of readText(archive, files, `${info}/RECORD`, recordBytesMax).split(/\r?\n/)) {
    if (line === '') continue;
    const [, quoted, bare, hash = ''] =
      /^(?:"((?:[^"]|"")*)"|([^",]*)),([^,]*),\d*$/.exec(line) ?? [];
    const path = quoted?.replaceAll('""', '"') ?? bare ?? '';
    if (path === '' || record.has(path))
      throw unsafeArchive(archive, `RECORD has a line that is broken or there twice: ${line}`);
    record.set(path, hash === '' ? undefined : hash);
  }
  return record;
}

function checkedFile(archive: string, file: ArchiveFile, hash: string | undefined): ArchiveFile {
  // Byte code has no hash in RECORD, and is not unpacked.
  if (isByteCode(file.path)) return file;
  const [, algorithm = '', digest = ''] =
    /^(sha256|sha384|sha512)=([\w-]+)=*$/.exec(hash ?? '') ?? [];
  if (digest === '')
    throw unsafeArchive(archive, `RECORD has no SHA-2 hash of ${JSON.stringify(file.path)}`);
  const read = (): Buffer => {
    const bytes = file.read();
    if (createHash(algorithm).update(bytes).digest('base64url') !== digest)
      throw unsafeArchive(archive, `${JSON.stringify(file.path)} differs from RECORD`);
    return bytes;
  };
  return { ...file, read };
}

function requireNameOf(
  archive: string,
  files: readonly ArchiveFile[],
  info: string,
  { name, version }: { readonly name: string; readonly version: string },
): void {
  if (!/^Wheel-Version: 1\.\d+\r?$/m.test(readText(archive, files, `${info}/WHEEL`)))
    throw unsafeArchive(archive, 'its WHEEL file is not of version 1');
  const lines = metadataLines(readText(archive, files, `${info}/METADATA`));
  const [ownName = ''] = metadataValues(lines, 'Name');
  const [ownVersion = ''] = metadataValues(lines, 'Version');
  if (
    normalPackageName('python', ownName) !== normalPackageName('python', name) ||
    ownVersion.replace(/[^A-Za-z0-9.+!]/g, '_') !== version
  )
    throw unsafeArchive(archive, `its METADATA is of ${ownName} ${ownVersion}`);
}

function placed(archive: string, files: readonly ArchiveFile[], data: string): UnpackedPackage {
  const kept: ArchiveFile[] = [];
  const unused: ArchiveFile[] = [];
  const left = new Map<string, string[]>();
  const leave = (what: string, file: ArchiveFile): void => {
    unused.push(file);
    const paths = left.get(what);
    if (paths === undefined) left.set(what, [file.path]);
    else paths.push(file.path);
  };
  for (const file of files) {
    const [, scheme, rest = ''] = file.path.startsWith(`${data}/`)
      ? (/^[^/]+\/([^/]+)\/(.+)$/.exec(file.path) ?? [])
      : [];
    const path = scheme === undefined ? file.path : rest;
    if (isByteCode(file.path)) leave('byte code', file);
    else if (scheme !== undefined && !/^(pure|plat)lib$/.test(scheme))
      leave(leftSchemes[scheme] ?? 'files for other folders', file);
    else if (/^[^/]+\.pth$/i.test(path)) leave(pathFiles, file);
    else kept.push({ ...file, path });
  }
  requireSafePaths(archive, kept);
  requireOwnInfo(archive, kept, data.replace(/\.data$/, ''));
  const notes = [...left].map(([what, paths]) => {
    const more = paths.length - namedFilesMax;
    return `${archive}: left out ${what}: ${paths.slice(0, namedFilesMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  });
  return { files: kept, unused, hooks: left.get(pathFiles) ?? [], notes };
}

const pathFiles = 'path files, which would run code at each start';

// Python reads the version and the plug-ins of each package from such a folder or file.
function requireOwnInfo(archive: string, files: readonly ArchiveFile[], own: string): void {
  const [ownName = ''] = own.split('-');
  for (const { path } of files) {
    const [, name = '', kind] = /^([^/-]*)[^/]*\.(dist|egg)-info(?:\/|$)/i.exec(path) ?? [];
    const isOwn =
      kind === undefined ||
      path.startsWith(`${own}.dist-info/`) ||
      (kind === 'egg' &&
        normalPackageName('python', name) === normalPackageName('python', ownName));
    if (!isOwn)
      throw unsafeArchive(archive, `${JSON.stringify(path)} says what another package is`);
  }
}

const leftSchemes: Readonly<Record<string, string>> = {
  scripts: 'scripts for PATH',
  headers: 'header files',
  data: 'files for folders of the system',
};

function isByteCode(path: string): boolean {
  return /\.py[co]$/i.test(path) || path.split('/').includes('__pycache__');
}
