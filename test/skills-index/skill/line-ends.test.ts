import { expect, it } from 'vitest';
import { windowsLineEnds } from '../../../skills-index/skill/authoring/line-ends.ts';

const file = (path: string, text: string, mode = 0o644) => ({
  path,
  bytes: Buffer.from(text),
  mode,
});

it.each([
  file('scripts/year.sh', '#!/bin/sh\r\nset -eu\r\n'),
  file('scripts/lib.sh', 'set -eu\r\n'),
  file('scripts/year', '#!/usr/bin/env bash\r\necho 1\r\n'),
  file('scripts/days.py', '#!/usr/bin/env python3\r\nprint(1)\r\n', 0o755),
])('names a script that does not start, and the line that mends it: $path', (script) => {
  expect(windowsLineEnds([script], 'skills/year')).toEqual([
    {
      message: `it has Windows line ends, so it will not run: sed -i 's/\\r$//' skills/year/${script.path}`,
      place: { path: script.path, line: 1, column: 1 },
    },
  ]);
});

it.each([
  file('scripts/year.sh', '#!/bin/sh\nset -eu\n'),
  file('scripts/bar.sh', "#!/bin/sh\nprintf 'a\r'\n"),
  file('scripts/days.py', 'import sys\r\nprint(1)\r\n'),
  file('scripts/days.py', '#!/usr/bin/env python3\r\nprint(1)\r\n'),
  file('scripts/run.cmd', '@echo off\r\n'),
  file('scripts/run.ps1', '#!/usr/bin/env pwsh\r\nGet-Date\r\n'),
  file('SKILL.md', '---\r\nname: a\r\n---\r\n'),
])('says nothing of $path', (other) => {
  expect(windowsLineEnds([other], '.')).toEqual([]);
});
