import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { inkFor } from '../../../cli/terminal/output.ts';
import { problemJson, problemText } from '../../../cli/terminal/problem-text.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../../../skills-index/skill/problem-codes.ts';
import { problemOf } from '../../../skills-index/skill/thrown.ts';
import { skill } from '../command-line.ts';

const codes = Object.keys(problemCodes) as ProblemCode[];
const plain = inkFor(new PassThrough(), {});

describe('failures', () => {
  it.each(codes)('%s has a meaning, a way out and an explanation', async (code) => {
    const { exit, stdout } = await skill(['explain', code]);
    expect(exit).toBe(0);
    expect(stdout).toContain(problemCodes[code].means);
    expect(stdout).toContain(problemCodes[code].fix);
    const text = problemText(new Problem(code, 'Cannot do it'), plain).text.split('\n');
    expect(text[0]).toBe(`error[${code}]: Cannot do it`);
    expect(text.at(-2)).toBe(`  help: ${problemCodes[code].fix}`);
    expect(text.at(-1)).toBe(`  more: skillgate explain ${code}`);
  });

  it('explains rules and the reasons of decisions by the same command', async () => {
    const rule = await skill(['explain', 'flow/secret-to-network']);
    expect(rule).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /^flow\/secret-to-network: [\s\S]*severity[\s\S]*How to fix it/,
      ),
    });
    expect(
      JSON.parse((await skill(['explain', 'flow/secret-to-network', '--format', 'json'])).stdout),
    ).toMatchObject({
      schema: 'skillgate.rule/1',
    });
    expect(await skill(['explain', 'approvals-missing'])).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('help:'),
    });
    expect(await skill(['explain', 'flow/secret-to-netwrk'])).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('flow/secret-to-network'),
    });
  });

  it('lists every reason with its place, and the cause', () => {
    const problem = new Problem('manifest-invalid', 'Cannot read skill.json', {
      hint: 'mend both',
      reasons: [
        { message: 'name is missing', place: { path: 'skill.json', line: 3, column: 5 } },
        { message: 'it is \u001b[31mred' },
      ],
      cause: new Error('deep \u202edown'),
    });
    expect(problemText(problem, plain).text.split('\n')).toEqual([
      'error[manifest-invalid]: Cannot read skill.json',
      '  - name is missing (skill.json:3:5)',
      '  - it is ⟨U+001B⟩[31mred',
      '  cause: deep ⟨U+202E⟩down',
      '  help: mend both',
      '  more: skillgate explain manifest-invalid',
    ]);
  });

  it.each([
    ['the same words', 'b is no folder'],
    ['the code before the same words', 'bundle-invalid: b is no folder'],
  ])('prints a single reason once: %s', (_, message) => {
    const problem = new Problem('bundle-invalid', 'Cannot start: b is no folder', {
      reasons: [{ message }],
    });
    expect(problemText(problem, plain).text.match(/b is no folder/g)).toHaveLength(1);
    expect(problemJson(problem, 6)).toMatchObject({ reasons: [{ message }] });
  });

  it.each([
    [
      Object.assign(new Error('ENOENT: x'), { code: 'ENOENT', path: '/a' }),
      'file-not-found',
      'Cannot open "/a": there is no such file or folder',
    ],
    [
      Object.assign(new Error('EADDRINUSE'), { code: 'EADDRINUSE', address: '::1', port: 80 }),
      'port-taken',
      'Cannot open "::1:80": another program listens there',
    ],
    [new RangeError('our bug'), 'internal', 'Something failed that should not have: our bug'],
    ['a string', 'internal', 'Something failed that should not have: a string'],
    [new Problem('usage', 'As it is'), 'usage', 'As it is'],
  ])('makes a problem of %s', (thrown, code, message) => {
    expect(problemOf(thrown, false)).toMatchObject({ code, message });
    expect(problemOf(thrown, true).code).toBe('interrupted');
  });

  it('is JSON on stdout and nothing else with --format json', async () => {
    const { exit, stdout, stderr } = await skill(['explain', 'no-such-thing', '--format', 'json']);
    expect({ exit, stderr }).toEqual({ exit: 3, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'skillgate.problem/1',
      code: 'not-found',
      exit: 3,
    });
  });

  it('answers 130 once a signal asked it to stop', async () => {
    const { exit, stderr } = await skill(['whoami'], { signal: AbortSignal.abort() });
    expect(exit).toBe(130);
    expect(stderr).toContain('error[interrupted]');
  });
});
