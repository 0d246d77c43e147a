/** All environment variables leave, or one leaves for a host that the manifest does not name. */
import { isInText } from '../../fact/standing.ts';
import { isUnnamed } from '../../flow/collections.ts';
import { destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isSecretName } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const environmentToNetwork = defineRule({
  id: 'flow/environment-to-network',
  title: 'Environment variables are sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The environment holds every secret of whoever runs the skill. No honest purpose needs all of it elsewhere, so a declared host changes nothing.',
  fix: 'Read only the variables you need, by name, and send none that you have not declared.',
  maps: {
    cwe: ['CWE-200', 'CWE-526'],
    owasp: ['LLM02', 'ASI03', 'AST03'],
    attack: ['T1041', 'T1082', 'T1552'],
  },
  reads: ['flow:network', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
      const to = destinationOf(flow, context);
      if (to === undefined || to.loopback) return [];
      if (flow.source.what === 'whole-env') {
        return [draftOfFlow(flow, { message: `sends every environment variable to ${to.said}` })];
      }
      if (
        flow.source.what !== 'env' ||
        (isSecretName(flow.source.name) && flow.source.name !== '*')
      )
        return [];
      // A variable that says where to ask is no data that leaves.
      if (flow.sink.part === 'host' || to.declared) return [];
      // Without a manifest, whoever is asked gets variables that the code names.
      const isUnknown = flow.source.name === '*' && isUnnamed(to, context) && !isInText(flow);
      if (!context.hasManifest && !isUnknown) return [];
      // `$q` of a text is a word of its own example; variables of the environment are in capitals.
      if (isInText(flow) && /[a-z]/.test(flow.source.name)) return [];
      const what =
        flow.source.name === '*'
          ? 'an environment variable whose name is computed'
          : `environment variable ${flow.source.name}`;
      if (to.host === '*' || !context.hasManifest)
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'medium',
            message: `sends ${what} to ${to.said}`,
          }),
        ];
      return [
        draftOfFlow(flow, {
          severity: 'high',
          message: `sends ${what} to ${to.said}, which skill.json does not name`,
        }),
      ];
    }),
});
