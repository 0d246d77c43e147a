/**
 * Builds a set: the files of all its packages in one folder, as links into the store. A set has no
 * file that runs at each start of an interpreter, and no module that replaces a part of Python.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { LockedPackage } from '../../skills-index/packages/locked-package.ts';
import type { PythonFacts } from '../../skills-index/packages/python-marker.ts';
import { foldersAbove } from '../../skills-index/skill/bundle-path.ts';
import type { Ecosystem } from '../../skills-index/skill/ecosystem.ts';
import { Problem, type Reason } from '../../skills-index/skill/problem.ts';
import {
  printEntries,
  type SetEntry,
  type SetRecord,
  setTree,
  stateOf,
  writeRecord,
} from '../packages/stored-set.ts';
import {
  closeFolders,
  intoPlace,
  readWhole,
  type StoredFile,
  type StoredPackage,
} from './store.ts';

/** One package of a set, from the store. */
export interface SetPart {
  readonly package: LockedPackage;
  readonly folder: string;
  readonly stored: StoredPackage;
  /** The folder of the package's byte code; absent for a package without byte code. */
  readonly byteCode?: string;
}

export interface SetPlan {
  /** Whether the place of the set has the set already. */
  readonly isThere: () => boolean;
  readonly data: string;
  readonly folder: string;
  readonly ecosystem: Ecosystem;
  readonly parts: readonly SetPart[];
  /** The facts and the state of the interpreter, for a set of Python. */
  readonly python?: { readonly facts: PythonFacts; readonly state: string };
}

/** A file of a set, and the stored file to which the file is a link. */
interface Placed {
  readonly from: string;
  readonly sha256: string;
  readonly owner: string;
}

/**
 * Builds a set and puts the set into its place.
 * @throws Problem `package-unsuitable` for packages that do not go together, `packages-full`
 */
export function buildSet(plan: SetPlan): SetRecord {
  const files = placeFiles(plan.parts);
  if (plan.ecosystem === 'python') requireOwnModules(files);
  if (plan.python !== undefined) requireNoTakeover(files, plan.python.facts);
  const paths = [...files.keys()].sort();
  const folders = [...new Set(paths.flatMap(foldersAbove))].sort();
  return intoPlace(plan.data, plan.folder, plan.isThere, (made) => {
    const tree = setTree(made);
    for (const folder of ['', ...folders]) fs.mkdirSync(join(tree, folder), { recursive: true });
    for (const [path, { from }] of files) link(from, join(tree, path));
    closeFolders(tree, paths);
    const entries: SetEntry[] = [
      ...['', ...folders].map((path) => ({ path })),
      ...paths.map((path) => ({ path, sha256: files.get(path)?.sha256 ?? '' })),
    ];
    fs.writeFileSync(join(made, 'files'), printEntries(entries), { mode: 0o600 });
    const record: SetRecord = {
      schema: 'skillgate.package-set/1',
      ecosystem: plan.ecosystem,
      packages: plan.parts.map(({ package: { name, version } }) => ({ name, version })),
      bytes: plan.parts.reduce((sum, { stored }) => sum + stored.bytes, 0),
      native: paths.filter((path) => /\.(so|node)(\.[\d.]+)?$/.test(path)).length,
      ...(plan.python === undefined ? {} : { python: plan.python.state }),
      state: stateOf(tree, entries) ?? '',
    };
    writeRecord(made, record);
    return record;
  });
}

// A link needs no space. Some file systems have no links between files.
function link(from: string, to: string): void {
  try {
    fs.linkSync(from, to);
  } catch (cause) {
    if (
      !['EXDEV', 'EMLINK', 'EPERM', 'ENOTSUP'].includes((cause as NodeJS.ErrnoException).code ?? '')
    )
      throw cause;
    fs.copyFileSync(from, to);
    fs.chmodSync(to, fs.statSync(from).mode & 0o555);
  }
}

function placeFiles(parts: readonly SetPart[]): Map<string, Placed> {
  const files = new Map<string, Placed>();
  const reasons: Reason[] = [];
  for (const part of parts) {
    const owner = `${part.package.name} ${part.package.version}`;
    for (const { file, path, root } of filesOf(part)) {
      const before = files.get(path);
      // Packages of one namespace often have the same empty file.
      if (before === undefined)
        files.set(path, { from: join(root, file.path), sha256: file.sha256, owner });
      else if (before.sha256 !== file.sha256)
        reasons.push({ message: `${before.owner} and ${owner} both have ${path}` });
    }
  }
  for (const path of files.keys())
    for (const folder of foldersAbove(path)) {
      const file = files.get(folder);
      if (file !== undefined)
        reasons.push({
          message: `${folder} is a file of ${file.owner} and a folder of ${files.get(path)?.owner}`,
        });
    }
  requireNone(reasons, 'two packages go to one place');
  return files;
}

function filesOf({ byteCode, folder, package: { ecosystem, places = [] }, stored }: SetPart) {
  const tops =
    ecosystem === 'python' ? [''] : places.map((place) => place.replace(/^node_modules\//, ''));
  const listed = (files: readonly StoredFile[], root: string) =>
    tops.flatMap((top) =>
      files.map((file) => ({ file, path: join(top, file.path), root: join(root, 'files') })),
    );
  const compiled = byteCode === undefined ? undefined : readWhole(byteCode);
  return [
    ...listed(stored.files, folder),
    ...(byteCode === undefined || compiled === undefined ? [] : listed(compiled.files, byteCode)),
  ];
}

// Python looks into the folders of PYTHONPATH before its own library, and imports two modules by
// their names at each start.
function requireNoTakeover(files: ReadonlyMap<string, Placed>, { modules }: PythonFacts): void {
  const library = new Set(modules);
  const reasons = [...files].flatMap(([path, { owner }]): Reason[] => {
    const [top = '', inner, ...deeper] = path.split('/');
    if (inner !== undefined && (deeper.length > 0 || !inner.startsWith('__init__.'))) return [];
    const name = top.split('.')[0] ?? '';
    if (/^(site|user)customize$/.test(name))
      return [{ message: `${owner} has ${path}, which would run at each start of Python` }];
    const isModule = inner !== undefined || /\.(py|pyc|so)$/.test(top);
    return isModule && library.has(name)
      ? [
          {
            message: `${owner} has ${path}, which would replace the module ${name} of Python itself`,
          },
        ]
      : [];
  });
  requireNone(reasons, 'a package would take over Python');
}

// Python takes `one/__init__.py` before `one.so`, and `one.so` before `one.py`. So a package could
// replace a module of another package, and no path would be there twice.
function requireOwnModules(files: ReadonlyMap<string, Placed>): void {
  const modules = new Map<string, { readonly path: string; readonly owner: string }>();
  const reasons = [...files].flatMap(([path, { owner }]): Reason[] => {
    const [whole] = moduleSuffix.exec(path) ?? [];
    if (whole === undefined) return [];
    const name = path.slice(0, -whole.length);
    const before = modules.get(name);
    modules.set(name, before ?? { path, owner });
    if (before === undefined || before.owner === owner) return [];
    const module = name.replaceAll('/', '.');
    return [
      {
        message: `${before.owner} has ${before.path}, and ${owner} has ${path}: both are the module ${module}`,
      },
    ];
  });
  requireNone([...reasons, ...hiddenFolders(files)], 'two packages have one module');
}

// Python takes `one.py` before a folder `one` without `__init__.py`.
function hiddenFolders(files: ReadonlyMap<string, Placed>): Reason[] {
  const folders = new Map<string, string>();
  for (const [path, { owner }] of files)
    if (moduleSuffix.test(path))
      for (const folder of foldersAbove(path)) folders.set(folder, owner);
  return [...files].flatMap(([path, { owner }]): Reason[] => {
    const [whole = ''] = moduleSuffix.exec(path) ?? [];
    const name = path.slice(0, -whole.length);
    const other = folders.get(name);
    if (whole === '' || whole.startsWith('/') || other === undefined || other === owner) return [];
    return [{ message: `${owner} has ${path}, and ${other} has the modules of ${name}/` }];
  });
}

const moduleSuffix = /(?:\/__init__)?(?:\.py|(?:\.cpython-[\w-]+|\.abi3)?\.so)$/;

function requireNone(reasons: readonly Reason[], what: string): void {
  const [first] = reasons;
  if (first === undefined) return;
  const shown = reasons.slice(0, shownReasonsMax);
  throw new Problem('package-unsuitable', `Cannot use the packages: ${what}: ${first.message}`, {
    reasons: shown,
  });
}

const shownReasonsMax = 20;
