/** The program of a container engine, and how to call it. */
export interface Engine {
  readonly name: 'docker';
  /**
   * The program, and the flags before each command: they name the socket, which is never taken from
   * the environment.
   */
  readonly program: string;
  readonly flags: readonly string[];
}
