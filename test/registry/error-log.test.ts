import { describe, expect, it } from 'vitest';
import { errorRepeatMs, makeErrorLog } from '../../registry/error-log.ts';

describe('the log of unexpected errors', () => {
  const make = () => {
    const lines: string[] = [];
    let time = 0;
    const log = makeErrorLog(
      (line) => lines.push(line),
      () => new Date(time),
    );
    return { lines, log, wait: (ms: number) => (time += ms) };
  };
  const fail = (message: string): Error => new TypeError(message);

  it('grows by one entry when a stranger causes the same error a thousand times', () => {
    const { lines, log } = make();
    for (let at = 0; at < 1_000; at++) log(fail(`sent by a stranger: ${at}`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('error-log.test.ts');
  });

  it('shows another error at once, and says after a while how often the first came again', () => {
    const { lines, log, wait } = make();
    for (let at = 0; at < 5; at++) log(fail('one'));
    log(new Error('other'));
    expect(lines).toHaveLength(2);
    wait(errorRepeatMs);
    log(fail('one'));
    expect(lines[2]).toContain('4 more since');
  });
});
