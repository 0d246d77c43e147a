/** Addresses that skills name. Pages send nobody there. */

/** An address that nobody can click or paste by accident: `hxxps://evil[.]example/x`. */
export function defanged(address: string): string {
  return address
    .replace(/^(\s*)h(tt)ps?(?=:)/i, (scheme) => scheme.replace(/tt/i, 'xx'))
    .replace(/^([^/?#]*(?:\/\/[^/?#]*)?)/, (authority) => authority.replaceAll('.', '[.]'))
    .replace(/^(\s*)(javascript|data|vbscript|file|blob)(?=\s*:)/i, '$1$2[not a link]');
}
