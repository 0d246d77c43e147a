import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { escapeGroups } from '../../../../cli/proofs/escape/row.ts';
import { escapeRows } from '../../../../cli/proofs/escape/rows.ts';

const attempts = escapeRows.flatMap((row) => (row.kind === 'runner' ? [] : [row]));

describe('the rows of the escape suite', () => {
  it('have a name of their own each, and say what an attacker wants', () => {
    const names = escapeRows.map((row) => row.name);
    expect(new Set(names).size).toBe(names.length);
    expect(escapeRows.filter((row) => row.wants === '')).toEqual([]);
  });

  it('are in every group, and as many as were asked for', () => {
    const least: Record<string, number> = {
      filesystem: 12,
      'mounts and namespaces': 10,
      'processes and secrets': 9,
      'kernel surface': 18,
      'devices and proc': 10,
      'privileges and terminal': 5,
      'direct network': 15,
      'through the proxy': 22,
      resources: 8,
      'the runner': 12,
    };
    for (const group of escapeGroups)
      expect(escapeRows.filter((row) => row.group === group).length, group).toBeGreaterThanOrEqual(
        least[group] ?? 1,
      );
    expect(escapeRows.length).toBeGreaterThan(300);
  });

  it('are programs: an attempt that cannot be read would count as stopped', () => {
    const python = attempts
      .filter((row) => row.program === undefined)
      .map(({ name, code }) => [name, code]);
    const check =
      'import ast, json, sys\nfor name, code in json.load(sys.stdin): ast.parse(code, name)';
    execFileSync('/usr/bin/python3', ['-c', check], { input: JSON.stringify(python) });
    for (const { code } of attempts.filter((row) => row.program === 'sh'))
      execFileSync('/bin/sh', ['-n', '-c', code]);
    for (const { code } of attempts.filter((row) => row.program === 'node'))
      expect(() => new Function('require', code)).not.toThrow();
  });

  it('leave what takes the machine’s means to the end', () => {
    const first = escapeRows.findIndex((row) => row.kind === 'alone');
    expect(escapeRows.slice(first).every((row) => row.kind === 'alone')).toBe(true);
  });
});
