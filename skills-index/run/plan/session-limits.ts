/** Limits of a session: the sandbox of an agent's own program. */
export const sessionSecondsMax = 8 * 3_600;
export const sessionMemoryMiB = 4_096;
export const sessionProcessesMax = 1_024;
export const sessionOutputBytesMax = 256 * 1024 * 1024;
