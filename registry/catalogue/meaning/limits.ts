/** Limits of comparing meanings, the unit in the name. */

/** Texts in one request to the model. */
export const embeddedAtOnce = 8;
/** Slices of that many texts that one run of the cron trigger embeds. */
export const embeddedSlicesMax = 5;
/** Numbers of a vector. */
export const vectorLengthMax = 4_096;
/** Bytes and values of one answer of the model: vectors of that length as JSON. */
export const embedderAnswerBytesMax = 2 * 1024 * 1024;
export const embedderAnswerValuesMax = 50_000;
/** How long the model may take for texts of skills, and for a query that somebody waits for. */
export const embedSkillsMs = 30_000;
export const embedQueryMs = 800;
/** For how long no query is sent after a failure. */
export const embedderRestMs = 30_000;
/** Queries that are sent in a minute; further ones are compared by their words only. */
export const embeddedQueriesPerMinute = 120;
/** Queries whose vectors are kept in memory. */
export const keptQueriesMax = 200;
/** Pauses between slices: while a skill is left, usually, after a failure. */
export const meaningBusyPauseMs = 50;
export const meaningPauseMs = 2_000;
export const meaningFailurePauseMs = 60_000;
/** The constant of reciprocal rank fusion. */
export const fusionConstant = 60;
