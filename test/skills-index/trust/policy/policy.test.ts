import { describe, expect, it } from 'vitest';
import { type Capabilities, noCapabilities } from '../../../../skills-index/skill/capability.ts';
import {
  approvalsNeeded,
  defaultPolicy,
  parsePolicy,
  policyBytesMax,
  policyDigest,
  whyHigh,
} from '../../../../skills-index/trust/policy/policy.ts';

const secret = [{ name: 'T', hosts: ['a.example'], as: 'bearer' }] as const;
const egress = [{ url: 'https://a.example/*', methods: ['GET'] }];
const exec = (program: string): Partial<Capabilities> => ({ exec: [{ program }] });
const found = (severity: 'medium' | 'high' | 'critical') => [{ severity }] as never;

describe('approvals needed by default', () => {
  it.each<
    [
      string,
      Partial<Capabilities>,
      Parameters<typeof approvalsNeeded>[1]['findings'],
      Parameters<typeof approvalsNeeded>[1]['verdict'],
      number,
    ]
  >([
    ['nothing', {}, [], 'pass', 1],
    ['secrets without a network', { secret }, [], 'pass', 1],
    ['secrets with a network', { secret, egress }, [], 'pass', 2],
    ['a program that only computes', exec('jq'), [], 'pass', 1],
    ['a shell', exec('bash'), [], 'pass', 2],
    ['a versioned interpreter', exec('python3.12'), [], 'pass', 2],
    ['what starts other programs', exec('parallel'), [], 'pass', 2],
    ['what starts other programs and is in every sandbox', exec('xargs'), [], 'pass', 1],
    ['any program', exec('*'), [], 'pass', 2],
    ['a medium finding', {}, found('medium'), 'review', 1],
    ['a high finding', {}, found('high'), 'review', 2],
    ['a verdict that blocks', {}, [], 'block', 2],
    ['a scan that did not end', {}, [], 'incomplete', 2],
  ])('for %s', (_, capabilities, findings, verdict, total) => {
    const needed = approvalsNeeded(defaultPolicy, {
      capabilities: { ...noCapabilities, ...capabilities },
      findings,
      ...(verdict === undefined ? {} : { verdict }),
    });
    expect(needed).toEqual({ total, independent: total - 1 });
  });
});

it('a connection that nobody reads needs the high number', () => {
  const egress = [{ url: 'tcp://db.example:5432/*', methods: ['*'] }];
  expect(
    whyHigh(defaultPolicy, { capabilities: { ...noCapabilities, egress }, findings: [] }),
  ).toEqual(['it opens connections that nobody reads (tcp://db.example:5432/*)']);
});

describe('a program that starts others or carries data out', () => {
  it.each(
    'git rsync scp curl strace script tmux gcc gcc-12 x86_64-linux-gnu-gcc ffmpeg psql mysql zip sqlite3 PYTHON pypy3 ipython nc \
socat openssl nvim screen flock stdbuf ionice dpkg code code-insiders pwsh-preview bash.exe npm.cmd docker-compose apt-get g++ 7z'.split(
      /\s+/,
    ),
  )('needs the high number: %s', (program) => {
    const capabilities = { ...noCapabilities, ...exec(program) };
    expect(whyHigh(defaultPolicy, { capabilities, findings: [] })).toEqual([
      `it starts ${program}`,
    ]);
  });

  it.each([
    'jq',
    'date',
    'wc',
    'md5sum',
    'pdftotext',
    'sort',
    'ba.exesh',
    'tar',
    'sed',
    'nice',
    'env',
  ])('is not: %s', (program) => {
    expect(
      whyHigh(defaultPolicy, {
        capabilities: { ...noCapabilities, ...exec(program) },
        findings: [],
      }),
    ).toEqual([]);
  });
});

describe('a policy file', () => {
  it('is read up to its size, and not beyond', () => {
    const padded = JSON.stringify(defaultPolicy).padEnd(policyBytesMax);
    expect(parsePolicy(padded)).toEqual(defaultPolicy);
    expect(() => parsePolicy(`${padded} `)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('too large') }),
    );
  });

  it('is read back as it was written', () => {
    const read = parsePolicy(JSON.stringify(defaultPolicy));
    expect(policyDigest(read)).toBe(policyDigest(defaultPolicy));
  });

  it.each([
    [
      'nobody needs to read',
      {
        ...defaultPolicy,
        approvals: { ...defaultPolicy.approvals, usual: { total: 0, independent: 0 } },
      },
    ],
    [
      'more are independent than there are',
      {
        ...defaultPolicy,
        approvals: { ...defaultPolicy.approvals, high: { total: 1, independent: 2 } },
      },
    ],
    ['a key is unknown', { ...defaultPolicy, allow: 'all' }],
    ['the ceiling is missing', { ...defaultPolicy, ceiling: undefined }],
  ])('is refused when %s', (_, policy) => {
    expect(() => parsePolicy(JSON.stringify(policy))).toThrow(
      expect.objectContaining({ code: 'json-invalid' }),
    );
  });
});
