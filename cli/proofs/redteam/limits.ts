/** Limits of the red team. */
export const scenariosAtOnceMax = 2;
export const heardBytesMax = 1024 * 1024;
/** Of one scenario, with or without a gate. */
export const scenarioSecondsMax = 60;
export const detailCharsMax = 200;
