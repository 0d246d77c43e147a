/**
 * Makes the root folder of a container for one run: the run's files, links to libraries, and mount
 * points for all binds.
 */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { accounts } from '../sandbox/accounts.ts';
import { companionOf, packageFoldersOf } from '../sandbox/companions.ts';
import { baseTarget, type SandboxFile, type SandboxStart } from '../sandbox/sandbox.ts';
import type { OciBind } from './oci-spec.ts';

/** Folders of the host that every interpreter needs. Links are recreated, folders are bound. */
const libraries = ['/usr/lib', '/usr/lib64', '/usr/share/zoneinfo', '/lib', '/lib64'];

// Temporary folders are mounted over these paths and would hide files there.
const temporaryFolders = /^\/(?:tmp|home\/skill|dev\/shm)\//;

/**
 * Writes the root and returns the binds, in order.
 * @param linksPrograms whether the container shows the links of this root
 */
export function makeRoot(
  bundle: string,
  { base, files, folders = [], plan }: Pick<SandboxStart, 'base' | 'files' | 'folders' | 'plan'>,
  linksPrograms = true,
): OciBind[] {
  const root = `${bundle}/rootfs`;
  const binds: OciBind[] = [];
  mkdirSync(`${root}/usr/bin`, { recursive: true });
  symlinkSync('usr/bin', `${root}/bin`);
  for (const path of libraries.filter((library) => existsSync(library))) {
    if (lstatSync(path).isSymbolicLink()) symlinkSync(readlinkSync(path), `${root}${path}`);
    else binds.push(place(root, path, path, 'folder'));
  }
  binds.push(...folders.map(({ path, target }) => ({ source: path, target, writable: false })));
  if (base !== undefined) {
    binds.push(place(root, base.path, baseTarget, 'folder'));
    for (const [program, file] of base.links) {
      symlinkSync(`${baseTarget}/${file}`, `${root}/usr/bin/${program}`);
      binds.push(...besides(root, [companionOf(program, file) ?? '']));
    }
  }
  for (const { program, path } of plan.programs) {
    const beside = packageFoldersOf(program);
    if (linksPrograms && beside.some((folder) => path.startsWith(`${folder}/`)))
      symlinkSync(path, `${root}/usr/bin/${program}`);
    else binds.push(place(root, path, `/usr/bin/${program}`, 'file'));
    // All of /usr/lib is there.
    binds.push(
      ...besides(
        root,
        beside.filter((folder) => !folder.startsWith('/usr/lib/')),
      ),
    );
  }
  for (const folder of ['/proc', '/dev', '/tmp', '/home/skill', '/sys'])
    mkdirSync(`${root}${folder}`, { recursive: true });
  for (const { target } of plan.mounts) mkdirSync(`${root}${target}`, { recursive: true });
  for (const file of [...files, ...accounts(plan)]) {
    const isCovered = temporaryFolders.test(file.path);
    write(isCovered ? `${bundle}/covered` : root, file);
    if (isCovered)
      binds.push({ source: `${bundle}/covered${file.path}`, target: file.path, writable: false });
  }
  return binds;
}

function write(root: string, { path, mode, bytes }: SandboxFile): void {
  const at = `${root}${path}`;
  mkdirSync(dirname(at), { recursive: true });
  writeFileSync(at, bytes, { flag: 'wx' });
  chmodSync(at, Number.parseInt(mode, 8));
}

function besides(root: string, paths: readonly string[]): OciBind[] {
  const found = paths.filter((path) => existsSync(path));
  return found.map((path) =>
    place(root, path, path, statSync(path).isDirectory() ? 'folder' : 'file'),
  );
}

function place(root: string, source: string, target: string, kind: 'folder' | 'file'): OciBind {
  const at = `${root}${target}`;
  mkdirSync(kind === 'folder' ? at : dirname(at), { recursive: true });
  if (kind === 'file') writeFileSync(at, '');
  return { source, target, writable: false };
}
