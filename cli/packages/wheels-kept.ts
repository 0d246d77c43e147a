/**
 * The wheels of a version that a lock lists: those for systems on which skills run. A lock with the
 * wheels of every system would be several times as large, and nobody could read the differences.
 */
const systems =
  /^(any|(manylinux[\w.]*|musllinux_\w+|linux)_(x86_64|aarch64)|macosx_\w+_(x86_64|arm64|universal2)|win_amd64)$/;
const pythons = /^(py3|py2|cp3(9|[1-9]\d))$/;

export function isWheelKept(name: string): boolean {
  const [python = '', abi = '', platform = ''] = name
    .replace(/\.whl$/, '')
    .split('-')
    .slice(-3);
  return (
    python
      .split('.')
      .some((one) => pythons.test(one) || (abi === 'abi3' && /^cp3\d+$/.test(one))) &&
    // Interpreters without the global lock need wheels of their own, which few packages have.
    !/^cp\d+t$/.test(abi) &&
    platform.split('.').some((one) => systems.test(one))
  );
}

/** All wheels when none is for a usual system, so that the message about the system is exact. */
export function keptWheels<File extends { readonly name: string }>(files: readonly File[]): File[] {
  const kept = files.filter(({ name }) => isWheelKept(name));
  return kept.length === 0 ? [...files] : kept;
}
