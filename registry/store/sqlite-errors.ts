/** Interprets SQLite failures on every platform: drivers wrap them in their own errors. */

/** Why a database counts as damaged; undefined for every other failure. */
export function whyDamaged(error: unknown): string | undefined {
  for (
    let at: unknown = error, depth = 0;
    at instanceof Error && depth < 5;
    at = at.cause, depth++
  ) {
    const code = 'code' in at ? String(at.code) : '';
    if (
      /^SQLITE_(CORRUPT|NOTADB)/.test(code) ||
      /SQLITE_CORRUPT|database disk image is malformed|file is not a database/.test(at.message)
    )
      return at.message;
  }
  return undefined;
}
