/** Words before `skill` in prose: `a skill log`, `each skill run`. */
export const articles = String.raw`\b(?:a|an|the|this|each|every|no|your|same|any|one|other|another|whole)`;
