/**
 * A program goes through folders of the user, and the skill sends data to a fixed host. Between
 * both stand archives, queues, databases and files, which hide the way of the data.
 */
import { covers, listCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../../fact/fact.ts';
import { runs } from '../../fact/standing.ts';
import { collectedBy, isArgument, isFetching, isHidden } from '../../flow/collections.ts';
import { isAddress, isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { isTenantHost } from '../../lookup-tables/public-hosts.ts';
import { isKnownProvider } from '../../lookup-tables/secret-providers.ts';
import { defineRule, draftAt, type RuleContext } from '../../rule.ts';

export const collectionBesideNetwork = defineRule({
  id: 'flow/collection-beside-network',
  title: 'Files of the user are collected, and the skill sends data away',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Thieves collect documents in an archive, a database or a queue, and send that. A reader of either half sees nothing: the walk looks like an index, and the request like a backup.',
  fix: 'Say in SKILL.md which host gets the files of the user. Read only what the user names, or say in the code itself which file a request sends.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1119', 'T1560', 'T1041'] },
  reads: ['capability:mount', 'capability:egress', 'source'],
  check: (context) => {
    const facts = context.of('capability').filter(runs);
    const hosts = [...new Set(facts.flatMap((fact) => receiverOf(fact, context)))];
    if (hosts.length === 0) return [];
    const told = new Set<string>();
    return facts.flatMap((fact) => {
      const folder = collectedBy(fact);
      if (folder === undefined || isArgument(folder, fact, fact.span, context)) return [];
      const receivers = folder.isOutside ? hosts : hosts.filter((host) => !host.declared);
      const [to] = receivers;
      if (to === undefined) return [];
      const key = `${fact.span.path} ${folder.path}`;
      if (told.has(key)) return [];
      told.add(key);
      const isTheft =
        (folder.isOutside || folder.isPacked) && receivers.some((host) => isHidden(host, context));
      const what = folder.path === '*' ? 'a computed folder' : folder.path;
      return [
        draftAt(fact, `${fact.api} goes through ${what}, and the skill sends data to ${to.host}`, {
          ...(isTheft && stolen),
        }),
      ];
    });
  },
});

const stolen = { kind: 'malice', severity: 'high' } as const;

interface Receiver {
  readonly host: string;
  readonly declared: boolean;
}

// A host that the skill itself chose, and that takes data. A well-known service takes data of
// whoever has a key for it.
function receiverOf({ capability, api }: CapabilityFact, { declared }: RuleContext): Receiver[] {
  if (capability.kind !== 'egress' || !capability.methods.some((one) => sending.test(one)))
    return [];
  const { host } = parseEgressUrl(capability.url);
  if (host.includes('*') || isLoopbackHost(host) || isFetching(api)) return [];
  // `ssh host`: a name without a domain is for the reader to fill in, or in the user's own network.
  if (!host.includes('.') && !isAddress(host)) return [];
  if (isKnownProvider(host) && !isTenantHost(host)) return [];
  const given = declared === undefined ? [] : listCapabilities(declared);
  const isDeclared = given.some(
    (wide) => wide.kind === 'egress' && covers({ ...wide, methods: ['*'] }, capability),
  );
  return [{ host, declared: isDeclared }];
}

const sending = /^(POST|PUT|PATCH|\*)$/;
