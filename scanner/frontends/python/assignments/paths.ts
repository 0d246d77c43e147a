/**
 * Paths in Python, folded: pathlib, os.path, the home folder, temporary folders, the skill's own
 * folder.
 */
import { posix } from 'node:path';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { PyCall } from '../effects/call.ts';
import { temporaryFile } from '../effects/connections.ts';
import type { PyValue } from '../program.ts';
import { anyText, join, nodesOf, unknownPy } from './alternatives.ts';

/** The value of a call that computes a path; undefined for other calls. */
export function foldPath(call: PyCall, qual: string): PyValue | undefined {
  const { args, object } = call;
  const [first] = args;
  const same = (value: PyValue | undefined): PyValue => ({
    ...unknownPy,
    texts: value?.texts ?? [],
    otherTexts: value?.otherTexts ?? [],
    nodes: value?.nodes ?? [],
    folded: value?.folded ?? false,
  });
  const pathOf = (value: PyValue): PyValue => ({
    ...value,
    qual: 'pathlib.Path()',
    items: undefined,
  });
  switch (qual) {
    case 'pathlib.Path':
    case 'pathlib.PurePath':
    case 'pathlib.PosixPath':
      return pathOf(joined(args));
    case 'pathlib.Path.home':
      return pathOf({ ...unknownPy, texts: ['~'] });
    case 'pathlib.Path.cwd':
      return pathOf({ ...unknownPy, texts: ['.'] });
    case 'pathlib.Path().joinpath':
      return pathOf(joined([object, ...args]));
    case 'pathlib.Path().expanduser':
    case 'pathlib.Path().resolve':
    case 'pathlib.Path().absolute':
      return object;
    case 'pathlib.Path().with_name':
      return pathOf({ ...joined([folderOf(object), first ?? anyText]), nodes: object.nodes });
    case 'pathlib.Path().with_suffix': {
      const [bare] = withoutExtension(object);
      return pathOf({ ...join([bare ?? anyText, first ?? anyText]), nodes: object.nodes });
    }
    case 'os.path.join':
      return joined(args);
    case 'os.path.expanduser':
    case 'os.path.abspath':
    case 'os.path.realpath':
    case 'os.path.normpath':
    case 'os.fspath':
    // The path of a program stands for the program.
    case 'shutil.which':
      return same(first);
    case 'os.path.expandvars':
      return {
        ...same(first),
        texts: first?.texts.map((text) => text.replace(/^\$\{?HOME\}?/, '~')) ?? [],
      };
    case 'os.path.dirname':
      return {
        ...same(first),
        texts: first?.texts.map((text) => posix.dirname(text)) ?? [],
        folded: true,
      };
    case 'os.path.basename':
      return {
        ...same(first),
        texts: first?.texts.map((text) => posix.basename(text)) ?? [],
        folded: true,
      };
    case 'os.path.splitext':
      return { ...same(first), texts: [], otherTexts: [], items: withoutExtension(first) };
    case 'os.getcwd':
      return { ...unknownPy, texts: ['.'] };
    case 'tempfile.gettempdir':
      return { ...unknownPy, texts: ['/tmp'] };
    case 'tempfile.mktemp':
    case 'tempfile.NamedTemporaryFile':
      return temporaryFile(call);
    case 'tempfile.mkstemp': {
      const file = temporaryFile(call);
      return {
        ...unknownPy,
        items: [
          { ...file, texts: [] },
          { ...file, file: [], targets: [] },
        ],
      };
    }
    case 'os.fdopen':
      return first;
    case 'tempfile.mkdtemp':
    case 'tempfile.TemporaryDirectory':
      return { ...unknownPy, texts: [`/tmp/${unknownPart}`] };
    default:
      return packagesPath(qual, first);
  }
}

// Where packages of Python are installed.
function packagesPath(qual: string, first: PyValue | undefined): PyValue | undefined {
  switch (qual) {
    case 'site.getsitepackages':
      return { ...unknownPy, items: [packagesFolder] };
    case 'site.getusersitepackages':
    case 'sysconfig.get_path':
    case 'distutils.sysconfig.get_python_lib':
      return isOtherFolder(first) ? undefined : packagesFolder;
    case 'sysconfig.get_paths':
      return {
        ...unknownPy,
        entries: new Map(['purelib', 'platlib'].map((name) => [name, packagesFolder])),
        otherTexts: [unknownPart],
      };
  }
  return undefined;
}

const packagesFolder: PyValue = { ...unknownPy, texts: [`${unknownPart}/site-packages`] };

// `sysconfig.get_path("scripts")`
function isOtherFolder(name: PyValue | undefined): boolean {
  const texts = name?.texts ?? [];
  return texts.length > 0 && !texts.some((text) => /^(purelib|platlib|stdlib)$/.test(text));
}

function folderOf(path: PyValue): PyValue {
  return { ...path, texts: path.texts.map((text) => posix.dirname(text)) };
}

// The path without its extension, and the extension.
function withoutExtension(path: PyValue | undefined): readonly PyValue[] {
  const part = (change: (text: string) => string): PyValue => ({
    ...unknownPy,
    texts: path?.texts.map(change) ?? [],
    otherTexts: path?.otherTexts.map(change) ?? [],
    nodes: path?.nodes ?? [],
    folded: true,
  });
  const extension = (text: string): string => posix.extname(text);
  return [part((text) => text.slice(0, text.length - extension(text).length)), part(extension)];
}

/** Parts with a slash between; an absolute one begins anew. */
export function joined(parts: readonly PyValue[]): PyValue {
  const between = { ...unknownPy, texts: [partEnd] };
  const value = join(parts.flatMap((part, index) => (index === 0 ? [part] : [between, part])));
  return {
    ...value,
    texts: value.texts.map(asPath),
    otherTexts: value.otherTexts.map(asPath),
    nodes: nodesOf(parts),
  };
}

// No path holds one.
const partEnd = '\u0001';

function asPath(text: string): string {
  const parts = text.split(partEnd);
  const absolute = parts.findLastIndex((part) => /^[/~]/.test(part));
  const path = parts
    .slice(Math.max(0, absolute))
    .reduce((before, part) => before + (/^$|\/$/.test(before) ? '' : '/') + part, '');
  return /^\w+:\/\//.test(path) ? path : path.replace(/\/{2,}/g, '/');
}
