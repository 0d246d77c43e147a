/** Names of packages. */

/** The one spelling of a Python package's name (PEP 503): `Python_DOCX` is `python-docx`. */
export function normalizedName(name: string): string {
  return name.replace(/[-_.]+/g, '-').toLowerCase();
}
