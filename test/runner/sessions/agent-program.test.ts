import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findAgentProgram, findToolchains } from '../../../runner/sessions/session-host.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-programs-'));
  for (const path of ['tools/bin', 'tools/bin/folder', 'open/bin'])
    mkdirSync(join(folder, path), { recursive: true, mode: 0o755 });
  for (const path of ['tools/bin/coder', 'tools/bin/git', 'open/bin/unsafe-coder', 'outside'])
    writeFileSync(join(folder, path), '#!/bin/sh\n', { mode: 0o755 });
  writeFileSync(join(folder, 'tools/bin/data'), '', { mode: 0o644 });
  chmodSync(join(folder, 'open'), 0o777);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function find(word: string) {
  const toolchains = { tools: join(folder, 'tools'), open: join(folder, 'open') };
  return findAgentProgram([word, 'a'], emptyHostPolicy, findToolchains({ toolchains }, []), []);
}

it.each([
  ['of a toolchain, which PATH names before the system', 'git', 'tools/bin/git'],
  ['of a toolchain that the system lacks', 'coder', 'tools/bin/coder'],
  ['of the system', 'env', '/usr/bin/env'],
  ['node of the runner', 'node', '/opt/skillgate/bin/node'],
])('finds a program %s', (_, word, path) => {
  expect(find(word)).toEqual({
    command: [path.startsWith('/') ? path : join(folder, path), 'a'],
  });
});

it.each([
  ['a path out of a toolchain', '../../outside'],
  ['a folder', 'folder'],
  ['a file that is not executable', 'data'],
  ['the folder of programs itself', '.'],
  ['a program of a toolchain that others may write to', 'unsafe-coder'],
])('does not start %s', (_, word) => {
  expect(find(word)).toMatchObject({
    why: `neither the system nor a toolchain of host policy has a program ${JSON.stringify(word)}`,
    hint: expect.stringContaining('skillgate host toolchain add '),
  });
});
