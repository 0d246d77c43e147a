/** Versions of Python itself, and the specifiers of PEP 440 for these versions. */

/** Whether a version of Python, such as `3.11.2`, fulfils specifiers such as `>=3.9,<4`. */
export function isPythonIn(specifiers: string, version: string): boolean {
  return specifiers
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .every((one) => {
      const [, operator = '', wanted = ''] = /^(===|==|!=|<=|>=|~=|<|>)\s*v?(\S+)$/.exec(one) ?? [];
      return operator !== '' && compares(version, operator, wanted);
    });
}

/** Whether `version operator wanted` holds; false for an unknown operator or version. */
export function compares(version: string, operator: string, wanted: string): boolean {
  const isPrefix = wanted.endsWith('.*');
  const [own, other] = [version, isPrefix ? wanted.slice(0, -2) : wanted].map(numbersOf);
  if (own === undefined || other === undefined) return false;
  const cut = isPrefix ? own.slice(0, other.length) : own;
  const order = compareNumbers(cut, other);
  switch (operator) {
    case '===':
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<=':
      return !isPrefix && order <= 0;
    case '>=':
      return !isPrefix && order >= 0;
    case '<':
      return !isPrefix && order < 0;
    case '>':
      return !isPrefix && order > 0;
    case '~=':
      return (
        other.length > 1 &&
        order >= 0 &&
        compareNumbers(own.slice(0, other.length - 1), other.slice(0, -1)) === 0
      );
    default:
      return false;
  }
}

// `3.13.0rc1` counts as 3.13.0: whoever runs a release candidate wants its packages.
function numbersOf(version: string): number[] | undefined {
  const [, plain] =
    /^(\d{1,6}(?:\.\d{1,6}){0,4})(?:(?:a|b|rc)\d+|\.?(?:dev|post)\d+|\+\S*)*$/.exec(version) ?? [];
  return plain?.split('.').map(Number);
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
