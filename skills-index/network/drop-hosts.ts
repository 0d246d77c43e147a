/**
 * Hosts where anyone can leave or fetch data without an account of the skill's user: indicators,
 * each with its public source.
 */
import { coversHost } from './host-name.ts';

/**
 * request-catcher records what is sent to it; interaction answers on any name (out-of-band
 * testing); the other names explain themselves.
 */
export type DropKind =
  | 'request-catcher'
  | 'interaction'
  | 'paste'
  | 'file-drop'
  | 'tunnel'
  | 'chat-webhook';

interface DropHost {
  readonly host: string;
  readonly kind: DropKind;
  /** Only requests below this path count, when the host also has honest uses. */
  readonly path?: string;
}

/**
 * Public sources: LOTS project (lots-project.com, exfiltration and download), interactsh's default
 * servers, MITRE ATT&CK T1567.001–.004 (exfiltration over web service) and T1102, abuse.ch URLhaus
 * tags.
 */
export const dropHosts: readonly DropHost[] = [
  ...kind(
    'request-catcher',
    words(`
  webhook.site *.webhook.site requestbin.com requestbin.net *.requestbin.net requestbin.io requestcatcher.com
  *.requestcatcher.com *.m.pipedream.net pipedream.net *.pipedream.net beeceptor.com *.beeceptor.com hookbin.com
  postb.in *.postb.in ptsv2.com ptsv3.com requestinspector.com webhook-test.com webhook.cool webhookrelay.com
  smee.io typedwebhook.tools mockbin.org *.free.beeceptor.com *.mockapi.io`),
  ),
  ...kind(
    'interaction',
    words(`
  *.oast.pro *.oast.live *.oast.site *.oast.online *.oast.fun *.oast.me *.interact.sh *.burpcollaborator.net
  *.oastify.com *.dnslog.cn *.ceye.io *.canarytokens.com canarytokens.com *.requestrepo.com *.bxss.me`),
  ),
  ...kind(
    'paste',
    words(`
  pastebin.com paste.ee hastebin.com rentry.co rentry.org glot.io dpaste.com dpaste.org ghostbin.com
  controlc.com ix.io termbin.com paste.rs pastes.dev justpaste.it pastie.org privatebin.net sprunge.us cl1p.net
  telegra.ph paste.c-net.org clbin.com p.ip.fi`),
  ),
  ...kind(
    'file-drop',
    words(`
  transfer.sh file.io 0x0.st anonfiles.com gofile.io *.gofile.io catbox.moe *.catbox.moe tmpfiles.org temp.sh
  bashupload.com oshi.at pixeldrain.com filebin.net uguu.se keep.sh store1.gofile.io send.now
  litterbox.catbox.moe ufile.io`),
  ),
  ...kind(
    'tunnel',
    words(`
  *.ngrok.io *.ngrok.app *.ngrok.dev *.ngrok-free.app *.ngrok-free.dev *.trycloudflare.com *.loca.lt
  *.localtunnel.me *.serveo.net serveo.net *.lhr.life *.localhost.run *.pagekite.me *.tunnelto.dev *.bore.pub
  bore.pub *.telebit.io *.pinggy.link`),
  ),
  { host: 'discord.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  { host: 'discordapp.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  // Test clients of the same service.
  { host: 'ptb.discord.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  { host: 'canary.discord.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  { host: 'ptb.discordapp.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  { host: 'canary.discordapp.com', kind: 'chat-webhook', path: '/api/webhooks/' },
  { host: 'hooks.slack.com', kind: 'chat-webhook', path: '/' },
  { host: 'api.telegram.org', kind: 'chat-webhook', path: '/bot' },
];

const byDomain = Map.groupBy(dropHosts, (row) => row.host.replace(/^\*\./, ''));

// What a page shows in place of an address of the user's own. Nothing sent there arrives: there, an
// address of Slack has the ids of a workspace and of a channel, and one of Discord a number.
const unfilled =
  /^\/(?:services|api\/webhooks)\/(?:\.{3}|your\b|YOUR|[Xx]{3}|T0{6}|<|ID\b)|^\/bot(?:\.{3}|<|YOUR|your)|^\/\.{3}$/;

/**
 * The row of a host and path, or undefined. A path of `undefined` or `*` matches only hosts that
 * are drops as a whole. A path that a reader has to fill in matches none.
 */
export function dropHostOf(host: string, path = ''): DropHost | undefined {
  if (unfilled.test(path)) return undefined;
  const lower = host.toLowerCase();
  for (
    let name: string = lower;
    name !== '';
    name = name.slice(1 + (name.indexOf('.') < 0 ? name.length : name.indexOf('.')))
  )
    for (const row of byDomain.get(name) ?? [])
      if (coversHost(row.host, lower) && (row.path === undefined || path.startsWith(row.path)))
        return row;
  return undefined;
}

function kind(name: DropKind, hosts: readonly string[]): DropHost[] {
  return hosts.map((host) => ({ host, kind: name }));
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
