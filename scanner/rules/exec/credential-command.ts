/** Another program is asked for a credential that it holds. */
import { draftsOfTrait } from '../../draft-of-trait.ts';
import { defineRule } from '../../rule.ts';
import { isInText } from '../../standing.ts';

export const credentialCommand = defineRule({
  id: 'exec/credential-command',
  title: 'A credential from another program',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Keychains, password managers and command lines of clouds hand out credentials to whoever runs as their user: no file is read, no variable named.',
  fix: 'Declare a secret in skill.json: the operator gives it to the hosts that it belongs to.',
  maps: { cwe: ['CWE-522'], owasp: ['ASI03'], attack: ['T1555', 'T1552'] },
  reads: ['trait:credential-command'],
  check: (context) =>
    draftsOfTrait(context, 'credential-command', (fact) => ({
      severity: isInText(fact) ? 'info' : wholeStore.test(fact.detail) ? 'medium' : 'low',
      message: fact.detail,
    })),
});

// What gives more than one secret of one service.
const wholeStore = /keychain|keyring|password store|private keys|stored credentials/;
