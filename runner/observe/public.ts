/** What the command line may use of `runner/observe/`. */
export { observeSkill } from './observe-skill.ts';
