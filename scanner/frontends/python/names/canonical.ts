/**
 * One name for what Python reaches by several: modules seen through other modules, the C modules
 * beneath `os`.
 */

const modules =
  /^(?!asyncio\.|socket\.)\w+(?:\.\w+)?\._?(os|sys|subprocess|builtins|socket|shutil|ctypes|importlib)$/;

/** The name under which the tables know a qualified name. */
export function canonicalName(qual: string): string {
  const [, module] = modules.exec(qual) ?? [];
  if (module !== undefined) return module;
  return qual
    .replace(/^(posix|nt)(?=\.|$)/, 'os')
    .replace(/^(posixpath|ntpath)(?=\.|$)/, 'os.path')
    .replace(/^_io\./, 'io.');
}
