import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unnamedUses } from '../../../skills-index/skill/capability.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { parseScanReport } from '../../../skills-index/statement/scan-report.ts';
import { makeFinding } from '../../finding.ts';
import { tellStory } from '../story.ts';

const { report } = await tellStory();
const invalid = expect.objectContaining({ code: 'statement-invalid' });
const finding = makeFinding({
  flow: [{ path: 'a.ts', line: 1, column: 1, note: 'read' }],
});

describe('a scan report', () => {
  it('is read back, findings and all', () => {
    expect(parseScanReport({ ...report, findings: [finding] })).toEqual({
      ...report,
      findings: [finding],
    });
  });

  it('is read back with all that a manifest may declare', () => {
    const secret = [
      ...unnamedUses,
      'query:key',
      'form:a.b',
      'json:/a/b',
      'header:X-Key',
      'hmac:X',
    ].map((as) => ({ name: 'KEY', hosts: ['db.acme.example'], as, why: 'x' }));
    const egress = [
      { url: 'https://hooks.acme.example/T0/*', methods: ['POST'], why: 'x' },
      { url: 'tcp://db.acme.example:5432', why: 'x' },
    ];
    const skillJson = { name: '@acme/x', version: '1.0.0', capabilities: { secret, egress } };
    const { capabilities } = parseManifest(Buffer.from(JSON.stringify(skillJson)));
    const declared = { ...report.capabilities.declared, ...capabilities };
    const given = { ...report, capabilities: { ...report.capabilities, declared } };
    expect(parseScanReport(JSON.parse(JSON.stringify(given)))).toEqual(given);
  });

  it.each<[string, object]>([
    ['an unknown verdict', { verdict: 'fine' }],
    ['a key more', { extra: 1 }],
    ['a finding of unknown severity', { findings: [{ ...finding, severity: 'terrible' }] }],
    ['a finding at line 0', { findings: [{ ...finding, line: 0 }] }],
    ['a finding without a flow', { findings: [{ ...finding, flow: undefined }] }],
    [
      'an egress that is none',
      {
        capabilities: {
          ...report.capabilities,
          observed: { ...report.capabilities.observed, egress: [{ url: 'x', methods: [] }] },
        },
      },
    ],
    ['a digest that is none', { bundle: 'sha256:abc' }],
  ])('is refused with %s', (_, change) => {
    expect(() => parseScanReport({ ...report, ...change })).toThrow(invalid);
  });

  it('is refused whatever else it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseScanReport(value)).toThrow(invalid);
      }),
    );
  });
});
