import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { packagePolicy } from '../../../cli/packages/report-on-package.ts';

const reading =
  'note: reading all 4000 advisories of /osv/all.zip, because it is new or has changed …';

it.each([
  ['nothing about what takes two seconds', 0.4, []],
  ['progress of what takes longer', 2, [reading, 'note: read 87 % of /osv/all.zip']],
])('says %s', (_, milliseconds, lines) => {
  let time = 0;
  let said = '';
  const stderr = new Writable({
    write: (chunk, _encoding, done) => {
      said += String(chunk);
      done();
    },
  });
  const { onRead } = packagePolicy(
    {
      now: () => new Date(time),
      paths: { config: '/config', data: '/data', cache: '/cache' },
      stderr,
    },
    { advisories: '/osv', packages: {} },
  );
  for (let read = 1; read <= 4_000; read++) {
    time += milliseconds;
    onRead('/osv/all.zip', read, 4_000);
  }
  expect(said.split('\n').filter((line) => line !== '')).toEqual(lines);
});
