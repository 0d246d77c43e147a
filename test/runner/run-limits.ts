/** The limits of a run whose limits do not matter to its test. */
export const limits = {
  seconds: 30,
  memoryMiB: 256,
  outputBytes: 1_000,
  processes: 64,
  temporaryMiB: 256,
  homeMiB: 64,
  changesMiB: 200,
};
