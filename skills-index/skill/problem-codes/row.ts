/** The data of one problem code. */
export interface ProblemCodeRow {
  /**
   * Exit code of the command line: 1 internal, 2 usage, 3 not found, 4 network, 5 not signed in, 6
   * refused, 7 limit.
   */
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** The HTTP status of an answer in which the registry reports this failure. */
  readonly status: number;
  readonly means: string;
  readonly fix: string;
}
