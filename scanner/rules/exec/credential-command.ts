/** Another program is asked for a credential that it holds. */

import { coversHost } from '../../../skills-index/network/host-name.ts';
import type { FlowFact, TraitFact } from '../../fact/fact.ts';
import { present } from '../../fact/remembered.ts';
import { tagsOfTemplates } from '../../fact/source.ts';
import { isInText } from '../../fact/standing.ts';
import { isNamedAfter } from '../../flow/belonging.ts';
import { destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { own } from '../../lookup-tables/api.ts';
import { secretProviders } from '../../lookup-tables/secret-providers.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

export const credentialCommand = defineRule({
  id: 'exec/credential-command',
  title: 'A credential is asked from another program',
  kind: 'capability',
  severity: 'low',
  confidence: 'exact',
  why: 'Keychains, password managers and cloud command lines give credentials to every program of their user. The skill reads no file and names no variable.',
  fix: 'Declare a secret in skill.json: the operator binds it to its hosts.',
  maps: { cwe: ['CWE-522'], owasp: ['ASI03'], attack: ['T1555', 'T1552'] },
  reads: ['trait:credential-command', 'flow:network'],
  check: (context) => [
    ...draftsOfTrait(context, 'credential-command', (fact) => ({
      severity: isInText(fact) ? 'info' : wholeStore.test(fact.detail) ? 'medium' : 'low',
      message: fact.detail,
    })),
    ...sentAway(context),
  ],
});

// What such a command prints, where it leaves for another host than its issuer's, or wrapped up.
function sentAway(context: RuleContext): FindingDraft[] {
  const asked = context.of('trait').filter(({ trait }) => trait === 'credential-command');
  if (asked.length === 0) return [];
  const flows = context
    .of('flow')
    .filter(({ source, context: stands }) => source.what === 'command' && stands !== 'comment');
  // The same token may stand in the header, where it belongs, and in the body, where it does not:
  // each part is looked at by itself.
  const parts = [...Map.groupBy(flows, ({ sink, encoded }) => `${sink.part} ${encoded}`).values()];
  return parts.flatMap(flowsThatRun).flatMap((flow) => {
    const to = destinationOf(flow, context);
    const command = asked.find((fact) => isBornIn(flow, fact));
    if (to === undefined || to.loopback || command === undefined || flow.sink.part === 'host')
      return [];
    const what = `what ${command.api} holds (${command.detail})`;
    if (flow.encoded && (flow.sink.part === 'body' || flow.sink.part === 'url'))
      return [
        draftOfFlow(flow, {
          kind: 'malice',
          severity: 'high',
          message: `encodes ${what} and sends it to ${to.said}`,
        }),
      ];
    const issuer = own(issuers, command.api);
    if (issuer === undefined && command.detail.endsWith(' prints a token')) {
      const draft = sentToStranger(flow, command, flows, context);
      return present(draft);
    }
    if (issuer === undefined || issuer.hosts.some((pattern) => coversHost(pattern, to.host)))
      return [];
    const message = `sends ${what} to ${to.said}`;
    // One function for all requests: which of its hosts gets the token is decided elsewhere.
    const here = flows.filter(
      ({ span }) => span.path === flow.span.path && span.start === flow.span.start,
    );
    const isWrapper = new Set(here.map((other) => destinationOf(other, context)?.host)).size > 1;
    if (isWrapper)
      return [
        draftOfFlow(flow, { severity: flow.sink.part === 'header' ? 'low' : 'medium', message }),
      ];
    // Instructions that give the header to an address that their reader names.
    if (to.host === '*' && issuer.anywhere && isInText(flow) && flow.sink.part === 'header')
      return [draftOfFlow(flow, { severity: 'low', message })];
    if (to.host === '*' || issuer.anywhere)
      return [draftOfFlow(flow, { severity: 'medium', message })];
    return [
      draftOfFlow(flow, {
        kind: 'malice',
        severity: 'critical',
        message: `${message}, which is not its issuer`,
      }),
    ];
  });
}

// The token of a service that no table has. A host that is named after the program is the
// service's own; where that gets the token as well, any other host is a stranger's.
function sentToStranger(
  flow: FlowFact,
  command: TraitFact,
  flows: readonly FlowFact[],
  context: RuleContext,
): FindingDraft | undefined {
  const service = command.api.replace(/^.*\//, '').replace(/-?(cli|ctl)$/, '');
  const isOwn = (other: FlowFact): boolean =>
    isNamedAfter(service, destinationOf(other, context)?.host ?? '*');
  const to = destinationOf(flow, context);
  if (to === undefined || to.host === '*' || isOwn(flow)) return undefined;
  const isElsewhere = flows.some((other) => isBornIn(other, command) && isOwn(other));
  const message = `sends the token that ${command.api} prints to ${to.said}`;
  return isElsewhere
    ? draftOfFlow(flow, {
        kind: 'malice',
        severity: 'critical',
        message: `${message}, which is not its issuer`,
      })
    : draftOfFlow(flow, { severity: 'medium', message });
}

function isBornIn({ steps: [first] }: FlowFact, { span }: TraitFact): boolean {
  return (
    first !== undefined &&
    first.span.path === span.path &&
    first.span.start < span.end &&
    span.start < first.span.end
  );
}

// Password managers hold what belongs anywhere; these commands give the token of one service.
const hostsOf = (provider: string): readonly string[] =>
  secretProviders.find((row) => row.provider === provider)?.hosts ?? [];
const gitHosts = [
  'github.com',
  'gitlab.com',
  'bitbucket.org',
  'codeberg.org',
  'dev.azure.com',
  '*.visualstudio.com',
];
const issuers: Readonly<
  Record<string, { readonly hosts: readonly string[]; readonly anywhere?: true }>
> = {
  gh: { hosts: ['github.com', '*.github.com', '*.githubusercontent.com', ...hostsOf('GitHub')] },
  git: { hosts: [...gitHosts, ...gitHosts.map((host) => `*.${host.replace('*.', '')}`)] },
  aws: { hosts: hostsOf('Amazon Web Services') },
  heroku: { hosts: hostsOf('Heroku') },
  doctl: { hosts: hostsOf('DigitalOcean') },
  npm: { hosts: ['*.npmjs.org', '*.npmjs.com'] },
  // Tokens of these are also for services that run below names of their users.
  gcloud: { hosts: hostsOf('Google'), anywhere: true },
  az: { hosts: hostsOf('Microsoft Azure'), anywhere: true },
  kubectl: { hosts: [], anywhere: true },
};

// What gives more than one secret of one service.
const wholeStore = /keychain|keyring|password store|private keys|stored credentials/;

// A powerful function is handed on, so that nobody sees who calls it with what.

export const handedOn = defineRule({
  id: 'exec/handed-on',
  title: 'A powerful function is passed on',
  kind: 'capability',
  severity: 'low',
  confidence: 'widened',
  why: 'A function that starts programs or runs code is stored, wrapped or passed to unknown code. The scan cannot follow its arguments.',
  fix: 'Call the function by its name where it is needed.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1027'] },
  reads: ['trait:escape', 'trait:folded-name', 'trait:decode-to-code', 'source'],
  check: (context) => {
    // Beside decoded code or hidden names it is one more way of hiding.
    const hides = new Set(
      context
        .of('trait')
        .filter((fact) => fact.trait !== 'escape')
        .map((fact) => fact.span.path),
    );
    // Of templates a rule of their own says it.
    const isOfTemplate = tagsOfTemplates(context.sources);
    return draftsOfTrait(context, 'escape', (fact) =>
      isOfTemplate(fact)
        ? undefined
        : {
            severity: hides.has(fact.span.path) ? 'medium' : 'low',
            message: `${fact.api} is handed on: what it is called with is not seen`,
          },
    );
  },
});

// A function of the language or its libraries is replaced.

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
