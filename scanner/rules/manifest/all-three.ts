/** The skill has secrets or private files, reads what strangers wrote, and can send. */
import { type FactOf, mountPath } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { isSecretName } from '../../lookup-tables/secret-providers.ts';
import { defineRule } from '../../rule.ts';
import { outsidePath } from '../files/outside-write.ts';

export const allThree = defineRule({
  id: 'manifest/all-three',
  title: 'One skill has secrets, strangers’ text and a way out',
  kind: 'capability',
  severity: 'info',
  confidence: 'exact',
  why: 'Each of the three is harmless alone. Together, whoever writes a page or mail that the skill reads can ask the agent to send its secrets (the “lethal trifecta”). No scan can exclude that; a manifest that limits hosts and secrets can.',
  fix: 'Split the skill, or declare hosts so narrowly that nothing can go to a stranger.',
  maps: { cwe: ['CWE-1427'], owasp: ['LLM01', 'ASI01', 'ASI02'], attack: ['AML.T0051.001'] },
  reads: ['capability', 'flow'],
  check: (context) => {
    const facts = context.of('capability').filter((fact) => runs(fact) && fact.context !== 'test');
    const secret = facts.find(holdsSecrets);
    const reads = context
      .of('flow')
      .find((flow) => runs(flow) && flow.source.what === 'network' && flow.sink.what === 'output');
    const sends = facts.find(sendsData);
    if (secret === undefined || reads === undefined || sends === undefined) return [];
    const what = secret.capability.kind === 'env' ? secret.capability.name : mountPath(secret);
    return [
      {
        span: sends.span,
        message: `holds ${what === '*' ? 'the environment' : what}, shows the agent what it received from ${reads.source.name}, and can send data`,
        flow: [
          { span: secret.span, note: 'what is worth stealing' },
          { span: reads.span, note: 'where strangers speak to the agent' },
          { span: sends.span, note: 'the way out' },
        ],
      },
    ];
  },
});

function holdsSecrets(fact: FactOf<'capability'>): boolean {
  const { capability } = fact;
  if (capability.kind === 'env') return isSecretName(capability.name);
  return capability.kind === 'mount' && capability.mode === 'ro' && outsidePath(fact) !== undefined;
}

// A request that carries a body, or one to any host, whose address can carry all that is wanted.
function sendsData({ capability }: FactOf<'capability'>): boolean {
  if (capability.kind !== 'egress') return false;
  return (
    capability.url.includes('://*') ||
    capability.methods.some((method) => /^(POST|PUT|PATCH|\*)$/.test(method))
  );
}
