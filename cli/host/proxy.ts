/** `skillgate host egress proxy …`: the proxy through which runs reach names, and its trial. */
import { resolve } from 'node:path';
import { secretsFileOf, storeSecret } from '../../runner/secret-sources/secret-store.ts';
import { isHostName } from '../../skills-index/network/host-name.ts';
import type { HostPolicy, ProxyRule } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, listOf } from '../command.ts';
import { readRegistries } from '../registries/registry-base.ts';
import { safe } from '../terminal/output.ts';
import { environmentProxy, lacksProxy, proxyOpener } from '../upstream-proxy.ts';
import { applyHostChange, readPolicy } from './change.ts';
import type { DoctorRow } from './toolchains.ts';
import { listIn, requireNamed, withMember } from './workspaces.ts';

/** No run can reach this name, so no skill gets the login. */
const loginHost = 'proxy.skillgate.internal';

/** A name that leads nowhere (RFC 6761): whatever the proxy answers, it took the login. */
const nowhere = 'skillgate.invalid';

interface TakenProxy extends Pick<ProxyRule, 'url'> {
  readonly except: readonly string[];
  readonly login?: string;
}

export function setProxy(context: CommandContext, [written, ...more]: readonly string[]): void {
  const { authority, 'dry-run': isTrial, 'from-env': isFromEnv, secret: named } = context.options;
  if ((written === undefined) !== (isFromEnv === true) || more.length > 0)
    throw new Problem('usage', 'Name the proxy: write URL or --from-env');
  const taken: TakenProxy =
    written === undefined ? environmentRule(context) : { url: written, except: [] };
  const { login, url } = taken;
  const secret = named ?? (login === undefined ? undefined : 'PROXY_LOGIN');
  const except = [...taken.except, ...listOf(context.options.except)];
  if (login !== undefined && isTrial !== true)
    storeSecret(secretsFileOf(context), {
      name: String(secret),
      hosts: [loginHost],
      value: Buffer.from(login),
      now: context.now(),
    });
  applyHostChange(context, {
    change: (members) => {
      const listed = [...listIn(members, 'authorities'), resolve(context.cwd, String(authority))];
      const trusting =
        authority === undefined
          ? members
          : withMember(members, 'authorities', [...new Set(listed)], true);
      const rule = { url, secret, ...(except.length > 0 && { except }) };
      return withMember(trusting, 'proxy', rule, true);
    },
    means: [
      safe`Runs, sessions and webhooks reach names through ${url}, except those of "hosts" in host.json${except.map((host) => `, ${host}`).join('')}.`,
      safe`Next: skillgate doctor`,
    ],
    notes: login === undefined ? [] : [safe`the proxy’s login is secret ${String(secret)}`],
  });
}

export function removeProxy(context: CommandContext): void {
  const { proxy } = readPolicy(context);
  requireNamed(proxy === undefined ? [] : ['proxy'], 'egress', 'proxy');
  applyHostChange(context, {
    change: (members) => withMember(members, 'proxy', undefined, false),
    means: [safe`Runs, sessions and webhooks leave this host directly.`],
  });
}

// The address may have a password, so no message quotes it. Names of one label and addresses are no
// hosts of a run, so they need no exception.
function environmentRule(context: CommandContext): TakenProxy {
  const written = environmentProxy(context);
  const url = URL.parse(written.includes('://') ? written : `http://${written}`);
  const ignored = context.env.no_proxy || context.env.NO_PROXY || '';
  const names = ignored.split(/[\s,]+/).map((name) => name.replace(/^\*?\.|:\d+$/g, ''));
  if (!/^https?:$/.test(url?.protocol ?? '') || url === null || names.includes('*'))
    throw new Problem(
      'usage',
      'Cannot take the proxy of the environment: HTTPS_PROXY is no address, or NO_PROXY excepts everything',
      { hint: 'skillgate host egress proxy URL' },
    );
  const { host, password, protocol, username } = url;
  return {
    url: `${protocol}//${host}`,
    except: names.filter(isHostName).flatMap((name) => [name, `*.${name}`]),
    ...(username !== '' && { login: `${decoded(username)}:${decoded(password)}` }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Asks the proxy for a connection to the first registry, and sends nothing through it. */
export async function proxyRows(context: CommandContext, policy: HostPolicy): Promise<DoctorRow[]> {
  const about = { name: 'upstream proxy', needed: false };
  const { proxy } = policy;
  const open = proxyOpener(context, policy);
  if (proxy === undefined || open === undefined)
    return lacksProxy(context)
      ? [
          {
            ...about,
            holds: false,
            detail: 'HTTPS_PROXY is set, and host policy names no proxy: runs go out directly',
            type: 'skillgate host egress proxy --from-env',
          },
        ]
      : [];
  const found = readRegistries(context.paths)
    .registries.map(({ base }) => new URL(base))
    .find(({ hostname, protocol }) => protocol === 'https:' && isHostName(hostname));
  const to = { host: found?.hostname ?? nowhere, port: Number(found?.port || 443) };
  try {
    const ways = (await open())({}, async () => undefined);
    const socket = await ways.wayTo(to.host)?.connect(to).finally(ways.close);
    socket?.destroy();
    return [{ ...about, holds: true, detail: `${proxy.url} leads to ${to.host}` }];
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const isAnswer = /^(unreachable|proxy-denied)$/.test(code) && to.host === nowhere;
    return [
      {
        ...about,
        holds: isAnswer,
        detail: isAnswer
          ? `${proxy.url} answers`
          : `${proxy.url}, to ${to.host}: ${message.replace('it is allowed, but ', '')}`,
        ...(!isAnswer && { type: `skillgate explain ${code}` }),
      },
    ];
  }
}
