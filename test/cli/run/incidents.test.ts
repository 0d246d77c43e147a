import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pinRegistry } from '../../../cli/registries/addresses/pin-registry.ts';
import { reportingAudit } from '../../../cli/run/incidents.ts';
import { sendIncidents } from '../../../cli/run/start-skill.ts';
import type { AuditEvent, AuditSubject } from '../../../skills-index/run/audit/audit-entry.ts';
import { incidentSigner, parseIncident } from '../../../skills-index/run/audit/incident.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { makeRoot } from '../../registry/people.ts';
import { pathsOf } from '../installer-world.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-incident-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const { root } = makeRoot();
const registry = registryIdOf(root);
const subject: AuditSubject = {
  run: 'r1',
  agent: 'finance',
  skill: '@acme/a',
  version: '1.0.0',
  bundle: digestOf('a'),
};
const egress = (
  decision: 'allowed' | 'denied',
  why: string,
  host = 'paste.example',
): AuditEvent => ({
  event: 'egress',
  decision,
  why,
  host,
  method: 'GET',
  port: 443,
  path: '/secret-path',
  secrets: ['CRM_TOKEN'],
});
const exit: AuditEvent = { event: 'exit', reason: 'exit', code: 0, milliseconds: 1 };
const folder = (): string => join(home, 'data/incidents');
const reports = () =>
  (existsSync(folder()) ? readdirSync(folder()) : [])
    .filter((name) => name.endsWith('.json'))
    .map((name) => parseIncident(JSON.parse(readFileSync(join(folder(), name), 'utf8'))));

function tell(events: readonly AuditEvent[], about: AuditSubject = subject): AuditEvent[] {
  const recorded: AuditEvent[] = [];
  const audit = { record: (_: AuditSubject, event: AuditEvent) => void recorded.push(event) };
  const now = () => new Date('2026-11-20T12:00:00Z');
  const places = { folder: folder(), keyFile: join(home, 'config/audit-key.json'), registry, now };
  const reporting = reportingAudit(audit, places);
  for (const event of events) reporting.record(about, event);
  return recorded;
}

describe('an incident', () => {
  it.each<[string, AuditEvent, string | undefined]>([
    ['a secret where it is not bound', egress('denied', 'secret-unbound'), 'secret-unbound'],
    ['the canary', { event: 'canary', channel: 'body', encoding: 'hex' }, 'canary'],
    ['an address inside', egress('denied', 'address-denied'), 'escape'],
    ['a tunnel in a tunnel', egress('denied', 'nested'), 'escape'],
    ['a link that leaves', { event: 'cleanup', path: '/reports/l', why: 'a link' }, 'escape'],
    ['a host that is not granted', egress('denied', 'host-denied'), undefined],
    ['an allowed request', egress('allowed', 'secret-unbound'), undefined],
    ['an end', exit, undefined],
  ])('%s', (_, event, rule) => {
    const recorded = tell([egress('allowed', 'approved'), event]);
    expect(reports().map(({ incident }) => incident.rule)).toEqual(
      rule === undefined ? [] : [rule],
    );
    expect(recorded.filter((one) => one.event === 'incident')).toHaveLength(
      rule === undefined ? 0 : 1,
    );
  });

  it('is reported once for each rule and run, signed, with nothing of the host or the request in it', () => {
    tell([
      egress('allowed', 'approved'),
      egress('denied', 'secret-unbound'),
      egress('denied', 'secret-unbound', 'b.example'),
      exit,
    ]);
    const [report, ...more] = reports();
    expect(more).toEqual([]);
    expect(report?.incident).toEqual({
      schema: 'skillgate.incident/1',
      registry,
      skill: '@acme/a',
      version: '1.0.0',
      bundle: digestOf('a'),
      rule: 'secret-unbound',
      place: 'paste.example:443',
      counts: { allowed: 1, denied: 1 },
      at: '2026-11-20T12:00:00.000Z',
    });
    expect(report === undefined ? undefined : incidentSigner(report)).toMatch(/^sha256:/);
    expect(JSON.stringify(report)).not.toMatch(/secret-path|CRM_TOKEN|finance|PRIVATE/);
    expect(JSON.stringify(report)).not.toContain(home);
  });

  it('of what nobody published is no report', () => {
    tell([egress('denied', 'secret-unbound')], { run: 'r', agent: 'finance' });
    expect(reports()).toEqual([]);
  });
});

describe('sending incidents', () => {
  const answering = (status: number, asked: string[]) =>
    (async (input: unknown) => {
      asked.push(String(input));
      return new Response('{}', { status });
    }) as typeof fetch;
  const ends = () =>
    (existsSync(folder()) ? readdirSync(folder()) : []).map((name) => name.split('.')[1]);

  it.each([
    [false, 201, 0, 0, ['json']],
    [true, 201, 1, 1, ['sent']],
    [true, 429, 1, 0, ['json']],
    [true, 503, 1, 0, ['json']],
    [true, 404, 1, 0, ['refused']],
  ])('with report: %s and an answer %d asks %d times', async (report, status, asks, sent, left) => {
    await pinRegistry(pathsOf(home), 'http://localhost', root, []);
    tell([egress('denied', 'secret-unbound')]);
    const asked: string[] = [];
    const world = { env: {}, paths: pathsOf(home), fetch: answering(status, asked) };
    expect(await sendIncidents(world, { incidents: { report } })).toBe(sent);
    expect(asked).toEqual(Array.from({ length: asks }, () => 'http://localhost/api/v1/incidents'));
    expect(ends()).toEqual(left);
  });

  it('sends a report where its version was admitted, wherever the scope is looked up by now', async () => {
    await pinRegistry(pathsOf(home), 'https://other.example', makeRoot().root, ['acme' as never]);
    tell([egress('denied', 'secret-unbound')]);
    const asked: string[] = [];
    const world = { env: {}, paths: pathsOf(home), fetch: answering(201, asked) };
    expect(await sendIncidents(world, { incidents: { report: true } })).toBe(0);
    expect([asked, ends()]).toEqual([[], ['json']]);
    await pinRegistry(pathsOf(home), 'http://localhost', root, []);
    expect(await sendIncidents(world, { incidents: { report: true } })).toBe(1);
    expect(asked).toEqual(['http://localhost/api/v1/incidents']);
  });

  it('sets aside what it cannot read, and leaves what no registry is known for', async () => {
    tell([egress('denied', 'secret-unbound')]);
    writeFileSync(join(folder(), `${'0'.repeat(32)}.json`), '{}');
    const asked: string[] = [];
    const world = { env: {}, paths: pathsOf(home), fetch: answering(201, asked) };
    expect(await sendIncidents(world, { incidents: { report: true } })).toBe(0);
    expect(asked).toEqual([]);
    expect(ends().sort()).toEqual(['json', 'refused']);
  });
});
