/** The parts of a wheel's file name that say to which package the wheel belongs. */
import { isPackageName, normalPackageName } from '../skill/ecosystem.ts';

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

/** Whether two texts are one version (PEP 440), such as `1.0` and `1.00`, `2.0-rc1` and `2rc1`. */
export function isSameVersion(a: string, b: string): boolean {
  return normalVersion(a) === normalVersion(b);
}

const spellings: Readonly<Record<string, string>> = {
  alpha: 'a',
  beta: 'b',
  c: 'rc',
  pre: 'rc',
  preview: 'rc',
  r: 'post',
  rev: 'post',
};

// Letters and digits alone: file names and indexes write the signs between them differently.
function normalVersion(version: string): string {
  const [release = '', ...local] = version.toLowerCase().replace(/^v/, '').split('+');
  const whole = release
    .replace(/^0*!/, '')
    // `1.0a` is `1.0a0`, and `1.0-2` is `1.0.post2`.
    .replace(/[a-z]+(?![-_.]?[a-z\d])/g, '$&0')
    .replace(/(?<=\d)-(\d+)$/, 'post$1');
  const parts = (whole.match(/[a-z]+|\d+|!/g) ?? []).map((part) =>
    /^\d/.test(part) ? part.replace(/^0+(?=\d)/, '') : (spellings[part] ?? part),
  );
  const numbers = parts.findIndex((part) => /^[a-z]/.test(part));
  const end = numbers < 0 ? parts.length : numbers;
  let last = end;
  while (last > 1 && parts[last - 1] === '0') last--;
  const rest = local
    .join('+')
    .replace(/[-_.]/g, '.')
    .replace(/\b0+(?=\d+\b)/g, '');
  return `${[...parts.slice(0, last), ...parts.slice(end)].join('.')}+${rest}`;
}
