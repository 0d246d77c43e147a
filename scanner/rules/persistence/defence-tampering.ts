/** What guards the machine is switched off or deceived. */

import { isInText, milder } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const defenceTampering = defineRule({
  id: 'persistence/defence-tampering',
  title: 'A protection of the machine is weakened',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Firewalls, antivirus, auditing and the lists of names and certificates protect everything on the machine, not only this skill.',
  fix: 'Leave them as they are. Say what has to be allowed, and let the operator do it.',
  maps: { cwe: ['CWE-693'], attack: ['T1553.004'] },
  reads: ['trait:defence-off', 'capability:mount'],
  check: (context) => [
    ...draftsOfTrait(context, 'defence-off', (fact) => {
      const inText = isInText(fact);
      return {
        kind: inText ? 'capability' : 'malice',
        severity: inText ? 'low' : milder('high', fact),
        message: fact.detail,
      };
    }),
    ...context.of('capability').flatMap((fact): FindingDraft[] => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.path === undefined || capability.mode === 'ro')
        return [];
      const guarded = guardedFiles.find(({ form }) => form.test(capability.path ?? ''));
      if (guarded === undefined) return [];
      const inText = isInText(fact);
      return [
        {
          span: fact.span,
          kind: inText ? 'capability' : 'malice',
          severity: milder(inText ? 'low' : 'high', fact),
          confidence: fact.certainty,
          message: `${fact.api} writes ${capability.path}: ${guarded.says}`,
        },
      ];
    }),
  ],
});

const guardedFiles: readonly { readonly form: RegExp; readonly says: string }[] = [
  {
    form: /^(\/private)?\/etc\/(hosts|resolv\.conf|nsswitch\.conf)$|\/system32\/drivers\/etc\/hosts$/i,
    says: 'which host a name means',
  },
  { form: /^\/etc\/(pam\.d|pam\.conf|security\/|ssh\/sshd_config)/, says: 'who may log in' },
  {
    form: /^\/etc\/(selinux|apparmor|apparmor\.d|audit|falco|osquery|fail2ban)(\/|$)/,
    says: 'what is watched and forbidden',
  },
  {
    form: /^\/(usr\/local\/share\/ca-certificates|etc\/ssl\/certs|etc\/pki\/(ca-trust|tls\/certs))(\/|$)/,
    says: 'whose certificates are believed',
  },
];
