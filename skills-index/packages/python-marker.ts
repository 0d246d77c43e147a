/** Environment markers of Python packages (PEP 508), such as `python_version < "3.9"`. */
import { Problem } from '../skill/problem.ts';

const markerCharsMax = 4_000;
const depthMax = 50;

/**
 * Whether a marker holds on a host. Extras and dependency groups are chosen when a lock is made, so
 * they count as chosen by nobody here.
 * @param extra the extra of a package whose dependencies are asked for
 * @throws Problem `package-unsuitable` for a marker that cannot be read
 */
export function isMarked(marker: string, host: HostPlatform, extra = ''): boolean {
  const fail = (): never => {
    throw new Problem('package-unsuitable', `Cannot read the marker ${JSON.stringify(marker)}`);
  };
  if (marker.length > markerCharsMax) fail();
  const words = marker.match(/"[^"]*"|'[^']*'|[()]|[<>=!~]+|[A-Za-z_.]+|\S/g) ?? [];
  const reader: Reader = { words, at: 0, environment: { ...environmentOf(host), extra }, fail };
  const result = readOr(reader, 0);
  return reader.at === words.length ? result : fail();
}

interface Reader {
  readonly words: readonly string[];
  at: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly fail: () => never;
}

function readOr(reader: Reader, depth: number): boolean {
  let result = readAnd(reader, depth);
  while (reader.words[reader.at] === 'or') {
    reader.at++;
    result = readAnd(reader, depth) || result;
  }
  return result;
}

function readAnd(reader: Reader, depth: number): boolean {
  let result = readOne(reader, depth);
  while (reader.words[reader.at] === 'and') {
    reader.at++;
    result = readOne(reader, depth) && result;
  }
  return result;
}

function readOne(reader: Reader, depth: number): boolean {
  const next = (): string => reader.words[reader.at++] ?? reader.fail();
  if (depth > depthMax) return reader.fail();
  if (reader.words[reader.at] === '(') {
    reader.at++;
    const inner = readOr(reader, depth + 1);
    return next() === ')' ? inner : reader.fail();
  }
  const left = wordValue(next(), reader);
  const first = next();
  const operator = first === 'not' && reader.words[reader.at] === 'in' ? `not ${next()}` : first;
  const right = wordValue(next(), reader);
  return holds(left, operator, right, reader.fail);
}

interface Value {
  readonly text: string;
  readonly isVersion: boolean;
}

function wordValue(word: string, { environment, fail }: Reader): Value {
  const [, double, single] = /^(?:"([^"]*)"|'([^']*)')$/.exec(word) ?? [];
  const text = double ?? single;
  if (text !== undefined) return { text, isVersion: false };
  const known = Object.hasOwn(environment, word) ? environment[word] : undefined;
  return { text: known ?? fail(), isVersion: /version$/.test(word) && word !== 'platform_version' };
}

const turned: Readonly<Record<string, string>> = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' };

function holds(left: Value, operator: string, right: Value, fail: () => never): boolean {
  switch (operator) {
    case 'in':
      return right.text.includes(left.text);
    case 'not in':
      return !right.text.includes(left.text);
    case '===':
    case '==':
    case '!=':
    case '<':
    case '>':
    case '<=':
    case '>=':
    case '~=':
      break;
    default:
      return fail();
  }
  if (left.isVersion) return compares(left.text, operator, right.text);
  if (right.isVersion) return compares(right.text, turned[operator] ?? operator, left.text);
  const isSame = left.text === right.text;
  if (operator === '!=') return !isSame;
  return /^[<>]=?$/.test(operator)
    ? operator === '<' || operator === '<='
      ? left.text < right.text || (isSame && operator === '<=')
      : left.text > right.text || (isSame && operator === '>=')
    : isSame;
}

const systems: Readonly<Record<string, string>> = {
  linux: 'Linux',
  darwin: 'Darwin',
  win32: 'Windows',
};

function environmentOf({ cpu, os, python }: HostPlatform): Record<string, string> {
  const version = python?.version ?? '0';
  const machine = { x64: 'x86_64', arm64: os === 'linux' ? 'aarch64' : 'arm64' }[cpu] ?? cpu;
  const implementation = python?.implementation ?? '';
  return {
    os_name: os === 'win32' ? 'nt' : 'posix',
    sys_platform: os,
    platform_machine: machine,
    platform_python_implementation: implementation === 'cpython' ? 'CPython' : implementation,
    platform_release: '',
    platform_system: systems[os] ?? os,
    platform_version: '',
    python_version: version.split('.').slice(0, 2).join('.'),
    python_full_version: version,
    implementation_name: implementation,
    implementation_version: version,
    extras: '',
    dependency_groups: '',
  };
}

// What packages have to fit: the interpreter of Python on a host, and the host's system.

export interface HostPlatform {
  /** As Node names it: `linux`. */
  readonly os: string;
  /** As Node names it: `x64`, `arm64`. */
  readonly cpu: string;
  /** The C library; absent where wheels and npm packages name none. */
  readonly libc?: { readonly name: 'glibc' | 'musl'; readonly version: string };
  /** The interpreter; absent where the host has no python3. */
  readonly python?: PythonFacts;
}

export interface PythonFacts {
  /** `3.11.2` */
  readonly version: string;
  /** `cpython` */
  readonly implementation: string;
  /** `cpython-311`, as the names of byte code have it. */
  readonly cacheTag: string;
  /** The names of the standard library's top modules. */
  readonly modules: readonly string[];
}

/** The platform in a few words: `CPython 3.11.2, linux x64, glibc 2.36`. */
export function printPlatform({ cpu, libc, os, python }: HostPlatform): string {
  const name = python?.implementation === 'cpython' ? 'CPython' : python?.implementation;
  return [
    ...(python === undefined ? [] : [`${name} ${python.version}`]),
    `${os} ${cpu}`,
    ...(libc === undefined ? [] : [`${libc.name} ${libc.version}`]),
  ].join(', ');
}

// Versions of Python and of its packages, and the specifiers for versions (PEP 440).

/**
 * Whether an interpreter fulfils specifiers. Whoever runs a release candidate wants its packages.
 */
export function isPythonIn(specifiers: string, version: string): boolean {
  return isVersionIn(specifiers, version.replace(/(a|b|rc)\d+$/, ''));
}

/** Whether a version fulfils specifiers such as `>=3.9,<4`. */
export function isVersionIn(specifiers: string, version: string): boolean {
  return partsOf(specifiers).every((one) => {
    const [, operator = '', wanted = ''] = specifier.exec(one) ?? [];
    return operator !== '' && compares(version, operator, wanted);
  });
}

/** Whether each part of a text is a specifier; `=2.2` and `=>2` are none. */
export function areSpecifiers(text: string): boolean {
  return partsOf(text).every((one) => specifier.test(one));
}

const specifier = /^(===|==|!=|<=|>=|~=|<|>)\s*(\S+)$/;

function partsOf(specifiers: string): string[] {
  return specifiers
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** Whether `version operator wanted` holds; false for an unknown operator or version. */
export function compares(version: string, operator: string, wanted: string): boolean {
  if (operator === '===') return version.toLowerCase() === wanted.toLowerCase();
  const isPrefix = wanted.endsWith('.*');
  const own = parse(version);
  const other = parse(isPrefix ? wanted.slice(0, -2) : wanted);
  if (own === undefined || other === undefined) return false;
  if (isPrefix) {
    if (operator === '==') return hasPrefix(own, other);
    return operator === '!=' && !hasPrefix(own, other);
  }
  // Only a specifier with a local part looks at the local part of a version.
  const order = compare(other.local === '' ? { ...own, local: '' } : own, other);
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<=':
      return order <= 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0 && (isEarly(other) || !isEarly(own) || compareRelease(own, other) !== 0);
    case '>':
      return order > 0 && (isLate(other) || !isLate(own) || compareRelease(own, other) !== 0);
    case '~=':
      return (
        other.release.length > 1 &&
        order >= 0 &&
        hasPrefix(own, { ...other, release: other.release.slice(0, -1) })
      );
    default:
      return false;
  }
}

/** Whether two texts are one version, such as `1.0` and `1.00`, `2.0-rc1` and `2rc1`. */
export function isSameVersion(a: string, b: string): boolean {
  const one = parse(a);
  const other = parse(b);
  return one === undefined || other === undefined
    ? a.toLowerCase() === b.toLowerCase()
    : compare(one, other) === 0;
}

interface Parsed {
  readonly epoch: number;
  readonly release: readonly number[];
  /** Phase, its number, post and dev, so that a lower number is an earlier version. */
  readonly stage: readonly number[];
  readonly local: string;
}

const form =
  /^v?(?:(\d{1,9})!)?(\d{1,15}(?:\.\d{1,15}){0,19})(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d{0,15}))?(?:-(\d{1,15})|[-_.]?(post|rev|r)[-_.]?(\d{0,15}))?(?:[-_.]?(dev)[-_.]?(\d{0,15}))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;
const phases: Readonly<Record<string, number>> = { a: 0, alpha: 0, b: 1, beta: 1 };
const candidate = 2;
const final = 3;

function parse(text: string): Parsed | undefined {
  const found = form.exec(text.toLowerCase());
  if (found === null) return undefined;
  const [, epoch, release = '', phase, phaseNumber, postDigits, post, postNumber] = found;
  const [dev, devNumber, local = ''] = found.slice(8);
  const hasPost = post !== undefined || postDigits !== undefined;
  // A development version of a release comes before all candidates of the release.
  const ofRelease = dev !== undefined && !hasPost ? -1 : final;
  return {
    epoch: Number(epoch ?? 0),
    release: release.split('.').map(Number),
    stage: [
      phase === undefined ? ofRelease : (phases[phase] ?? candidate),
      Number(phaseNumber ?? 0),
      hasPost ? Number(postDigits ?? postNumber ?? 0) : -1,
      dev === undefined ? Number.POSITIVE_INFINITY : Number(devNumber ?? 0),
    ],
    local: local.replace(/[-_]/g, '.'),
  };
}

function isEarly({ stage: [phase = 0, , , dev = 0] }: Parsed): boolean {
  return phase < final || dev !== Number.POSITIVE_INFINITY;
}

function isLate({ local, stage: [, , post = -1] }: Parsed): boolean {
  return post >= 0 || local !== '';
}

function compare(a: Parsed, b: Parsed): number {
  return (
    compareRelease(a, b) ||
    compareNumbers(a.stage, b.stage) ||
    compareLocal(a.local.split('.'), b.local.split('.'))
  );
}

function compareRelease(a: Parsed, b: Parsed): number {
  return a.epoch - b.epoch || compareNumbers(a.release, b.release);
}

function hasPrefix(own: Parsed, { epoch, release }: Parsed): boolean {
  return own.epoch === epoch && compareNumbers(own.release.slice(0, release.length), release) === 0;
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const one = a[at] ?? 0;
    const other = b[at] ?? 0;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

// A number is later than a word, and a longer local part is later than its beginning.
function compareLocal(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const one = a[at] ?? '';
    const other = b[at] ?? '';
    if (one === other) continue;
    const isNumber = /^\d+$/.test(one);
    if (isNumber !== /^\d+$/.test(other)) return isNumber ? 1 : -1;
    const order = isNumber ? Number(one) - Number(other) : one < other ? -1 : 1;
    if (order !== 0) return order;
  }
  return 0;
}
