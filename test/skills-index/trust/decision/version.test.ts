/**
 * Each thing that a version is checked for beyond its statements' signatures, wrong alone: the one
 * reason names it.
 */

import { describe, expect, it } from 'vitest';
import { printManifest } from '../../../../skills-index/skill/authoring/print-manifest.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseManifest } from '../../../../skills-index/skill/manifest.ts';
import { type DecisionInput, decide } from '../../../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { registryIdOf } from '../../../../skills-index/trust/signatures/own-registry.ts';
import { people, storyFiles, storyManifest, storyNow, tellStory } from '../../story.ts';
import { reasonsOf, says, withPredicate } from './judged.ts';

const story = await tellStory();
const { line } = story;
const judged = (change: Partial<DecisionInput>): string[] => says({ ...story.input, ...change });
const filesWith = (path: string, bytes: Uint8Array): DecisionInput['files'] =>
  new Map([...story.input.files, [path, bytes]]);
const filesWithout = (path: string): DecisionInput['files'] =>
  new Map([...story.input.files].filter(([name]) => name !== path));

describe('what is pinned', () => {
  const { capabilityDigest, scopeClaim } = (() => {
    const decision = decide(story.input);
    if (decision.kind !== 'admitted') throw new Error('the story is not admitted');
    return decision;
  })();

  it('is let through when all of it is the same', () => {
    const pinned = {
      registry: 'skills.example',
      registryId: registryIdOf(story.input.root),
      capabilities: capabilityDigest,
      logIndex: line.logIndex,
      bundle: line.bundle,
      publisher: people.author.keyId,
      scopeClaim,
    };
    expect(judged({ pinned })).toEqual([]);
  });

  it.each<[string, DecisionInput['pinned'], string]>([
    [
      'registry',
      { registry: 'other.example' },
      'lock-mismatch: the lock names the registry other.example, but skills.example answers',
    ],
    [
      'capabilities',
      { capabilities: digestOf('others') },
      `lock-mismatch: the lock names the capabilities ${digestOf('others')}, but ${capabilityDigest} are approved`,
    ],
    [
      'registry of the same origin',
      { registry: story.input.root.origin, registryId: digestOf('another root') },
      `lock-mismatch: the lock names the registry with the first root file ${digestOf('another root')}, but the registry with ${registryIdOf(story.input.root)} answers`,
    ],
    [
      'summary',
      { logIndex: 3 },
      `lock-mismatch: the lock names the log index 3, but the verification summary is at ${line.logIndex}`,
    ],
    [
      'bundle',
      { bundle: digestOf('x') },
      `bundle-mismatch: the pinned bundle is ${digestOf('x')}, but the index names ${line.bundle}`,
    ],
    [
      'publisher',
      { publisher: digestOf('x') },
      `publisher-changed: the pinned publisher is ${digestOf('x')}, but ${people.author.keyId} signed`,
    ],
    [
      'first claim',
      { scopeClaim: scopeClaim + 1 },
      `publisher-changed: this host pinned the first claim of @acme at log index ${scopeClaim + 1}, but the registry now shows it at log index ${scopeClaim}`,
    ],
  ])('refuses another one: %s', (_, pinned, reason) => {
    expect(judged({ ...(pinned && { pinned }) })).toEqual([reason]);
  });

  it('refuses where there is no verification summary to compare with', () => {
    const statements = line.statements.filter((one) => one !== story.summary.digest);
    expect(judged({ pinned: { logIndex: 8 }, line: { ...line, statements } })).toContain(
      'lock-mismatch: the lock names the log index 8, but the verification summary is at none',
    );
  });
});

describe('the files of a version', () => {
  it.each(['scripts/report.ts'])('are those of the bundle, byte for byte: %s', (path) => {
    const bytes = Buffer.concat([storyFiles.get(path) ?? Buffer.of(), Buffer.from('\n')]);
    expect(judged({ files: filesWith(path, bytes) })[0]).toBe(
      `bundle-mismatch: "${path}" has other bytes than the bundle names`,
    );
    expect(judged({ files: filesWith(path, storyFiles.get(path) ?? Buffer.of()) })).toEqual([]);
  });

  it('hold no file that the bundle does not list', () => {
    expect(judged({ files: filesWith('evil.ts', Buffer.from('x')) })).toEqual([
      'bundle-mismatch: "evil.ts" has other bytes than the bundle names',
    ]);
  });

  it.each(['SKILL.md', 'skill.json'])(
    'have to be at hand where a person reads them: %s',
    (path) => {
      expect(judged({ files: filesWithout(path) })).toEqual([
        `file-missing: the registry did not deliver ${path}`,
      ]);
    },
  );
});

describe('what was signed about a version', () => {
  it('is a manifest of its name and version', async () => {
    const named = { manifest: { ...storyManifest, name: '@acme/daily-report' } };
    expect(await reasonsOf(withPredicate('publish', named))).toContain(
      'manifest-mismatch: the signed manifest names @acme/daily-report@1.4.0',
    );
  });

  it.each([
    ['rule set', { ruleSet: digestOf('another rule set') }],
    ['verdict', { verdict: 'review' }],
  ])('is the scan that the report tells of: another %s', async (_, predicate) => {
    expect(await reasonsOf(withPredicate('scan', predicate))).toContain(
      'scan-mismatch: the scan report has another verdict or rule set than the signed scan',
    );
  });

  it('names the policy of old under which it would have to stand', () => {
    const policy = { ...defaultPolicy, programs: ['bash'] };
    const earlier = policy;
    const otherwise = { ...policy, programs: ['zsh'] };
    expect(judged({ policy: otherwise })).toContain(
      'policy-mismatch: the verification summary was made under another policy',
    );
    expect(
      judged({ policy: { ...otherwise, earlier: [{ policy: earlier, validUpTo: 99 }] } }),
    ).toContain(
      'policy-mismatch: the verification summary was made under another policy than the one in force up to log index 99',
    );
  });
});

describe('environment variables', () => {
  const manifest = parseManifest(
    Buffer.from(
      printManifest({
        ...storyManifest,
        capabilities: { ...storyManifest.capabilities, env: [{ name: 'LANG', why: 'dates' }] },
      }),
    ),
  );
  const files = new Map([...storyFiles, ['skill.json', Buffer.from(printManifest(manifest))]]);

  it('are granted where the manifest names them, and no others', async () => {
    const { input } = await tellStory({ manifest, files });
    expect(says(input)).toEqual([]);
    const more = { ...input.line.capabilities, env: [{ name: 'LANG' }, { name: 'HOME' }] };
    expect(says({ ...input, line: { ...input.line, capabilities: more } })).toContainEqual(
      expect.stringMatching(/^capability-exceeded: not in the signed manifest: env.* HOME$/),
    );
  });
});

describe('what is said of an admitted version', () => {
  it.each([
    [0, false],
    [1, true],
  ])(
    'says whether it counts by grace alone: %i ms after its status file expired',
    (late, onGrace) => {
      const now = storyNow + 23 * 3_600_000 + late;
      expect(decide({ ...story.input, now, statusGraceSeconds: 60 })).toMatchObject({
        kind: 'admitted',
        onGrace,
      });
    },
  );
});
