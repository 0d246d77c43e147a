import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { lateCode, pythonCall } from '../../../runner/observe/inside/python-call.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

it.each([
  ['0', lateCode],
  ['1', 0],
])(
  'tells of modules that others left no time for, where functions are called: %s',
  (calls, status) => {
    const busy = 'while True:\n    pass\n';
    const folder = folderWith({ 'a.py': busy, 'b.py': busy, 'z.py': "print('late')" });
    const ended = spawnSync('python3', ['-c', pythonCall, folder, 'a', 'b', 'z'], {
      env: { PATH: process.env.PATH, OBSERVE_SECONDS: '0.2', OBSERVE_CALLS: calls },
      encoding: 'utf8',
    });
    expect(ended).toMatchObject({ stdout: '', status });
  },
);
