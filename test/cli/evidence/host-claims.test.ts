import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openReport } from '../../../cli/evidence/write-report.ts';
import {
  answerBytes,
  type Hold,
  holdAnswerType,
  holdDigest,
} from '../../../skills-index/run/holds/hold.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { pae } from '../../../skills-index/statement/signature-formats/envelope.ts';
import { makeKey } from '../../registry/people.ts';
import { makeReportSkill } from '../installer-world.ts';
import { skill } from '../skill-command.ts';
import { HostFolder, start } from './fleet.ts';

const rita = makeKey();
const mallory = makeKey();
const ran = makeReportSkill('@acme/weekly-report');
const now = (): Date => new Date('2026-11-20T08:00:00Z');
let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-answers-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A host whose hold was answered by the holder of a key. */
async function answered(by: typeof rita, id: string): Promise<string> {
  const folder = join(home, id);
  const host = new HostFolder(folder, new Date('2026-11-20T07:00:00Z'));
  const spki = Buffer.from(rita.publicKey).toString('base64');
  const approvers = [{ name: 'rita', key: { keyId: rita.keyId, spki } }];
  writeFileSync(join(folder, 'config/host.json'), JSON.stringify({ approvers }));
  const hold: Hold = {
    schema: 'skillgate.hold/1',
    id,
    nonce: id.padEnd(32, '0'),
    rule: 'payments',
    kind: 'egress',
    what: 'POST https://bank.example/',
    scope: digestOf('scope'),
    created: '2026-11-20T07:00:00.000Z',
    expires: '2026-11-20T07:02:00.000Z',
    holder: '1 1',
    run: 'run',
    agent: 'finance',
    skill: '@acme/weekly-report',
    version: '1.0.0',
  };
  const answer = {
    schema: 'skillgate.hold-answer/1',
    hold: holdDigest(hold),
    verdict: 'allow',
    seconds: 3_600,
    approver: 'rita',
    at: '2026-11-20T07:00:30.000Z',
  } as const;
  const signature = Buffer.from(await by.sign(pae(holdAnswerType, answerBytes(answer)))).toString(
    'base64',
  );
  mkdirSync(join(folder, 'data/holds'), { recursive: true });
  writeFileSync(join(folder, `data/holds/${id}.hold.json`), JSON.stringify(hold));
  writeFileSync(
    join(folder, `data/holds/${id}.answer.json`),
    JSON.stringify({ answer, signature }),
  );
  const { rule, what } = hold;
  host.run(
    'finance',
    ran,
    start,
    { event: 'hold', state: 'asked', hold: id, rule, what, why: 'until later' },
    { event: 'hold', state: 'allowed', hold: id, rule, what, why: 'rita by key, for 3600 seconds' },
    { event: 'exit', reason: 'exit', code: 0, milliseconds: 1 },
  );
  const out = join(home, `${id}.json`);
  expect((await skill({ home: folder, now }, 'evidence', '--out', out)).exit).toBe(0);
  return out;
}

const verify = (path: string) => skill({ home, now }, 'evidence', '--verify', path);

describe('an answer to a hold', () => {
  it('is verified by the approver’s signature, where the host still has the answer', async () => {
    const { out } = await verify(await answered(rita, 'aaaaaaaaaaa1'));
    expect(out).toMatch(
      /✓ .*: hold aaaaaaaaaaa1: allowed by rita by key, for 3600 seconds\n {4}verified by the signature of rita, whose key host policy states/,
    );
  });

  it('that somebody else signed is stated by the host only', async () => {
    const { out } = await verify(await answered(mallory, 'aaaaaaaaaaa2'));
    expect(out).toMatch(/· .*: 1 answer to holds\n {4}stated by the host only/);
    expect(out).not.toContain('the signature of rita');
  });
});

describe('a host without a registry', () => {
  it('gets a report on what ran, which names the versions without evidence', async () => {
    const path = await answered(rita, 'aaaaaaaaaaa3');
    const { facts } = openReport(readFileSync(path), path).report;
    expect(facts.uses).toMatchObject([{ agent: 'finance', starts: 1 }]);
    expect(facts.versions).toMatchObject([{ decision: 'unknown' }]);
    const said = await verify(path);
    expect(said.exit).toBe(7);
    expect(said.out).toContain('could not be verified, because No registry is pinned on this host');
  });

  it('is refused without a name of a file, or with a key that is not there', async () => {
    expect((await skill({ home, now }, 'evidence')).exit).toBe(2);
    expect(
      (await skill({ home, now }, 'evidence', '--out', 'x.json', '--key', 'nobody')).exit,
    ).not.toBe(0);
    expect((await verify(join(home, 'nothing.json'))).exit).toBe(3);
  });
});
