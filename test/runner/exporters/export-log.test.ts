import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudit } from '../../../runner/audit/audit.ts';
import { skill } from '../../cli/command-line.ts';

let home: string;
let collector: Server;
let port: number;
/** Bodies that the collector took, and what it says. */
let taken: {
  readonly type: string | undefined;
  readonly path: string | undefined;
  readonly body: unknown;
}[];
let answer: () => number;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-export-'));
  [taken, answer] = [[], () => 200];
  collector = createServer(async (request, response) => {
    const body: unknown = JSON.parse(await text(request));
    const status = answer();
    if (status < 300)
      taken.push({ type: request.headers['content-type'], path: request.url, body });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  port = (collector.address() as AddressInfo).port;
});
afterEach(() => {
  collector.close();
  rmSync(home, { recursive: true, force: true });
});

const policy = (
  exporters: readonly object[],
  hosts: object = { 'collector.example': `127.0.0.1:${port}` },
): void => {
  mkdirSync(join(home, 'config'), { recursive: true, mode: 0o700 });
  writeFileSync(join(home, 'config/host.json'), JSON.stringify({ hosts, exporters }), {
    mode: 0o600,
  });
};
const file = (): string => join(home, 'data/audit/audit.jsonl');
const record = (why: string): void =>
  openAudit(
    file(),
    () => new Date('2026-11-20T10:00:00Z'),
    join(home, 'config/audit-key.json'),
  ).record(
    { run: 'r1', agent: 'finance', skill: '@acme/a', version: '1.0.0' },
    { event: 'refused', code: 'not-admitted', why },
  );
const run = (...argv: readonly string[]) =>
  skill(['log', 'export', ...argv], { env: { SKILLGATE_HOME: home } });
const otlp = { kind: 'otlp', url: 'http://collector.example/v1/logs' };
const second = { kind: 'otlp', url: 'http://collector.example/second' };

/**
 * The JSON form of opentelemetry-proto's ExportLogsServiceRequest, as a collector reads it: nothing
 * unknown, 64-bit numbers as strings.
 */
const scalar = v.union([
  v.strictObject({ stringValue: v.string() }),
  v.strictObject({ intValue: v.pipe(v.string(), v.regex(/^-?\d+$/)) }),
  v.strictObject({ boolValue: v.boolean() }),
]);
const anyValue = v.union([
  scalar,
  v.strictObject({ arrayValue: v.strictObject({ values: v.array(scalar) }) }),
]);
const attributes = v.array(
  v.strictObject({ key: v.pipe(v.string(), v.minLength(1)), value: anyValue }),
);
const nanoseconds = v.pipe(v.string(), v.regex(/^\d{19}$/));
const request = v.strictObject({
  resourceLogs: v.array(
    v.strictObject({
      resource: v.strictObject({ attributes }),
      scopeLogs: v.array(
        v.strictObject({
          scope: v.strictObject({ name: v.string(), version: v.string() }),
          logRecords: v.array(
            v.strictObject({
              timeUnixNano: nanoseconds,
              observedTimeUnixNano: nanoseconds,
              severityNumber: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(24)),
              severityText: v.string(),
              eventName: v.string(),
              body: scalar,
              attributes,
            }),
          ),
        }),
      ),
    }),
  ),
});
/** `why` of what was taken as OTLP, in order. */
const whys = (): string[] =>
  taken.flatMap(({ body }) =>
    v
      .parse(request, body)
      .resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords))
      .flatMap((one) =>
        one.attributes.flatMap(({ key, value }) =>
          key === 'skillgate.why' && 'stringValue' in value ? [value.stringValue] : [],
        ),
      ),
  );

describe('skillgate log export', () => {
  it('sends OTLP that a collector reads, once, and later what came since', async () => {
    policy([otlp]);
    record('one');
    record('two');
    expect(await run()).toMatchObject({
      exit: 0,
      stdout: 'otlp collector.example: 4 entries sent\n',
    });
    expect(taken.map(({ path, type }) => [path, type])).toEqual([['/v1/logs', 'application/json']]);
    expect(whys()).toEqual(['one', 'two']);
    expect(await run()).toMatchObject({
      exit: 0,
      stdout: 'otlp collector.example: 0 entries sent\n',
    });
    record('three');
    await run();
    expect(whys()).toEqual(['one', 'two', 'three']);
  });

  it('refuses an exporter of another kind, and names the one that there is', async () => {
    policy([{ ...otlp, kind: 'webhook' }]);
    expect((await run()).stderr).toContain('is not "otlp", the only format of exports');
  });

  it('keeps its place when a collector refuses, tells so, and lets the others have theirs', async () => {
    policy([otlp, second]);
    record('one');
    answer = () => (taken.length > 0 ? 503 : 200);
    const ran = await run();
    expect(ran.exit).toBe(4);
    expect(ran.stderr).toContain('it answered 503');
    expect(taken).toHaveLength(1);
    answer = () => 200;
    expect((await run()).exit).toBe(0);
    expect(taken).toHaveLength(2);
    expect(new Set(taken.map(({ path }) => path))).toEqual(new Set(['/v1/logs', '/second']));
  });

  it('begins anew with a log that took the place of another', async () => {
    policy([otlp]);
    record('one');
    await run();
    renameSync(join(home, 'data/audit'), join(home, 'data/audit.kept'));
    renameSync(
      join(home, 'config/audit-key.json.head'),
      join(home, 'data/audit.kept/audit-key.json.head'),
    );
    for (const why of ['anew', 'and', 'more', 'than', 'before']) record(why);
    await run();
    expect(whys()).toEqual(['one', 'anew', 'and', 'more', 'than', 'before']);
  });

  it.each([
    ['http://collector.example/v1/logs', {}, 'host policy does not pin its name'],
    ['https://127.0.0.1/v1/logs', {}, 'not public'],
    ['https://[::1]/v1/logs', {}, 'not public'],
    ['https://169.254.169.254/v1/logs', {}, 'not public'],
    ['https://10.0.0.8:4318/v1/logs', {}, 'not public'],
  ])('refuses %s where host policy does not pin it', async (url, hosts, why) => {
    policy([{ kind: 'otlp', url }], hosts);
    record('one');
    const ran = await run();
    expect([ran.exit, taken]).toEqual([4, []]);
    expect(ran.stderr).toContain(why);
  });

  it('follows, and tries again what was not taken', async () => {
    policy([otlp]);
    record('one');
    let asked = 0;
    answer = () => (asked++ === 0 ? 500 : 200);
    const stop = new AbortController();
    const following = skill(['log', 'export', '--follow'], {
      env: { SKILLGATE_HOME: home },
      signal: stop.signal,
    });
    await expect.poll(() => taken.length, { timeout: 10_000 }).toBe(1);
    record('two');
    await expect.poll(() => whys(), { timeout: 10_000 }).toContain('two');
    stop.abort();
    await following;
    expect(whys()).toEqual(['one', 'two']);
  });

  it.each([
    [[], 2],
    [[{ kind: 'syslog', url: 'https://a.example' }], 2],
    [[{ kind: 'otlp', url: 'ftp://a.example' }], 2],
    [[{ kind: 'otlp', url: 'https://user:secret@a.example' }], 2],
  ])('with exporters %j ends with %d', async (exporters, exit) => {
    policy(exporters);
    const ran = await run();
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).not.toContain('secret@');
  });
});
