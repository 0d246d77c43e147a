/** Limits of pictures, the unit in the name. */

/** Pixels, as readers of previews want them. */
export const pictureWidth = 1200;
export const pictureHeight = 630;
/** Characters of a text that the drawing gets. More than two lines have no room. */
export const pictureTextCharsMax = 400;
/** Drawings that wait for their turn. */
export const waitingDrawingsMax = 16;
/** Milliseconds that one drawing may take. */
export const drawingMsMax = 10_000;
/** Milliseconds without a drawing after which the thread ends. */
export const drawingIdleMs = 60_000;
/** Bytes of all pictures in memory. */
export const picturesBytesMax = 16 * 1024 * 1024;
/** Drawings that one client network may cause: in a burst, and then per second. */
export const strangerDrawingsBurst = 30;
export const strangerDrawingsPerSecond = 0.5;
/** Drawings that all clients together may cause: in a burst, and then per second. */
export const allDrawingsBurst = 120;
export const allDrawingsPerSecond = 2;
