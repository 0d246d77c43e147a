/**
 * The two processes beside the client of bench/egress.ts: `upstream`, an https host on loopback,
 * and `proxy`.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { openAudit } from '../runner/audit/audit.ts';
import { startEgress } from '../runner/egress/egress.ts';
import { leakDetector } from '../runner/egress/leaks.ts';
import { makeAuthority } from '../skills-index/run/egress/certificate.ts';

export const benchHost = 'api.crm.example';

export interface UpstreamPlace {
  readonly port: number;
  readonly ca: string;
}

export interface ProxyOrder extends UpstreamPlace {
  readonly mode: 'intercept' | 'tunnel';
  readonly folder: string;
}

function upstream(): void {
  const authority = makeAuthority([benchHost], new Date());
  const server = createServer(authority.leafFor(benchHost), (request, response) => {
    request.resume();
    response.setHeader('Content-Length', 4);
    response.end('fine');
  });
  server.listen(0, '127.0.0.1', () =>
    process.send?.({
      port: (server.address() as AddressInfo).port,
      ca: authority.certificate,
    } satisfies UpstreamPlace),
  );
}

/** As a run has it: a detector of leaks, and an audit log on disk. */
async function proxy({ ca, folder, mode, port }: ProxyOrder): Promise<void> {
  const pinned = { [benchHost]: { address: '127.0.0.1', port } };
  const rule = {
    scheme: 'https',
    host: benchHost,
    port: 443,
    methods: ['GET'],
    path: '/v2/*',
    pinned,
    reason: '',
  } as const;
  const audit = openAudit(`${folder}-audit.jsonl`, () => new Date(), `${folder}-audit-key.json`);
  const started = await startEgress({
    folder,
    rules: { egress: [{ ...rule, mode }], secrets: [] },
    reveal: async () => '',
    known: () => [],
    record: (event) => void audit.record({ run: 'bench', agent: 'operator' }, event),
    leaks: leakDetector(
      [{ name: 'canary', parts: ['0123456789abcdefghij', 'klmnopqrstuvwxyz0123'] }],
      () => undefined,
    ),
    authorities: [ca],
    caps: { requestsPerMinute: 1_000_000, sentBytes: 1_000_000_000 },
  });
  process.send?.(started.files.map(({ bytes }) => Buffer.from(bytes).toString()).join(''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv[2] === 'upstream') upstream();
  else process.once('message', (order) => void proxy(order as ProxyOrder));
  process.on('disconnect', () => process.exit());
}
