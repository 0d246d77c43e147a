/** Finds names that look the same to a hasty reader. */

/**
 * Whether two scopes look the same to a hasty reader. `mail` and `mall` do not; `ma1l` looks like
 * both.
 */
export function isLookAlike(scope: string, other: string): boolean {
  const hasDigit = /\d/.test(scope) || /\d/.test(other);
  return looksLike(scope, other, plainForm) || (hasDigit && looksLike(scope, other, strictForm));
}

/** Whether the forms of two names are the same. */
export function looksLike(scope: string, other: string, form: (name: string) => string): boolean {
  return form(scope) === form(other);
}

/** Names with one plain form look alike. */
export function plainForm(name: string): string {
  return name.replaceAll('-', '').replaceAll('rn', 'm').replaceAll('vv', 'w').replaceAll('0', 'o');
}

/** Names with one strict form look alike when one of them has a digit. */
export function strictForm(name: string): string {
  return plainForm(name)
    .replace(/[1i]/g, 'l')
    .replaceAll('5', 's')
    .replaceAll('3', 'e')
    .replaceAll('4', 'a');
}
