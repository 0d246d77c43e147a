import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, putAnswer, signAnswer } from '../../../cli/holds/answer.ts';
import { InstallQuestions, type QuestionState } from '../../../cli/mcp/install-questions.ts';
import type { AdmissionWorld } from '../../../cli/run/admission.ts';
import type { Startable } from '../../../cli/run/start-skill.ts';
import { createKeyFile, publicKeyOf, readKeyFile } from '../../../cli/signing/key-file.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const name = parseSkillName('@acme/wide');
const start = {
  admitted: { name, version: '1.0.0', capabilities: noCapabilities },
} as unknown as Startable;
let home = '';
let gone = new AbortController();

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'skillgate-questions-'));
  gone = new AbortController();
  mkdirSync(join(home, 'config'), { mode: 0o700 });
  const key = await createKeyFile(join(home, 'mira.json'), undefined, 'mira', undefined, 'secret');
  writePolicy({ approvers: [{ name: 'mira', key: publicKeyOf(key) }] });
});
afterEach(() => {
  gone.abort();
  rmSync(home, { recursive: true, force: true });
});

function writePolicy(policy: object): void {
  writeFileSync(join(home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
}

function questionsOf(agent: string): InstallQuestions {
  const paths = { config: join(home, 'config'), data: join(home, 'data') };
  const world = { env: {}, paths, now: () => new Date(), signal: gone.signal };
  return new InstallQuestions(world as unknown as AdmissionWorld, agent);
}

const requireAllowed = async ({ kind }: { readonly kind: string }): Promise<void> => {
  if (kind === 'denied') throw new Problem('hold-denied', 'Cannot use it');
};
const ask = (questions: InstallQuestions) => questions.ask(start, requireAllowed);
const holdsKept = (): number =>
  readdirSync(join(home, 'data/holds')).filter((file) => file.endsWith('.hold.json')).length;
const idOf = (state: QuestionState): string =>
  state.kind === 'waiting' ? state.hold.id : state.kind;

describe('the questions of an agent about skills', () => {
  it('are one hold for a flood of calls, also from a second client of the same agent', async () => {
    const first = questionsOf('reporter');
    const states = await Promise.all(Array.from({ length: 50 }, () => ask(first)));
    const again = await ask(questionsOf('reporter'));
    expect(new Set([...states, again].map(idOf)).size).toBe(1);
    expect(idOf(again)).toMatch(/^[0-9a-f]{12}$/);
    expect(holdsKept()).toBe(1);
  });

  it('are unknown to every other agent', async () => {
    const asked = idOf(await ask(questionsOf('reporter')));
    const other = questionsOf('other');
    expect(other.waiting(name, '1.0.0')).toBeUndefined();
    expect(await other.stateOf(name)).toBeUndefined();
    expect(idOf(await ask(other))).not.toBe(asked);
    expect(holdsKept()).toBe(2);
  });

  it('tell their outcome once, then can be asked anew', async () => {
    const questions = questionsOf('reporter');
    expect(await ask(questions)).toMatchObject({ kind: 'waiting' });
    gone.abort();
    await expect
      .poll(() => questions.stateOf(name), { interval: 20 })
      .toMatchObject({ kind: 'ended', outcome: { failure: { code: 'hold-denied' } } });
    expect(await questions.stateOf(name)).toBeUndefined();
  });

  it('allow no other version than the person allowed', async () => {
    const questions = questionsOf('reporter');
    const id = idOf(await ask(questions));
    const folder = join(home, 'data/holds');
    const hold = JSON.parse(readFileSync(join(folder, `${id}.hold.json`), 'utf8'));
    const key = await readKeyFile(join(home, 'mira.json'), undefined, async () => 'secret');
    const wanted = { hold, verdict: 'allow', allowance: { seconds: 0 } } as const;
    const answer = answerOf({ now: () => new Date() }, wanted, 'mira');
    putAnswer(join(folder, `${id}.answer.json`), await signAnswer(key, answer));
    await expect
      .poll(() => questions.waiting(name, '1.0.0'), { timeout: 20_000, interval: 20 })
      .toBeUndefined();
    const newer = { admitted: { ...start.admitted, version: '2.0.0' } } as unknown as Startable;
    const state = await questions.ask(newer, requireAllowed);
    expect(idOf(state)).toMatch(/^[0-9a-f]{12}$/);
    expect(idOf(state)).not.toBe(id);
  });

  it('end at once where nobody can be asked', async () => {
    writePolicy({});
    const questions = questionsOf('reporter');
    expect(await ask(questions)).toMatchObject({ kind: 'ended', outcome: { failure: {} } });
    expect(questions.waiting(name, '1.0.0')).toBeUndefined();
  });
});
