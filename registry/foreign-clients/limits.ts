/** Limits of the routes for clients of other registries' forms, the unit in the name. */

/** Skills in one index: the client fetches all of them before it asks a person. */
export const indexedSkillsMax = 200;
