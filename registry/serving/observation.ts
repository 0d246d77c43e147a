/** What an operator sees of a running registry: the access log and the port for figures. */
import type { MiddlewareHandler } from 'hono';
import type { Registry } from '../context.ts';
import type { AddressOf } from '../request-limits/write-limits.ts';
import { type AccessLogTarget, openAccessLog } from './access-log.ts';
import type { DiskSpace } from './disk-space.ts';
import type { Listeners } from './listeners.ts';
import { metricsText, RequestCounts } from './metrics.ts';
import { openMetricsPort } from './metrics-port.ts';
import { type ObservedRequest, observeRequests } from './observed-requests.ts';

export interface ObservationOptions {
  readonly accessLog?: AccessLogTarget | undefined;
  /** Port on 127.0.0.1; 0 for any free one. No metrics without it. */
  readonly metricsPort?: number | undefined;
}

export interface Observation {
  readonly steps: readonly MiddlewareHandler[];
  /** The port for figures that was opened. */
  readonly metricsPort: number | undefined;
  /** Opens the file of the access log again. */
  reload(): void;
  close(): Promise<void>;
}

/**
 * Opens what the options name.
 * @throws Problem `file-not-found` for the access log, `port-taken`, `usage`
 */
export async function openObservation(
  options: ObservationOptions,
  world: {
    readonly registry: Registry;
    readonly listeners: Listeners;
    readonly disk: DiskSpace;
    readonly addressOf: AddressOf;
    /** Asks the application, without a port. */
    readonly ask: (path: string) => Promise<Response>;
    readonly say: (line: string) => void;
  },
): Promise<Observation> {
  const { registry, listeners, disk, addressOf, ask, say } = world;
  const log =
    options.accessLog === undefined
      ? undefined
      : openAccessLog(options.accessLog, { now: registry.now, say });
  const requests = new RequestCounts();
  const text = () =>
    metricsText({
      registry,
      requests,
      diskFree: disk.free,
      isReady: () => ask('/readyz').then(({ ok }) => ok),
      certificateExpires: listeners.certificateExpires,
    });
  const metrics =
    options.metricsPort === undefined
      ? undefined
      : await openMetricsPort(options.metricsPort, text, (error) =>
          say(`Cannot answer for metrics: ${String(error)}`),
        );
  const steps =
    log === undefined && metrics === undefined
      ? []
      : [
          observeRequests(addressOf, (request) => {
            if (!isPoll(request)) log?.note(request);
            if (metrics !== undefined) requests.note(request);
          }),
        ];
  return {
    steps,
    metricsPort: metrics?.port,
    reload: () => log?.reopen(),
    close: async () => {
      await metrics?.close();
      await log?.close();
    },
  };
}

// Each scanner asks for work every second or two, which would fill the log. The audit log of the
// registry has what scanners do.
function isPoll({ route, status }: ObservedRequest): boolean {
  return status === 200 && pollRoutes.has(route);
}

const pollRoutes: ReadonlySet<string> = new Set([
  '/api/v1/jobs/lease',
  '/api/v1/observation-jobs/lease',
  '/api/v1/packages/lease',
]);
