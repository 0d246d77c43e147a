/** What was granted, and has to work in the sandbox: else "blocked" would say nothing. */
import { type Attempt, isHeard, saysThrough } from './row.ts';
import { leaves } from './rows/proofs.ts';
import type { ExtraAccess } from './sandboxed.ts';

export interface ControlRow extends Attempt {
  /** What it shows to be given; absent for what each sandbox gives. */
  readonly shows?: ExtraAccess;
}

export const controlRows: readonly ControlRow[] = [
  {
    shows: 'egress',
    name: 'a granted request',
    wants: '',
    proof: isHeard,
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
  { name: 'a granted program', wants: '', proof: saysThrough, program: 'sh', code: 'echo through' },
  {
    name: 'another granted program',
    wants: '',
    proof: saysThrough,
    program: 'node',
    code: `console.log('through')`,
  },
];
