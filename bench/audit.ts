/**
 * What the audit log costs: a line of a run, an allowed request, and checking all of it, in a log
 * of ten lines and in one of a million.
 */
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { openAudit } from '../runner/audit/audit.ts';
import { verifyAuditFile } from '../runner/audit/audit-file.ts';
import {
  type ChainEnd,
  chainStart,
  type DatedEvent,
  linesAfter,
} from '../skills-index/run/audit/audit-chain.ts';
import type { AuditEvent, AuditSubject } from '../skills-index/run/audit/audit-entry.ts';
import { digestOf } from '../skills-index/skill/digest.ts';
import { median, quantile } from './measure.ts';
import type { Row } from './row.ts';

const digest = digestOf('bench');
const subject: AuditSubject = {
  run: '5b0c0f5e-0000-4000-8000-000000000000',
  agent: 'finance',
  skill: '@acme/weekly-report',
  version: '1.4.0',
  bundle: digest,
  plan: digest,
};
const request = (decision: 'allowed' | 'denied'): AuditEvent => ({
  event: 'egress',
  decision,
  why: 'approved',
  method: 'GET',
  host: 'api.crm.example',
  port: 443,
  path: '/v2/deals',
  secrets: ['CRM_TOKEN'],
});
const appends = 400;
const requests = 5_000;

export async function auditRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of [10, 1_000_000]) {
    const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-audit-'));
    try {
      rows.push(...(await rowsAt(folder, size)));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  return rows;
}

async function rowsAt(folder: string, size: number): Promise<Row[]> {
  const file = join(folder, 'audit.jsonl');
  const keyFile = join(folder, 'audit-key.json');
  fill(file, size);
  const audit = openAudit(file, () => new Date(), keyFile);
  audit.record(subject, request('denied'));
  const bare = openSync(join(folder, 'bare'), 'a');
  const line = Buffer.alloc(600, 97);
  const times = { durable: [] as number[], allowed: [] as number[], bare: [] as number[] };
  for (let i = 0; i < appends; i++) {
    times.bare.push(microsOf(() => [writeSync(bare, line), fsyncSync(bare)]));
    times.durable.push(microsOf(() => audit.record(subject, request('denied'))));
  }
  for (let i = 0; i < requests; i++)
    times.allowed.push(microsOf(() => audit.record(subject, request('allowed'))));
  audit.record(subject, request('denied'));
  closeSync(bare);
  const at = `${size.toLocaleString('en')} lines`;
  const fsynced = median(times.bare);
  const rows = [
    appendRow(
      `audit: a line, durable, at ${at}`,
      times.durable,
      fsynced,
      'the same bytes and fsync',
    ),
    allowedRow(`audit: an allowed request, at ${at}`, times.allowed, fsynced),
  ];
  return size < 1_000 ? rows : [...rows, await verifyRow(file, keyFile, size)];
}

// Lines as the runner writes them, a thousand at a time.
function fill(file: string, size: number): void {
  const log = openSync(file, 'w', 0o600);
  let end: ChainEnd = chainStart;
  for (let done = 0; done < size; done += 1_000) {
    const said = Array.from(
      { length: Math.min(1_000, size - done) },
      (): DatedEvent => [{ ...subject, ...request('allowed') }, new Date()],
    );
    const { text, end: after } = linesAfter(end, said);
    writeSync(log, text);
    end = after;
  }
  closeSync(log);
}

function appendRow(name: string, times: readonly number[], other: number, what: string): Row {
  const value = median(times);
  return {
    name: `${name}; p99 ${quantile(times, 0.99).toPrecision(3)} µs`,
    value,
    unit: 'µs',
    against: `${what} ${other.toPrecision(3)} µs`,
    ratio: value / other,
    goal: '≤ 3 ×',
    held: value <= other * 3,
  };
}

// With its part of the write that all of them share.
function allowedRow(name: string, times: readonly number[], other: number): Row {
  const value = times.reduce((sum, one) => sum + one, 0) / times.length;
  const row = appendRow(name, times, other, 'the same bytes and fsync');
  return { ...row, value, ratio: value / other, goal: '≤ 50 µs', held: value <= 50 };
}

async function verifyRow(file: string, keyFile: string, size: number): Promise<Row> {
  const start = performance.now();
  const verdict = await verifyAuditFile(file, keyFile);
  const value = size / ((performance.now() - start) / 1_000);
  if (verdict.kind !== 'whole') throw new Error(`The log is broken: ${verdict.why}`);
  const one = Buffer.alloc(600, 97);
  const hashed = 1e6 / median(Array.from({ length: 2_000 }, () => microsOf(() => digestOf(one))));
  const against = `lines hashed alone ${Math.round(hashed)} a second`;
  return {
    name: 'audit: lines checked a second',
    value,
    unit: 'lines/s',
    against,
    ratio: value / hashed,
    goal: '≥ 100,000',
    held: value >= 100_000,
  };
}

function microsOf(work: () => unknown): number {
  const start = performance.now();
  work();
  return (performance.now() - start) * 1_000;
}
