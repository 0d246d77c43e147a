/** One named part of a version's risk. */

/** The most points of each part. */
export const ceiling = {
  evidence: 50,
  copy: 40,
  undeclared: 15,
  reach: 15,
  unread: 10,
  prose: 20,
  change: 25,
  reader: 20,
  observed: 50,
  package: 60,
} as const;

export interface RiskPart {
  /** The name that the desk shows. */
  readonly name: keyof typeof ceiling | 'newcomer';
  readonly points: number;
  /** One sentence with the numbers behind the points. */
  readonly why: string;
}

/** A part with at most the points of its ceiling. */
export function part(name: keyof typeof ceiling, points: number, why: string): RiskPart {
  return { name, points: Math.min(ceiling[name], Math.round(points)), why };
}

/** `1 capability`, `2 capabilities`. */
export function count(number: number, noun: string): string {
  const plural = noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${number} ${number === 1 ? noun : plural}`;
}
