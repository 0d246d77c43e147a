/** Data is put into names that DNS is asked for. */
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { FlowFact } from '../../fact/fact.ts';
import { draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { defineRule } from '../../rule.ts';

export const dnsChannel = defineRule({
  id: 'network/dns-channel',
  title: 'Data leaves inside DNS names',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A DNS question for a name reaches whoever owns the domain, past every proxy and every list of hosts. Encoded data in a name has no honest use.',
  fix: 'Send data in a request to a host that skill.json declares.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02'], attack: ['T1048', 'T1071.004', 'T1572'] },
  reads: ['flow:network'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      if (!isQuestion(flow)) return [];
      const { source, encoded } = flow;
      if (source.what === 'whole-env')
        return [draftOfFlow(flow, { message: 'puts the whole environment into DNS names' })];
      if (source.what === 'env' || source.what === 'network') return [];
      const what =
        source.what === 'file'
          ? `the content of ${source.name === '*' ? 'a file' : source.name}`
          : `what ${source.name === '*' ? 'a program' : source.name} gives`;
      // A list of names to look up is read from a file by honest scripts; nobody encodes one. What
      // the caller names is looked up in small letters, and without spaces.
      if (!encoded || (source.what === 'input' && isOnlySpelled(flow)))
        return [
          draftOfFlow(flow, {
            kind: 'capability',
            severity: 'info',
            message: `asks DNS for names from ${what}`,
          }),
        ];
      return [draftOfFlow(flow, { message: `encodes ${what} and puts it into DNS names` })];
    }),
});

function isOnlySpelled({ steps }: FlowFact): boolean {
  const passed = steps.filter(({ note }) => shellEncoder.test(note));
  return passed.length > 0 && passed.every(({ note }) => note.startsWith('tr '));
}

const shellEncoder =
  /^(base64|base32|xxd|od|hexdump|gzip|bzip2|xz|zstd|openssl|gpg|tar|zip|rev|tr) passes it on$/;

// DNS itself, or DNS over https (RFC 8484), where the name stands in the address.
function isQuestion({ sink }: FlowFact): boolean {
  if (sink.capability?.kind !== 'egress') return false;
  const { scheme, host } = parseEgressUrl(sink.capability.url);
  return scheme === 'dns' || (resolvers.has(host) && (sink.part === 'url' || sink.part === 'body'));
}

const resolvers: ReadonlySet<string> = new Set([
  'dns.google',
  'cloudflare-dns.com',
  'mozilla.cloudflare-dns.com',
  'dns.quad9.net',
  'doh.opendns.com',
  'dns.adguard-dns.com',
  'dns.nextdns.io',
]);
