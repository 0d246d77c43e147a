/** The ecosystems whose packages a skill may use, and the names of packages. */

export const ecosystems = ['npm', 'python'] as const;
export type Ecosystem = (typeof ecosystems)[number];

/** In the place of a lock and of a version: the host's own packages decide. */
export const houseWord = 'house';

const pythonName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?$/;
const npmName = /^(@[A-Za-z0-9][A-Za-z0-9._~-]{0,99}\/)?[A-Za-z0-9][A-Za-z0-9._~-]{0,99}$/;

/** The one form of a package's name in which names are compared (PEP 503 for Python). */
export function normalPackageName(ecosystem: Ecosystem, name: string): string {
  return ecosystem === 'python' ? name.replace(/[-_.]+/g, '-').toLowerCase() : name;
}

/** Whether the text is a package's name, in any of the name's forms. */
export function isPackageName(ecosystem: Ecosystem, name: string): boolean {
  return (ecosystem === 'python' ? pythonName : npmName).test(name);
}
