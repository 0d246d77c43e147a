import { describe, expect, it } from 'vitest';
import { parseCeiling } from '../../../../skills-index/run/agents/ceiling.ts';
import { noCapabilities } from '../../../../skills-index/skill/capability.ts';

const parse = (value: unknown) => parseCeiling(Buffer.from(JSON.stringify(value)), 'ceiling.json');

describe('a ceiling', () => {
  const egress = [{ url: 'https://api.crm.example/v2/*' }];
  const read = { ...noCapabilities, egress: [{ ...egress[0], methods: ['GET', 'HEAD'] }] };

  it('is the object of skill.json or a file that holds it, with its defaults', () => {
    expect(parse({ egress })).toEqual(read);
    expect(parse({ capabilities: { egress } })).toEqual(read);
    expect(parse({})).toEqual(noCapabilities);
    const mount = { source: 'workspace:reports', target: '/reports', mode: 'ro', why: 'x' };
    expect(parse({ mount: [mount] }).mount).toEqual([mount]);
  });

  it('has every version of a package that is named without one', () => {
    const six = { ecosystem: 'python', name: 'six' };
    const any = [{ ...six, version: '*' }];
    expect(parse({ package: [six] }).package).toEqual(any);
    const packages = { python: { requires: ['six>=1'], why: 'x' } };
    expect(parse({ capabilities: {}, packages }).package).toEqual([{ ...any[0], why: 'x' }]);
    const digest = `sha256:${'0'.repeat(64)}`;
    const locked = { ...packages.python, lock: 'pylock.toml', locked: { six: `1.0 ${digest}` } };
    expect(parse({ capabilities: {}, packages: { python: locked } }).package).toEqual([
      { ...six, version: '1.0', digest, why: 'x' },
    ]);
  });

  it.each([
    [{ package: [{ ecosystem: 'python', name: 'six', version: '1.0' }] }],
    [{ packages: { python: { requires: ['-e .'], why: 'x' } } }],
    [{ egress: [{ url: 'nowhere' }] }],
    [{ egress: 'all' }],
    [{ everything: true }],
    [{ mount: [{ path: '/etc', mode: 'rw' }] }],
    [{ secret: [{ name: 'A', hosts: ['a.example'], as: 'spoken' }] }],
    [[]],
  ])('%j is none', (value) => {
    if (Array.isArray(value)) expect(parse(value)).toEqual(noCapabilities);
    else expect(() => parse(value)).toThrowError(expect.objectContaining({ code: 'usage' }));
  });
});
