/** Limits of an S3 store. */

/**
 * One attempt of a request to an S3 store without the time for its bytes, the attempts, and the
 * first pause between them, which doubles. All of it fits into `objectWaitMs` of a storage.
 */
export const s3AttemptMs = 3_000;
export const s3AttemptsMax = 3;
export const s3PauseMs = 100;
/** Characters of a refusal of an S3 store that are read. */
export const s3AnswerCharsMax = 10_000;
/** Objects that a start moves from the disk to an S3 store together. */
export const objectsMovedAtOnce = 100;
