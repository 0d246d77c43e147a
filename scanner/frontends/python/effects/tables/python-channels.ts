/**
 * Libraries to which a whole program tells things. Sources: the Python 3.14 library reference, the
 * packages' documentation.
 */
import { api, argument, type PythonApiTable, rows } from './python-api.ts';

export interface Channel {
  readonly name: string;
  /** Calls that tell the channel their arguments. */
  readonly tells: RegExp;
  /** Calls that say to which host the channel sends. */
  readonly opens: RegExp;
  /** Options of such a call that add to what is sent. */
  readonly adds: RegExp;
}

const none = /^$/;

export const channels: readonly Channel[] = [
  {
    name: 'logging',
    tells:
      /^(logging|logging\.(getLogger|Logger|LoggerAdapter)\(\)|loguru\.logger|structlog\.get_logger\(\))(\.(bind|opt|getChild)\(\))?\.(debug|info|warn|warning|error|critical|exception|fatal|log|trace|success|bind)$/,
    opens: /^logging\.handlers\.\w{1,40}Handler$/,
    adds: none,
  },
  {
    name: 'sentry',
    tells: /^sentry_sdk\.((\w+\(\)\.)?(capture_\w+|set_\w+|add_\w+)|metrics\.\w+|logger\.\w+)$/,
    opens: /^sentry_sdk\.init$/,
    adds: /^before_\w+$/,
  },
  {
    name: 'opentelemetry',
    tells:
      /^opentelemetry\.\w[\w.()]{0,120}\.(set_attributes?|add_event|record_exception|start_as_current_span|start_span|emit)$/,
    opens: /^opentelemetry\.exporter\.[\w.]{1,80}Exporter$/,
    adds: none,
  },
];

const exporter = api({
  does: 'request',
  url: argument(0, 'endpoint'),
  method: 'POST',
  body: [],
  header: ['headers'],
});

export const pythonChannels: PythonApiTable = {
  ...rows(
    'sentry_sdk',
    'init',
    api({ does: 'request', url: argument(0, 'dsn'), method: 'POST', body: [], header: [] }),
  ),
  ...rows('opentelemetry.exporter.otlp.proto.http.trace_exporter', 'OTLPSpanExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.http._log_exporter', 'OTLPLogExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.http.metric_exporter', 'OTLPMetricExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.grpc.trace_exporter', 'OTLPSpanExporter', exporter),
  ...rows('opentelemetry.exporter.otlp.proto.grpc._log_exporter', 'OTLPLogExporter', exporter),
};
