/** The parts of a wheel's file name that say to which package the wheel belongs. */
import { isPackageName, normalPackageName } from '../skill/ecosystem.ts';
import { isSameVersion } from './python-marker.ts';

const wheelForm =
  /^([A-Za-z0-9][A-Za-z0-9._]*)-([A-Za-z0-9][A-Za-z0-9._+!]*)(?:-\d[A-Za-z0-9._]*)?-[A-Za-z0-9._]+-[A-Za-z0-9._]+-[A-Za-z0-9._]+\.whl$/;

/** Parses the name of a wheel's file (PEP 427): the package's name in normal form, and version. */
export function parseWheelName(
  file: string,
): { readonly name: string; readonly version: string } | undefined {
  const [, name = '', version] = wheelForm.exec(file) ?? [];
  return version === undefined || !isPackageName('python', name)
    ? undefined
    : { name: normalPackageName('python', name), version };
}

/** Whether the file name is a wheel's, and the wheel is of this package in this version. */
export function isWheelOf(name: string, version: string, file: string): boolean {
  const wheel = parseWheelName(file);
  return wheel?.name === name && isSameVersion(wheel.version, version);
}
