/** Environment markers of Python packages (PEP 508), such as `python_version < "3.9"`. */
import { Problem } from '../skill/problem.ts';
import type { HostPlatform } from './host-platform.ts';
import { compares } from './python-version.ts';

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
