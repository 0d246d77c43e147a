/** The rights that a claim and later successions of keys gave in a scope. */
import type { Digest } from '../../skill/digest.ts';
import type { Identity } from '../../statement/attestation.ts';

export interface Right {
  readonly identity: Identity;
  readonly id: Digest;
  /** Log index of the statement that gave the right. */
  readonly from: number;
  readonly lost?: number;
}

/** Rights in log order, found by identity, because a line of keys can give a scope many owners. */
export class Rights {
  readonly all: Right[] = [];
  readonly #by = new Map<Digest, Right[]>();

  constructor(rights: readonly Right[]) {
    for (const right of rights) this.add(right);
  }

  add(right: Right): void {
    this.all.push(right);
    this.#by.set(right.id, [...this.of(right.id), right]);
  }

  of(id: Digest): readonly Right[] {
    return this.#by.get(id) ?? [];
  }
}
