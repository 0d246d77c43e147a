/** Packs the skills of a scenario, with capabilities that the scenario names by a word. */
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { modelHost } from '../../../skills-index/run/agents/bridge.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle } from '../../../skills-index/skill/bundle.ts';
import { type Manifest, parseManifest } from '../../../skills-index/skill/manifest.ts';
import type { ScenarioSkill } from './scenario.ts';

const receivedBytesMax = 1024 * 1024;

// The outside world on loopback: the allowed hosts, the model, and the stranger, which no request
// may reach. It keeps every request.

export const hosts = {
  crm: 'api.crm.example',
  bank: 'bank.example',
  model: 'model.example',
  stranger: 'collect.stranger.example',
} as const;

interface ReceivedRequest {
  readonly at: 'crm' | 'bank' | 'model' | 'stranger';
  /** What stands where a secret of a skill may: a header, or one place of the target or body. */
  readonly credential: string;
  /** The rest of the request. */
  readonly text: string;
}

export interface Outside {
  readonly port: number;
  readonly received: readonly ReceivedRequest[];
  close(): void;
}

/**
 * @param secret the value that the skills' secrets have
 * @param pages answers of the allowed host, by path; a page may begin with `redirect: URL` or
 * `status: N`
 */
export async function startOutside(
  secret: string,
  pages: Readonly<Record<string, string>>,
): Promise<Outside> {
  const received: ReceivedRequest[] = [];
  const inPlace = new RegExp(`(/bot|/hooks/|(?:^|[?&])sig=|^\\{"sig":")${secret}(?=[/&"]|$)`);
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? 'nobody'}`);
    const body = await bodyOf(request);
    const { authorization = '', host: _, ...headers } = request.headers;
    const at = placeOf(url.hostname);
    const parts = [`${url.pathname}${url.search}`, body];
    const isPlaced = at === 'crm' && parts.some((part) => inPlace.test(part));
    const [target, sent] = isPlaced ? parts.map((part) => part.replace(inPlace, '$1')) : parts;
    const credential = authorization || (isPlaced ? secret : '');
    received.push({
      at,
      credential,
      text: `${request.method} ${url.host}${target}\n${JSON.stringify(headers)}\n${sent}`,
    });
    const page = at === 'crm' ? pages[url.pathname] : undefined;
    const [, moved] = /^redirect: (\S+)/.exec(page ?? '') ?? [];
    const [, status = '200', text = ''] =
      /^(?:status: (\d+)\n)?([\s\S]*)$/.exec(page ?? '{"deals":[]}') ?? [];
    if (moved !== undefined) response.writeHead(302, { location: moved }).end();
    else
      response
        .writeHead(Number(status))
        .end(echoes[url.pathname.split('/').at(-1) ?? '']?.(credential) ?? text);
  });
  // The proxy of runs without a gate: every name leads to this server.
  server.on('connect', (request, client) => {
    const name = (request.url ?? '').replace(/:\d+$/, '');
    if (placeOf(name) === 'stranger')
      received.push({ at: 'stranger', credential: '', text: `CONNECT ${name}` });
    const { port } = server.address() as AddressInfo;
    const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
    client.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => client.destroy()).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, received, close };
}

/** Answers of the allowed hosts that contain the credential that they received. */
const echoes: Readonly<Record<string, (credential: string) => string>> = {
  echo: (credential) => credential,
  backwards: (credential) => [...credential].reverse().join(''),
  halves: (credential) => `${credential.slice(0, 20)} | ${credential.slice(20)}`,
  spelled: (credential) => [...credential].join('-'),
};

function placeOf(name: string): ReceivedRequest['at'] {
  if (name === hosts.crm) return 'crm';
  if (name === hosts.bank) return 'bank';
  return name === hosts.model || name === modelHost ? 'model' : 'stranger';
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      bytes += part.length;
      if (bytes <= receivedBytesMax) parts.push(part);
    }
  } catch {
    // The connection was cut: the bytes until then count.
  }
  return Buffer.concat(parts).toString();
}

export interface SkillText {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
}

const why = 'for its work';
const egress = (host: string, methods: readonly string[]) => ({
  url: `http://${host}/*`,
  methods,
  why,
});
// The same secret in another place of the request.
const crmTakes = (as: string, name = 'CRM_TOKEN') => ({
  egress: [{ url: `http://${hosts.crm}/v2/*`, methods: ['GET', 'POST'], why }],
  secret: [{ name, hosts: [hosts.crm], as, why }],
});
const capabilityWords: Readonly<Record<string, Readonly<Record<string, readonly object[]>>>> = {
  crm: crmTakes('bearer'),
  'crm-query': crmTakes('query:sig'),
  'crm-form': crmTakes('form:sig'),
  'crm-json': crmTakes('json:/sig'),
  'crm-path': {
    ...crmTakes('path'),
    egress: [{ url: `http://${hosts.crm}/v2/bot*`, methods: ['GET', 'POST'], why }],
  },
  'crm-hook': {
    ...crmTakes('address', 'CRM_HOOK'),
    egress: [{ url: `http://${hosts.crm}/v2/hooks/*`, methods: ['GET', 'POST'], why }],
  },
  'crm-tcp': {
    ...crmTakes('bearer'),
    egress: [
      { url: `http://${hosts.crm}/v2/*`, methods: ['GET', 'POST'], why },
      { url: `tcp://${hosts.crm}:7001`, why },
    ],
  },
  'crm-read': {
    egress: [{ url: `http://${hosts.crm}/v2/*`, methods: ['GET'], why }],
    secret: [{ name: 'CRM_TOKEN', hosts: [hosts.crm], as: 'bearer', why }],
  },
  bank: {
    egress: [egress(hosts.bank, ['GET', 'POST'])],
    secret: [{ name: 'BANK_TOKEN', hosts: [hosts.bank], as: 'bearer', why }],
  },
  reports: { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'rw', why }] },
  'reports-cow': { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'cow', why }] },
  'reports-ro': { mount: [{ source: 'workspace:reports', target: '/reports', mode: 'ro', why }] },
  sh: { exec: [{ program: 'sh', why }] },
};

/** Packs a scenario's skill for publication. */
export function packSkill({ commands, files, name, words }: ScenarioSkill): SkillText {
  const capabilities: Record<string, object[]> = {};
  for (const word of words)
    for (const [kind, rows] of Object.entries(capabilityWords[word] ?? {}))
      capabilities[kind] = [...(capabilities[kind] ?? []), ...rows];
  const skillJson = JSON.stringify({
    name,
    version: '1.0.0',
    license: 'MIT',
    commands,
    capabilities,
    limits: { seconds: 20, memoryMiB: 256 },
  });
  const short = name.slice(name.indexOf('/') + 1);
  const all = {
    'skill.json': skillJson,
    ...files,
    'SKILL.md': skillText(short, files['SKILL.md']),
  };
  const bytes = Object.entries(all).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  return { packed: packBundle(bytes), manifest: parseManifest(Buffer.from(skillJson)) };
}

/** Adds the front matter of a SKILL.md; a first line `description: …` is the description. */
export function skillText(short: string, given = 'Does its work.\n'): string {
  const [, description = 'Does its work.', body = given] =
    /^description: (.*)\n([\s\S]*)$/.exec(given) ?? [];
  return `---\nname: ${short}\ndescription: ${JSON.stringify(JSON.parse(description.startsWith('"') ? description : JSON.stringify(description)))}\n---\n${body}`;
}
