/** What the command line may use of `runner/admission/`. */
export { type Admission, admit, requireAdmitted } from './admit.ts';
export { type OpenedSkill, openSkill, readAll } from './catalogue.ts';
