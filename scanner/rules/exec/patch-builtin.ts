/** A function of the language or its libraries is replaced. */

import { defineRule } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const patchBuiltin = defineRule({
  id: 'exec/patch-builtin',
  title: 'A built-in is replaced',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Code that replaces fs.readFile, Module._load or builtins.open sees and changes what all other code in the process does.',
  fix: 'Wrap the function under a name of your own.',
  maps: { cwe: ['CWE-471'], attack: ['T1574'] },
  reads: ['trait:patch-builtin'],
  check: (context) =>
    draftsOfTrait(context, 'patch-builtin', (fact) => ({
      severity: central.test(fact.api) ? 'medium' : 'low',
      message: `${fact.api} is replaced for all code in the process`,
    })),
});

// What loads modules, checks certificates, opens files or sees each call.
const central =
  /^(module\.|Module\.|require\.(extensions|cache)|(node:)?(fs|http|https|child_process|net|tls)\.|builtins\.|__builtins__|sys\.(meta_path|path_hooks|setprofile|addaudithook)|importlib\.)/;
