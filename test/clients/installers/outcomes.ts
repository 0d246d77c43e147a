/** What programs of other people did, case by case. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type Ended, type Person, personIn } from '../../journey/npm-person.ts';
import type { Installer, Words } from './clients.ts';

/** What happened to one client in one case. */
export interface Outcome {
  readonly client: string;
  readonly case: string;
  readonly isAsWanted: boolean;
  readonly happened: string;
}

interface Collected {
  readonly outcomes: Outcome[];
  readonly add: (name: string, isAsWanted: boolean, happened: string) => void;
}

/** Collects the cases of a client. */
export function collect(client: Installer): Collected {
  const outcomes: Outcome[] = [];
  const add = (name: string, isAsWanted: boolean, happened: string): void => {
    outcomes.push({ client: client.name, case: name, isAsWanted, happened });
  };
  return { outcomes, add };
}

/** Runs calls one after the other, and ends with the first that fails. */
export async function runAll({ run }: Person, calls: readonly Words[]): Promise<Ended> {
  let ended: Ended = { code: 0, text: '' };
  for (const words of calls) {
    ended = await run(...words);
    if (ended.code !== 0) break;
  }
  return ended;
}

/** A person with an empty home folder, for the time of the work. */
export async function withPerson(
  client: Installer,
  base: string,
  work: (person: Person) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'skillgate-person-'));
  try {
    await work(personIn(home, client.program, () => ({ ...client.env(base) })));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** The line in which a program says what happened. */
export function lastLine({ code, text }: Ended): string {
  const lines = stripVTControlCharacters(text)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /\w/.test(line));
  const said = lines.findLast((line) => /error|fail|refus|not |pending|blocked|no /i.test(line));
  return `exit ${code}: ${(said ?? lines.at(-1) ?? '').slice(0, 110)}`;
}
