/** A file with credentials is used. */

import { isInText, milder } from '../../fact/standing.ts';
import { isOwnCredentialFile } from '../../flow/own-credentials.ts';
import { sensitiveMount } from '../../models/sensitive-paths.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const credentialPath = defineRule({
  id: 'files/credential-path',
  title: 'Credentials are read from where other programs keep them',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Keys and tokens in well-known places belong to other programs. A skill gets the secrets it needs by declaring them.',
  fix: 'Declare the secret in skill.json; the runner adds it to requests, so the skill never needs the file.',
  maps: { cwe: ['CWE-552'], owasp: ['ASI03'], attack: ['T1552.001', 'T1552.004', 'T1555'] },
  reads: ['capability:mount'],
  check: (context) =>
    context.of('capability').flatMap((fact): FindingDraft[] => {
      const { row: found, path } = sensitiveMount(fact) ?? {};
      if (path === undefined || /\.pub$|\/(known_hosts|allowed_signers)$/.test(path)) return [];
      if (found === undefined || (found.kind !== 'credential' && found.kind !== 'system-accounts'))
        return [];
      const at = { span: fact.span, confidence: fact.certainty };
      if (isOwnCredentialFile(path, context)) {
        return [
          {
            ...at,
            kind: 'capability',
            severity: 'low',
            message: `${fact.api} uses ${path}, the skill’s own key`,
          },
        ];
      }
      // Telling a person where their own key lies is not the same as a program that reads it.
      const severity = milder(
        isInText(fact) || sharedByAgents.test(path) ? 'medium' : 'high',
        fact,
      );
      return [{ ...at, severity, message: `${fact.api} uses ${path}: ${found.says}` }];
    }),
});

// Agents tell skills to keep their settings there, beside those of others.
const sharedByAgents = /\/\.(openclaw|clawdbot|moltbot)\//;
