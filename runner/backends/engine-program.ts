/** The program of a container engine, as its backend and the import of its image call it. */
export interface Engine {
  readonly name: 'docker';
  /**
   * Its program, and what comes before each command: the socket, which is never taken from the
   * environment.
   */
  readonly program: string;
  readonly flags: readonly string[];
}
