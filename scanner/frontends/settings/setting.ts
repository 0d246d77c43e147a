/** A scalar of a settings file. */
export interface Setting {
  readonly path: readonly (string | number)[];
  readonly value: string;
  /** Offset of the value in the source. */
  readonly from: number;
  readonly to: number;
}
