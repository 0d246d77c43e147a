/**
 * The page of a scanner rule for a reviewer: why it exists, how to correct a finding, an attack and
 * a near miss.
 */
import { type RuleNote, ruleNote } from '../../skills-index/statement/rule-note.ts';
import { type Html, html, term } from '../markup/markup.ts';
import { ruleBody, weaknessTag } from '../markup/rule-body.ts';
import { type PageFrame, page } from './layout.ts';

/** Address of a rule's page in the desk; undefined for a rule of another scanner version. */
export function ruleHref(rule: string): string | undefined {
  return ruleNote(rule) === undefined ? undefined : `/review/rules/${rule}`;
}

/** The weaknesses of a rule as a row of a description list; nothing for an unknown rule. */
export function weaknessTags(rule: string): Html | string {
  const note = ruleNote(rule);
  return note === undefined || note.maps.length === 0
    ? ''
    : term('Maps to', html`${note.maps.map(weaknessTag)}`);
}

/** The whole page. */
export function rulePage(frame: PageFrame, rule: string, note: RuleNote): Html {
  const body = ruleBody(note, '/review/rules');
  return page(frame, { title: rule, heading: html`<code>${rule}</code>`, body });
}
