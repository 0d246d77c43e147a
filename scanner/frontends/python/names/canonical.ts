/**
 * One name for what Python reaches by several: modules seen through other modules, the C modules
 * beneath `os`.
 */

const modules =
  /^(?!asyncio\.|socket\.)\w+(?:\.\w+)?\._?(os|sys|subprocess|builtins|socket|shutil|ctypes|importlib)$/;

/** The class of the skill in `class X`, or in `object X`. */
export function classIn(kind: 'class' | 'object', qual: string | undefined): string | undefined {
  return qual?.startsWith(`${kind} `) ? qual.slice(kind.length + 1) : undefined;
}

/** The name under which the tables know a qualified name. */
export function canonicalName(qual: string): string {
  const [, module] = modules.exec(qual) ?? [];
  if (module !== undefined) return module;
  return qual
    .replace(/^(posix|nt)(?=\.|$)/, 'os')
    .replace(/^(posixpath|ntpath)(?=\.|$)/, 'os.path')
    .replace(/^_io\./, 'io.');
}
