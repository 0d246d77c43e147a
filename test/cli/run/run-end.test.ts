import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import { type Ended, exitOfEnd } from '../../../cli/run/end-notes.ts';
import { breakerFile } from '../../../runner/agents/breakers.ts';
import { closedBreaker, countBreaker } from '../../../skills-index/run/agents/breaker.ts';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { folderWith } from '../temporary-folder.ts';

const run = '0f35d1a0-0000-4000-8000-000000000000';
const subject = { agent: 'finance', skill: 'session', version: '' };

function endOf(
  reason: Ended['reason'],
  data: string,
  more: Partial<Ended> = {},
): { exit?: number; problem?: Problem; notes: string } {
  const notes: string[] = [];
  const stderr = new Writable({ write: (chunk, _, done) => done(void notes.push(String(chunk))) });
  const context = {
    stderr,
    env: {},
    format: 'text',
    paths: { data },
    signal: new AbortController().signal,
  };
  const ended: Ended = {
    what: 'session',
    reason,
    code: null,
    limited: false,
    run,
    subject,
    ...more,
  };
  try {
    return { exit: exitOfEnd(context as unknown as CommandContext, ended), notes: notes.join('') };
  } catch (cause) {
    if (cause instanceof Problem) return { problem: cause, notes: notes.join('') };
    throw cause;
  }
}

describe('the end of a session', () => {
  it.each([
    [0, false, 0, ''],
    [0, true, 7, 'the session ended well, but a limit left out some of its changes\n'],
    [3, true, 3, ''],
  ])('with exit code %d, changes lost by a limit: %s, is %d', (code, limited, exit, notes) => {
    expect(endOf('exit', folderWith(), { code, limited })).toEqual({ exit, notes });
  });

  it.each(['canary', 'breaker'] as const)(
    'tells of %s what it means, where to look and how a person closes its breaker',
    (reason) => {
      const data = folderWith();
      mkdirSync(join(data, 'breakers'), { recursive: true });
      const plan = parseDigest(`sha256:${'0'.repeat(64)}`);
      if (plan === undefined) throw new Error('no digest');
      const state = countBreaker(closedBreaker(subject), 'canary', 1, {
        thresholds: {},
        subject: { ...subject, run, plan },
        now: new Date(),
        nonce: '0'.repeat(32),
        holder: 'breaker',
      });
      breakerFile(join(data, 'breakers'), subject).write(state);
      const { problem } = endOf(reason, data);
      expect(problem?.code).toBe('breaker-open');
      expect(problem?.hint).toContain('skillgate log --run 0f35d1a0');
      expect(problem?.hint).toContain(`skillgate hold allow ${state.open?.hold.id}`);
      expect(problem?.reasons.map(({ message }) => message).join()).toContain(
        'a canary credential was about to leave',
      );
    },
  );

  it.each([
    ['revoked', 7, 'revoked'],
    ['proxy', 7, 'its network proxy has ended'],
    ['killed', 7, 'ended from outside'],
  ] as const)('tells of %s, and ends with %i', (reason, exit, says) => {
    expect(endOf(reason, '/nowhere')).toMatchObject({ exit, notes: expect.stringContaining(says) });
  });
});
