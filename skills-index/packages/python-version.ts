/** Versions of Python and of its packages, and the specifiers for versions (PEP 440). */

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
