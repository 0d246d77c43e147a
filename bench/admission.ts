/**
 * What it costs to decide whether a version may start: all of its evidence verified, and what of
 * that a process has to do only once.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { printManifest } from '../skills-index/skill/authoring/print-manifest.ts';
import { parseManifest } from '../skills-index/skill/manifest.ts';
import { type DecisionInput, decide } from '../skills-index/trust/decision/decision.ts';
import { VerifiedStatements } from '../skills-index/trust/signatures/verified-statements.ts';
import { type Story, storyRoot, tellStory } from '../test/skills-index/story.ts';
import { median } from './measure.ts';
import type { Row } from './row.ts';

const rounds = 300;
const goalMs = 5;

export async function admissionRows(): Promise<Row[]> {
  const story = await plainStory();
  const { input, identities } = story;
  const about = input.line.statements.length - identities.length;
  const bare = bareVerifies(2 * input.line.statements.length);
  const all = new VerifiedStatements();
  return [
    row(
      `whole admission, ${about} statements and ${identities.length} about who is who, a process’ first`,
      timesOf(input, () => new VerifiedStatements()),
      bare,
    ),
    row(
      'the same, a second skill of the scope: who is who was verified before',
      timesOf(input, () => knowing(story)),
      bare,
    ),
    row(
      'the same, a second start: all of them were verified before',
      timesOf(input, () => all),
      bare,
    ),
  ];
}

/**
 * A version with four statements about it: published, scanned, approved, and the verification
 * summary.
 */
async function plainStory(): Promise<Story> {
  const text =
    '{"name": "@acme/weekly-report", "version": "1.4.0", "commands": {"report": "scripts/report.ts"}, "capabilities": {}}';
  const manifest = parseManifest(Buffer.from(text));
  const files = new Map<string, Uint8Array>([
    [
      'SKILL.md',
      Buffer.from(
        '---\nname: weekly-report\ndescription: Writes the weekly report from the deals in the CRM.\n---\nRun report.\n',
      ),
    ],
    ['skill.json', Buffer.from(printManifest(manifest))],
    ['scripts/report.ts', Buffer.from('console.log("report");\n')],
  ]);
  const story = await tellStory({ manifest, files, approvals: ['ada'] });
  const decision = decide(story.input);
  if (decision.kind !== 'admitted')
    throw new Error(`the story is not admitted: ${JSON.stringify(decision.reasons)}`);
  return story;
}

function knowing({ identities }: Story): VerifiedStatements {
  const verified = new VerifiedStatements();
  for (const { bytes } of identities) verified.verify(bytes, storyRoot, undefined);
  return verified;
}

interface Times {
  readonly wall: readonly number[];
  /** User and system time of the process, garbage collection included. */
  readonly cpu: readonly number[];
}

function timesOf(input: DecisionInput, memory: () => VerifiedStatements): Times {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const verified = memory();
    const start = performance.now();
    const before = process.cpuUsage();
    decide({ ...input, verified });
    wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  return { wall: wall.slice(rounds / 10), cpu: cpu.slice(rounds / 10) };
}

// On a machine that does other things too, the time of a few milliseconds is mostly theirs: what it
// takes of a processor says how much.
function row(
  name: string,
  { wall, cpu }: Times,
  bare: { readonly name: string; readonly value: number },
): Row {
  const value = median(wall);
  const others = `CPU p50 ${median(cpu).toPrecision(3)} ms, fastest ${Math.min(...wall).toPrecision(3)} ms`;
  return {
    name: `${name}, p50`,
    value,
    unit: 'ms',
    against: `${bare.name} ${bare.value.toPrecision(3)} ms; ${others}`,
    ratio: value / bare.value,
    goal: `≤ ${goalMs} ms`,
    held: value <= goalMs,
  };
}

/** The signatures alone, of authors and of the log's checkpoints, with keys that are parsed. */
function bareVerifies(count: number): { name: string; value: number } {
  const message = Buffer.alloc(1_500, 1);
  const kinds = [
    { pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }), digest: 'sha256' },
    { pair: generateKeyPairSync('ed25519'), digest: null },
  ].map(({ pair, digest }) => ({
    ...pair,
    digest,
    signature: sign(digest, message, pair.privateKey),
  }));
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (let at = 0; at < count / 2; at++)
      for (const { digest, publicKey, signature } of kinds)
        verify(digest, message, publicKey, signature);
    return performance.now() - start;
  });
  return { name: `${count} bare signatures`, value: median(times) };
}
