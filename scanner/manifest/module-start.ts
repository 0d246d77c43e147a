/**
 * Python scripts that start as modules from the skill's folder, because the text says so or because
 * their imports begin there.
 */
import { type CommandStart, isModuleName } from '../../skills-index/skill/manifest-schema.ts';
import { pythonOwnModules } from '../lookup-tables/python-own-modules.ts';

interface Script {
  readonly path: string;
  readonly text: string;
}

const imported = /^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([\w.]+))/gm;

/**
 * The module start of a script; undefined where the file itself starts. A script that imports its
 * neighbours by their bare names works only as a file, and a script that changes the path of
 * modules by itself works either way.
 */
export function moduleStartOf(
  { path, text }: Script,
  scripts: readonly Script[],
  texts: readonly string[],
): CommandStart | undefined {
  const module = path.replace(/\.py$/, '').replaceAll('/', '.');
  const [top = ''] = module.split('.');
  if (!path.endsWith('.py') || !path.includes('/')) return undefined;
  if (!isModuleName(module) || pythonOwnModules.has(top)) return undefined;
  const paths = new Set(scripts.map((script) => script.path));
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const names = [...text.matchAll(imported)].map(([, from, whole]) => from ?? whole ?? '');
  const isThere = (place: string, name: string): boolean => {
    const file = `${place}${name.replaceAll('.', '/')}`;
    return paths.has(`${file}.py`) || paths.has(`${file}/__init__.py`);
  };
  const ownNames = names.filter((name) => !name.startsWith('.'));
  if (ownNames.some((name) => isThere(folder, name))) return undefined;
  const isFromRoot = ownNames.some(
    (name) => name === top || (name.startsWith(`${top}.`) && isThere('', name)),
  );
  const isWanted =
    texts.some((one) => isToldAsModule(one, path)) ||
    names.some((name) => name.startsWith('.')) ||
    (isFromRoot && !text.includes('sys.path'));
  return isWanted ? { module } : undefined;
}

const lineCharsMax = 160;

// The words before the path on its line: an interpreter with options, or nothing but a place.
const started =
  /(^|[\s`$(&|;>"'])((python[\d.]*|node|bash|sh|zsh|tsx|bun|ruby|perl|pwsh|deno run|uv run|npx tsx)(\s+-{1,2}[\w-]+)*\s+["']?([^\s"'`]*\/)?|\.\/)$/;

/**
 * Whether a text tells the reader to start a file: by the file's path behind an interpreter, as a
 * program, or as a module.
 */
export function isToldToRun(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
    if (started.test(line.slice(-lineCharsMax))) return true;
  }
  return isToldAsModule(text, path);
}

/** Whether a text tells the reader to start a file as a Python module: `python -m scripts.pack`. */
function isToldAsModule(text: string, path: string): boolean {
  const module = `-m ${path.slice(0, -3).replaceAll('/', '.')}`;
  return (
    path.endsWith('.py') &&
    text
      .split(module)
      .slice(1)
      .some((rest) => !/^[\w.]/.test(rest))
  );
}
