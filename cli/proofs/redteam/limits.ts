/** Limits of the red team. */
export const scenariosAtOnceMax = 2;
export const receivedBytesMax = 1024 * 1024;
/** For one scenario, with or without a gate. */
export const scenarioSecondsMax = 60;
export const detailCharsMax = 200;
