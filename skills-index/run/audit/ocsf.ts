/**
 * Turns a line of the audit log into the words of the Open Cybersecurity Schema Framework (OCSF
 * 1.9), for people who collect such events.
 */
import { type Digest, hexOf } from '../../skill/digest.ts';
import type { AuditEntry, AuditEvent } from './audit-entry.ts';

/** The OCSF classes by their unique number: category × 1000 + class. */
const classes = {
  file: 1001,
  process: 1007,
  finding: 2004,
  network: 4001,
  http: 4002,
  dns: 4003,
  api: 6003,
} as const;

/**
 * The outcome of an event in the words of the OCSF profile security_control: disposition and
 * action.
 */
const outcomes = {
  allowed: { disposition_id: 1, action_id: 1 },
  blocked: { disposition_id: 2, action_id: 2 },
  approved: { disposition_id: 8, action_id: 1 },
  delayed: { disposition_id: 14, action_id: 4 },
  detected: { disposition_id: 15, action_id: 3 },
  deleted: { disposition_id: 5, action_id: 4 },
  corrected: { disposition_id: 11, action_id: 4 },
  logged: { disposition_id: 17, action_id: 3 },
  alert: { disposition_id: 19, action_id: 2 },
  rejected: { disposition_id: 25, action_id: 2 },
} as const;

/** The numbers of `severity_id` in OCSF. */
const severities = { info: 1, low: 2, medium: 3, high: 4, critical: 5 } as const;

interface Mapped {
  readonly class: keyof typeof classes;
  readonly activity: number;
  readonly outcome: keyof typeof outcomes;
  readonly severity?: keyof typeof severities;
  readonly message: string;
  readonly members: Readonly<Record<string, unknown>>;
}

type EntryOf<Event extends AuditEvent['event']> = Extract<AuditEntry, { readonly event: Event }>;

/**
 * The call that an agent, or a person for the agent, made to the runner: created 1, read 2, updated
 * 3, deleted 4, other 99.
 */
const called = (
  operation: string,
  entry: AuditEntry,
  activity: number,
  outcome: Mapped['outcome'],
  message: string,
): Mapped => ({
  class: 'api',
  activity,
  outcome,
  message,
  members: { api: { operation }, actor: actorOf(entry), src_endpoint: { name: 'runner' } },
});

const rows: { readonly [Event in AuditEvent['event']]: (entry: EntryOf<Event>) => Mapped } = {
  start: (entry) => ({
    class: 'process',
    activity: 1,
    outcome: 'allowed',
    message: entry.why,
    members: {
      process: { uid: entry.run, name: entry.command },
      actor: actorOf(entry),
      device: thisHost,
    },
  }),
  exit: (entry) => ({
    class: 'process',
    activity: 2,
    outcome: entry.reason === 'exit' ? 'logged' : 'blocked',
    message: entry.reason,
    ...(entry.reason === 'exit' ? {} : { severity: 'medium' }),
    members: {
      process: { uid: entry.run },
      actor: actorOf(entry),
      device: thisHost,
      duration: entry.milliseconds,
      ...(entry.code === null ? {} : { exit_code: entry.code }),
    },
  }),
  child: (entry) => ({
    class: 'process',
    activity: 1,
    outcome: 'logged',
    message: 'seen while it ran',
    members: {
      process: {
        uid: `${entry.run}/${hexOf(entry.arguments).slice(0, 16)}`,
        name: entry.name,
        parent_process: { uid: entry.run },
      },
      actor: actorOf(entry),
      device: thisHost,
    },
  }),
  call: (entry) =>
    called(`skill_${entry.tool}`, entry, entry.tool === 'run' ? 1 : 2, 'allowed', entry.why),
  refused: (entry) => ({
    ...called('start', entry, 1, 'blocked', `${entry.code}: ${entry.why}`),
    severity: 'low',
  }),
  hold: (entry) => ({
    ...called(
      `hold ${entry.rule}`,
      entry,
      3,
      holdOutcomes[entry.state],
      `${entry.what}: ${entry.why}`,
    ),
    severity: entry.state === 'rejected' ? 'high' : 'medium',
  }),
  breaker: (entry) => ({
    ...called(
      'breaker',
      entry,
      3,
      entry.state === 'opened' ? 'blocked' : 'approved',
      `${entry.counter}: ${entry.why}`,
    ),
    severity: 'high',
  }),
  egress: (entry) => ({ ...egressOf(entry), ...severityOf(entry), message: entry.why }),
  redacted: (entry) => ({
    class: 'http',
    activity: 99,
    outcome: 'corrected',
    severity: 'low',
    message: `${entry.secret} stood in an answer`,
    members: {
      http_request: { url: { hostname: entry.host, path: '/' } },
      dst_endpoint: { hostname: entry.host },
    },
  }),
  package: (entry) => ({
    class: 'http',
    activity: 99,
    outcome: 'allowed',
    severity: 'info',
    message: `${entry.ecosystem} package ${entry.package} ${entry.version}, ${entry.digest}`,
    members: { http_request: { url: { path: `/${entry.file}` } } },
  }),
  change: (entry) => ({
    class: 'file',
    activity: fileActivities[entry.change],
    outcome: 'logged',
    message: entry.change,
    members: {
      file: fileOf(entry.path, entry.before),
      actor: actorOf(entry),
      device: thisHost,
      ...(entry.after === undefined ? {} : { file_result: fileOf(entry.path, entry.after) }),
    },
  }),
  paths: (entry) => ({
    ...called(
      `files ${entry.of} ${entry.digest}`,
      entry,
      99,
      entry.of === 'change' ? 'logged' : 'deleted',
      `${entry.count} paths`,
    ),
    ...(entry.of === 'change' ? {} : { severity: 'medium' }),
  }),
  changes: (entry) =>
    called(`changes ${entry.digest}`, entry, 3, changesOutcomes[entry.decision], entry.decision),
  cleanup: (entry) => ({
    class: 'file',
    activity: 4,
    outcome: 'deleted',
    severity: 'medium',
    message: entry.why,
    members: { file: fileOf(entry.path, undefined), actor: actorOf(entry), device: thisHost },
  }),
  canary: (entry) =>
    finding(entry, 'canary', `the canary left as ${entry.encoding} in ${entry.channel}`),
  incident: (entry) =>
    finding(entry, entry.rule, `${entry.rule} at ${entry.place}: report ${entry.report}`),
  checkpoint: (entry) => called('audit checkpoint', entry, 1, 'logged', `lines 1 to ${entry.size}`),
  recovered: (entry) => ({
    ...called(
      'audit recover',
      entry,
      3,
      'logged',
      `${entry.bytes} bytes of a torn line moved aside`,
    ),
    severity: 'medium',
  }),
};

const holdOutcomes: Readonly<Record<EntryOf<'hold'>['state'], Mapped['outcome']>> = {
  asked: 'delayed',
  allowed: 'approved',
  denied: 'rejected',
  expired: 'rejected',
  unsupported: 'rejected',
  rejected: 'alert',
};
const changesOutcomes = {
  offered: 'delayed',
  begun: 'approved',
  applied: 'approved',
  discarded: 'rejected',
} as const;
const fileActivities = { created: 1, changed: 3, deleted: 4 } as const;
const httpActivities: Readonly<Record<string, number>> = {
  CONNECT: 1,
  DELETE: 2,
  GET: 3,
  HEAD: 4,
  OPTIONS: 5,
  POST: 6,
  PUT: 7,
  TRACE: 8,
  PATCH: 9,
};

const thisHost = { type_id: 0, name: 'runner' } as const;

/**
 * Returns the OCSF event of an audit entry. `unmapped.skillgate` has each fact without a place in
 * the schema.
 */
export function ocsfOf(entry: AuditEntry): Readonly<Record<string, unknown>> {
  // The row of an event takes the entries of that event.
  const row = rows[entry.event] as (one: AuditEntry) => Mapped;
  const { activity, class: name, members, message, outcome, severity = 'info' } = row(entry);
  const { schema: _, ...skillgate } = entry;
  const class_uid = classes[name];
  return {
    class_uid,
    category_uid: Math.floor(class_uid / 1_000),
    activity_id: activity,
    type_uid: class_uid * 100 + activity,
    time: Date.parse(entry.at),
    severity_id: severities[severity],
    status_id: outcomes[outcome].action_id === 2 ? 2 : 1,
    ...outcomes[outcome],
    is_alert: severity === 'critical' || outcome === 'alert',
    message,
    metadata: {
      version: '1.9.0-dev',
      product: { name: 'Skillgate', vendor_name: 'Skillgate' },
      profiles: ['security_control', 'ai_operation'],
      uid: `${entry.run}/${entry.seq}`,
      correlation_uid: entry.run,
      sequence: entry.seq,
    },
    ai_agent: {
      uid: entry.agent,
      name: entry.agent,
      instance_uid: entry.session ?? entry.run,
      type_id: 0,
    },
    ...members,
    unmapped: { skillgate },
  };
}

function egressOf(
  entry: EntryOf<'egress'>,
): Pick<Mapped, 'class' | 'activity' | 'outcome' | 'members'> {
  const outcome = entry.decision === 'allowed' ? 'allowed' : 'blocked';
  const dst_endpoint = { hostname: entry.host, port: entry.port };
  if (entry.why.startsWith('address-denied'))
    return {
      class: 'dns',
      activity: 1,
      outcome,
      members: { query: { hostname: entry.host }, dst_endpoint },
    };
  if (entry.method === 'CONNECT')
    return {
      class: 'network',
      activity: outcome === 'allowed' ? 1 : 5,
      outcome,
      members: { dst_endpoint },
    };
  const url = { hostname: entry.host, port: entry.port, path: entry.path };
  const members = { http_request: { http_method: entry.method, url }, dst_endpoint };
  return { class: 'http', activity: httpActivities[entry.method] ?? 99, outcome, members };
}

function severityOf({ decision, why }: EntryOf<'egress'>): Pick<Mapped, 'severity'> {
  if (decision === 'allowed') return {};
  return {
    severity: why.startsWith('secret-unbound') || why.startsWith('leak') ? 'critical' : 'low',
  };
}

function finding(entry: AuditEntry, rule: string, message: string): Mapped {
  const finding_info = { uid: `${entry.run}/${entry.seq}`, title: rule };
  return {
    class: 'finding',
    activity: 1,
    outcome: 'alert',
    severity: 'critical',
    message,
    members: { finding_info },
  };
}

function actorOf({ run, session, skill }: AuditEntry) {
  return { app_name: skill ?? 'skillgate', session: { uid: session ?? run } };
}

function fileOf(path: string, digest: Digest | undefined) {
  const file = { name: path.split('/').at(-1) || path, path, type_id: 0 };
  return digest === undefined
    ? file
    : { ...file, hashes: [{ algorithm_id: 3, value: hexOf(digest) }] };
}
