/** What Node gives a process that scans. */

/** Processes and threads of the user that runs children; one child has about a dozen. */
export const childThreadsMax = 1_024;

/** The watchdog ends a child after this time, and the child gives no report. */
export const scanSecondsMax = 60;

export const childScansMax = 200;

export const childMemoryMiB = 1_024;
/** Each of V8's two spaces for young objects. */
export const childYoungMiB = 8;
export const scanStackKiB = 3_900;
/**
 * What Node gives a scan. Every process that scans has the same, so all judge deep text alike.
 * Large spaces for young objects stay resident, and scans are hardly faster with them.
 */
export const scanFlags = [
  `--max-old-space-size=${childMemoryMiB}`,
  `--max-semi-space-size=${childYoungMiB}`,
  `--stack-size=${scanStackKiB}`,
];
