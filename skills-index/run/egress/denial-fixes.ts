/**
 * The next step for the operator after the proxy denied a request.
 */
import { type Denial, denials, isDenial } from './denial.ts';

/** Why the proxy denied a request, in words; the text itself where the text is no such reason. */
export function meaningOf(why: string): string {
  return isDenial(why) ? denials[why].means : why;
}

const proxyFix = 'skillgate doctor tries the proxy; skillgate host egress list names it';

/** The next step for the operator, for each reason that needs more than a change to the plan. */
export const denialFixes: Readonly<Partial<Record<Denial, string>>> = {
  'host-denied':
    'declare egress to the host in the skill’s manifest, have it approved, and grant it (skillgate agent grant); skillgate run --plan NAME shows the requests that a run may make',
  'secret-expired':
    'skillgate log --run RUN shows why; a changed credential: skillgate secret set NAME --renew KIND',
  'secret-missing':
    'give the run the secret (skillgate secret set NAME --host HOST; of a try: --secret NAME), and put its variable into the path, or give it to the client as the password',
  held: 'skillgate log --run RUN shows the hold and who answered',
  unasked:
    'name an approver (skillgate host approver add NAME), or remove the rule from "holds" in host.json',
  'over-budget':
    'skillgate agent show shows what is used; skillgate agent grant NAME --budget … raises the budget',
  'address-denied':
    'to allow a host of your own network, add its name and address to "hosts" in host.json',
  'package-young':
    'name an older version, or lower the age: skillgate host index add ECOSYSTEM URL --min-age 0d',
  unreachable:
    'check whether this machine can reach the host; skillgate log --run RUN shows the request; behind a company’s proxy: skillgate host egress proxy URL',
  'certificate-denied':
    'if a proxy of your network opens TLS, add its authority: skillgate host egress proxy URL --authority FILE',
  'proxy-unreachable': proxyFix,
  'proxy-tls':
    'add the authority of the proxy’s certificate: skillgate host egress proxy URL --authority FILE',
  'proxy-login':
    'store USER:PASSWORD (skillgate secret set PROXY_LOGIN --host proxy.skillgate.internal) and name it: skillgate host egress proxy URL --secret PROXY_LOGIN',
  'proxy-denied':
    'ask the proxy’s operator to allow the host, or reach it directly: skillgate host egress proxy URL --except HOST',
  'proxy-malformed': proxyFix,
};
