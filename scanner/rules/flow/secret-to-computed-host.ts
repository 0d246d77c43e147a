/** A secret goes where a value says that is only known when the skill runs. */
import type { FlowFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { type SentSecret, sentSecrets } from '../../flow/secret-flows.ts';
import { providerOf } from '../../lookup-tables/secrets.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const secretToComputedHost = defineRule({
  id: 'flow/secret-to-computed-host',
  title: 'A secret goes to a host that is chosen at run time',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Whoever chooses the host gets the secret: a server that names the next address, or a page that talks the agent into another argument.',
  fix: 'Write the host into the code. If users run the service themselves, take its address from a variable beside the secret, and declare both.',
  maps: { cwe: ['CWE-918', 'CWE-522'], owasp: ['LLM02', 'ASI03'], attack: ['T1041'] },
  reads: ['flow:network'],
  check: (context) => {
    const hosts = flowsThatRun(context.of('flow')).filter((flow) => flow.sink.part === 'host');
    return sentSecrets(context)
      .filter(({ to, flow }) => to.host === '*' && !to.drop && !isDnsQuestion(flow))
      .map(
        (sent): FindingDraft =>
          draftOfFlow(
            sent.flow,
            judge(
              sent,
              hosts.filter((flow) => isSamePlace(flow, sent.flow)),
            ),
          ),
      );
  },
});

function judge(sent: SentSecret, chosenBy: readonly FlowFact[]): Parameters<typeof draftOfFlow>[1] {
  const { name, flow } = sent;
  const received = chosenBy.find(({ source }) => source.what === 'network');
  if (received !== undefined) {
    const from = received.source.name.startsWith('https://*/')
      ? 'the network'
      : received.source.name;
    return {
      kind: 'malice',
      severity: 'high',
      message: `sends secret ${name} to the host that an answer from ${from} names`,
    };
  }
  if (chosenBy.some(({ source }) => source.what === 'input' || source.what === 'file')) {
    return { message: `sends secret ${name} to a host that its caller or a file names` };
  }
  const variables = chosenBy.map(({ source }) => source.name);
  if (
    variables.length > 0 &&
    variables.every((variable) => variable !== '*' && isBeside(variable, name))
  ) {
    return {
      severity: 'info',
      message: `sends secret ${name} to the host that ${[...new Set(variables)].sort().join(' or ')} says`,
    };
  }
  // In a text it stands for what the reader fills in; a password for mail or a database signs in at
  // the server that the user names.
  const isUsual = (isInText(flow) || isSignIn(sent)) && providerOf(name) === undefined;
  const severity = isUsual ? 'low' : 'medium';
  return { severity, message: `sends secret ${name} to a host that could not be computed` };
}

function isSignIn({ name, flow }: SentSecret): boolean {
  const isConnection =
    flow.sink.capability?.kind === 'egress' && flow.sink.capability.url.startsWith('tcp:');
  return (
    isConnection &&
    /^(SMTP|IMAP|POP3?|E?MAIL|LDAP|FTP|SFTP|SSH|DB|DATABASE|PG|POSTGRES|MYSQL|REDIS|MONGO)_?(PASS|PWD|AUTH|USER|KEY)/i.test(
      name,
    )
  );
}

// The same person sets both: `CRM_URL` beside `CRM_TOKEN`.
function isBeside(variable: string, secret: string): boolean {
  const [first = ''] = secret.split('_');
  return first.length >= 2 && variable.split('_')[0] === first;
}

function isSamePlace(a: FlowFact, b: FlowFact): boolean {
  return a.span.path === b.span.path && a.span.start === b.span.start;
}

function isDnsQuestion({ sink }: FlowFact): boolean {
  return sink.capability?.kind === 'egress' && sink.capability.url.startsWith('dns:');
}
