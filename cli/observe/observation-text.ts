/** An observation as text for people. */
import type { ObservedBehaviour, ObservedFact } from '../../skills-index/statement/observation.ts';
import { joined, type Safe, type Sayable, safe } from '../terminal/output.ts';

const shownSteps = 2;
const shownNotes = 10;

/** Prints the verdict, then each fact with the steps in which it was seen. */
export function observationText(
  folder: string,
  { coverage, facts, verdict }: ObservedBehaviour,
): Safe {
  const notes = facts.filter(({ level }) => level === 'note');
  const shown = [...facts.filter(({ level }) => level !== 'note'), ...notes.slice(0, shownNotes)];
  const { blind, done, late, leftOut = [], planned, rounds } = coverage;
  const lines: Sayable[] = [
    safe`${folder}: ${verdict}`,
    ...shown.flatMap(factLines),
    ...(notes.length > shownNotes ? [safe`  and ${notes.length - shownNotes} further notes`] : []),
    planned === 0
      ? safe`  nothing was run: the skill has no command, script or module`
      : safe`  ${done} of ${planned} steps ran, in ${rounds.length} rounds: ${rounds.join('; ')}`,
    ...(late === 0 ? [] : [safe`  ${late} steps reached their time limit`]),
    ...(done < planned
      ? [
          safe`  the time was up before the other ${planned - done} steps: ${leftOut.join('; ')}${planned - done > leftOut.length ? ' …' : ''}`,
        ]
      : []),
    ...(blind === undefined
      ? []
      : [safe`  only connections that use the proxy’s variables were seen: ${blind}`]),
    ...(facts.length === 0 && planned > 0
      ? [safe`  no fact speaks against the submission; what did not run was not seen`]
      : []),
  ];
  return joined(lines, '\n');
}

function factLines({ kind, level, steps, what }: ObservedFact): Sayable[] {
  const more = steps.length > shownSteps ? ', and in further steps' : '';
  return [
    safe`  ${level.padEnd(6)} ${kind}: ${what}`,
    safe`         in: ${steps.slice(0, shownSteps).join('; ')}${more}`,
  ];
}
