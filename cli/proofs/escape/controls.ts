/** Granted actions. They must work in the sandbox, or "blocked" would prove nothing. */
import { type Attempt, isReceived, printsThrough } from './row.ts';
import { leaves } from './rows/proofs.ts';
import type { ExtraAccess } from './sandboxed.ts';

export interface ControlRow extends Attempt {
  /** The access that the row proves; absent for access that each sandbox gives. */
  readonly shows?: ExtraAccess;
}

/** Actions that need nothing but what every session has. */
export const sessionControls: readonly ControlRow[] = [
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

export const controlRows: readonly ControlRow[] = [
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
