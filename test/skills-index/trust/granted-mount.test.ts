/**
 * A folder of the host behind the back of author and reviewer: a path beside the source that the
 * runner would mount.
 */
import { describe, expect, it } from 'vitest';
import {
  type Capability,
  covers,
  printCapability,
} from '../../../skills-index/skill/capability.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { parseScanReport } from '../../../skills-index/statement/scan-report.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import {
  parseIndexFile,
  printIndexLine,
} from '../../../skills-index/trust/index-files/index-line.ts';
import { defaultPolicy, parsePolicy } from '../../../skills-index/trust/policy/policy.ts';
import { storyManifest, tellStory } from '../story.ts';

const hidden = {
  source: 'workspace:private-keys',
  target: '/reports',
  path: '/reports',
  mode: 'rw',
} as const;
const capabilities = { ...storyManifest.capabilities, mount: [hidden] };
const story = await tellStory();

describe('a mount with a source and a path', () => {
  it('is covered by no mount of another source, and shown whole', () => {
    const declared: Capability = {
      kind: 'mount',
      source: 'workspace:reports',
      target: '/reports',
      mode: 'rw',
    };
    expect(covers(declared, { kind: 'mount', ...hidden })).toBe(false);
    expect(covers({ kind: 'mount', path: '*', mode: 'rw' }, { kind: 'mount', ...hidden })).toBe(
      false,
    );
    expect(printCapability({ kind: 'mount', ...hidden })).toBe(
      'mount rw workspace:private-keys at /reports, path /reports',
    );
  });

  it('is approved by nobody', async () => {
    const decision = decide((await tellStory({ capabilities })).input);
    const codes = decision.kind === 'refused' ? decision.reasons.map(({ code }) => code) : [];
    expect(codes).toEqual(
      expect.arrayContaining(['statement-invalid', 'capability-exceeded', 'approvals-missing']),
    );
  });
});

describe.each([
  ['with a source', hidden],
  ['alone', { path: '/reports', mode: 'rw' as const }],
])('a path of the host, %s', (_, mount) => {
  it('is in no index line and no ceiling', () => {
    const mounting = { ...capabilities, mount: [mount] };
    const line = printIndexLine({ ...story.line, capabilities: mounting });
    expect(() => parseIndexFile(Buffer.from(line), story.line.name)).toThrow(
      'capabilities.mount[0]',
    );
    expect(() => parsePolicy(canonicalJson({ ...defaultPolicy, ceiling: mounting }))).toThrow(
      'ceiling.mount[0]',
    );
  });
});

it('a path that the scanner saw is in its report', () => {
  const { report } = story;
  const observed = {
    ...report.capabilities.observed,
    mount: [{ path: '/etc/passwd', mode: 'ro' as const }],
  };
  const seen = { ...report, capabilities: { ...report.capabilities, observed } };
  expect(parseScanReport(seen)).toEqual(seen);
  expect(() =>
    parseScanReport({ ...seen, capabilities: { ...seen.capabilities, observed: capabilities } }),
  ).toThrow('neither');
});
