import { describe, expect, it } from 'vitest';
import { backendText } from '../../../../cli/proofs/escape/report.ts';
import type { EscapeResult } from '../../../../cli/proofs/escape/row.ts';
import { inkFor } from '../../../../cli/terminal/output.ts';

const ink = inkFor(process.stdout, { NO_COLOR: '1' });
const row = (more: Partial<EscapeResult>): EscapeResult => ({
  name: 'read a file',
  group: 'filesystem',
  backend: 'bubblewrap',
  bare: 'succeeds',
  result: 'blocked',
  detail: '',
  ...more,
});

describe('the report of the escape suite', () => {
  it('counts by group and says that nothing got through', () => {
    const rows = [
      row({}),
      row({ result: 'contained', group: 'resources' }),
      row({ bare: 'impossible', result: 'untested', detail: 'ENOSYS' }),
    ];
    expect(backendText(rows, 'bubblewrap', ink).text).toBe(
      [
        'on bubblewrap  rows  work bare  blocked  contained  untested  through',
        'filesystem     2     1          1        0          1         0',
        'resources      1     1          0        1          0         0',
        'all            3     2          1        1          1         0',
        'untested: the attempt fails on this host without a sandbox too, or the backend lacks what it needs',
        '  filesystem: read a file (bare: impossible) ENOSYS',
        'no attempt got through bubblewrap',
      ].join('\n'),
    );
  });

  it('names each that got through, with nothing in it that a terminal obeys', () => {
    const text = backendText(
      [row({ result: 'through', detail: '\u001b[2Kroot:x' })],
      'oci',
      ink,
    ).text;
    expect(text).toContain('through:\n  filesystem: read a file (bare: succeeds) ');
    expect(text).toContain('1 attempt got through oci');
    expect(text).not.toContain('\u001b');
  });
});
