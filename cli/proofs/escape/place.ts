/** A sandbox for attempts, with the widest plan that it can give. */
import type { Sandbox } from '../../../runner/sandbox/sandbox.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { wantedAttempt, worked } from './batch.ts';
import { type Attempt, type EscapeRow, isReceived, printsThrough } from './row.ts';
import { leaves } from './rows/processes.ts';
import { type ExtraAccess, runSandboxed } from './sandboxed.ts';
import { inWorld } from './world.ts';

export interface AttemptPlace {
  readonly sandbox: Sandbox;
  readonly grants: readonly ExtraAccess[];
  /** Whether attempts are made in an agent's session. */
  readonly isSession?: true;
  /** Granted actions; they must work beside the attempts. */
  readonly controls: readonly ControlRow[];
  /** Why the sandbox does not give the other kinds of access. */
  readonly lacks: ReadonlyMap<ExtraAccess, string>;
}

const narrower: readonly (readonly ExtraAccess[])[] = [
  ['egress', 'writing'],
  ['writing'],
  ['egress'],
  [],
];

/**
 * Finds the access that a sandbox can give. @returns a reason where attempts would prove nothing:
 * the sandbox does not start, or it blocks granted actions too
 */
export async function findPlace(sandbox: Sandbox): Promise<AttemptPlace | string> {
  const lacks = new Map<ExtraAccess, string>();
  let last = '';
  for (const grants of narrower) {
    const controls = controlRows.filter(
      ({ shows }) => shows === undefined || grants.includes(shows),
    );
    const place = { sandbox, grants, controls, lacks };
    const why = await whyNot(place);
    if (why === undefined) return place;
    const [grant, ...others] = grants;
    if (grant !== undefined && others.length === 0) lacks.set(grant, why);
    last = why;
  }
  return last;
}

/** The place of an attempt: a session has other granted actions than a run of a skill. */
export function placeFor(row: EscapeRow, place: AttemptPlace): AttemptPlace {
  return row.kind !== 'runner' && row.in === 'session'
    ? { ...place, controls: sessionControls, isSession: true }
    : place;
}

async function whyNot(place: AttemptPlace): Promise<string | undefined> {
  return inWorld(async (world) => {
    try {
      const wanted = place.controls.map((row, number) => wantedAttempt(world, row, number));
      const { outputs, printed } = await runSandboxed(world, place, wanted, { atOnce: 1 });
      const failed = place.controls.find((row, number) => !worked(world, row, number, outputs));
      return (
        failed && `a granted action fails: ${failed.name}: ${outputs.get(failed.name) ?? printed}`
      );
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code === 'internal') throw cause;
      return `${cause.code}: ${cause.message}`;
    }
  });
}

// Granted actions. They must work in the sandbox, or "blocked" would prove nothing.

interface ControlRow extends Attempt {
  /** The access that the row proves; absent for access that each sandbox gives. */
  readonly shows?: ExtraAccess;
}

/** Actions that need nothing but what every session has. */
const sessionControls: readonly ControlRow[] = [
  {
    name: 'a granted read',
    wants: '',
    proof: ({ output }) => output.includes('notes'),
    code: `print(open(mount + '/notes.txt').read())`,
  },
  {
    name: 'a question to its index',
    wants: '',
    proof: isReceived,
    code: `get('http://npm.index.skillgate.internal/' + token)`,
  },
  {
    name: 'a socket of its own',
    wants: '',
    proof: printsThrough,
    code: `s = socket.socket(socket.AF_UNIX); s.bind('\\0' + token); s.listen(); won()`,
  },
  {
    name: 'a granted program',
    wants: '',
    proof: printsThrough,
    program: 'sh',
    code: 'git --version && echo through',
  },
];

const controlRows: readonly ControlRow[] = [
  {
    shows: 'egress',
    name: 'a granted request',
    wants: '',
    proof: isReceived,
    code: `get('http://api.crm.example/v2/' + token)`,
  },
  {
    shows: 'writing',
    name: 'a granted write',
    wants: '',
    proof: leaves('workspace/granted'),
    code: `open(mount + '/granted', 'w').close()`,
  },
  {
    name: 'a granted read',
    wants: '',
    proof: ({ output }) => output.includes('to read'),
    code: `print(open(library + '/read.txt').read())`,
  },
  {
    name: 'a granted program',
    wants: '',
    proof: printsThrough,
    program: 'sh',
    code: 'echo through',
  },
  {
    name: 'a program that every sandbox has',
    wants: '',
    proof: printsThrough,
    program: 'sh',
    code: `awk 'BEGIN { print "through" }'`,
  },
  {
    name: 'another granted program',
    wants: '',
    proof: printsThrough,
    program: 'node',
    code: `console.log('through')`,
  },
];
