import { describe, expect, it } from 'vitest';
import { findCommand, interpreterOf } from '../../../runner/run/command.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';

const packed = packBundle(
  [
    ['SKILL.md', 0o644],
    ['run.ts', 0o644],
    ['tool.py', 0o755],
    ['data.txt', 0o644],
  ].map(([path, mode]) => ({ path: String(path), bytes: Buffer.from('x'), mode: Number(mode) })),
);
const manifest = (commands: object) =>
  parseManifest(
    Buffer.from(
      JSON.stringify({
        name: '@acme/a',
        version: '1.0.0',
        license: 'MIT',
        commands,
        capabilities: {},
      }),
    ),
  );
const find = (commands: object, wanted?: string) => findCommand(manifest(commands), packed, wanted);

describe('the command to run', () => {
  it('is named, the only one, or an executable file', () => {
    expect(find({ go: 'run.ts' }, 'go')).toEqual({
      name: 'go',
      file: 'run.ts',
      interpreter: 'node',
    });
    expect(find({ go: 'run.ts' })).toMatchObject({ name: 'go' });
    expect(find({}, 'tool.py')).toEqual({
      name: 'tool.py',
      file: 'tool.py',
      interpreter: 'python3',
    });
    expect(find({ go: { module: 'tool' } })).toEqual({
      name: 'go',
      file: 'tool.py',
      interpreter: 'python3',
      module: 'tool',
    });
  });

  it.each([
    [{}, undefined],
    [{ a: 'run.ts', b: 'tool.py' }, undefined],
    [{ a: 'run.ts' }, 'c'],
    [{ a: 'run.ts' }, 'run.ts'],
    [{ a: 'run.ts' }, 'data.txt'],
    [{ a: 'run.ts' }, 'constructor'],
    [{ a: 'missing.ts' }, 'a'],
    [{ a: { module: 'missing' } }, 'a'],
  ])('among %j is never %s', (commands, wanted) => {
    expect(() => find(commands, wanted)).toThrowError(expect.objectContaining({ code: 'usage' }));
  });

  it.each([
    ['a.ts', '', 'node'],
    ['a.mjs', '', 'node'],
    ['a.py', '', 'python3'],
    ['a.sh', '', 'sh'],
    ['a.sh', '#!/bin/bash\n', 'bash'],
    ['a', '#!/usr/bin/env python3\n', 'python3'],
    ['a', '#!/usr/bin/env -S node --x\n', 'node'],
    ['a', '#! /bin/sh -e\n', 'sh'],
    ['a.py', '#!/usr/bin/perl\n', undefined],
    ['a.ps1', '', 'pwsh'],
    ['a', '#!/usr/bin/env pwsh\n', 'pwsh'],
    ['a', '', undefined],
    ['a.exe', '', undefined],
    ['a.constructor', '', undefined],
    ['a', '#!/usr/bin/env toString\n', undefined],
    ['a', '\x7fELF', undefined],
  ])('%s that begins with %j is run by %s', (path, content, interpreter) => {
    expect(interpreterOf(path, Buffer.from(content))).toBe(interpreter);
  });
});
