import { describe, expect, it } from 'vitest';
import { deniedSyscalls, seccompProgram } from '../../../../skills-index/run/plan/seccomp.ts';

/** Runs a classic BPF program over a system call, as the kernel does. */
function judge(
  program: Uint8Array,
  arch: number,
  nr: number,
  args: readonly number[] = [],
): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(nr >>> 0, 0);
  data.writeUInt32LE(arch, 4);
  for (const [index, value] of args.entries()) data.writeUInt32LE(value >>> 0, 16 + 8 * index);
  const code = Buffer.from(program);
  let accumulator = 0;
  for (let at = 0; ; at++) {
    const op = code.readUInt16LE(at * 8);
    const yes = code.readUInt8(at * 8 + 2);
    const no = code.readUInt8(at * 8 + 3);
    const k = code.readUInt32LE(at * 8 + 4);
    if (op === 0x20) accumulator = data.readUInt32LE(k);
    else if (op === 0x54) accumulator = (accumulator & k) >>> 0;
    else if (op === 0x15) at += accumulator === k ? yes : no;
    else if (op === 0x25) at += accumulator > k ? yes : no;
    else if (op === 0x45) at += (accumulator & k) !== 0 ? yes : no;
    else if (op === 0x06)
      return k === 0x7fff0000 ? 'allow' : k === 0x80000000 ? 'kill' : `errno ${k & 0xffff}`;
    else throw new Error(`operation ${op}`);
  }
}

describe.each([
  ['x64', 0xc000003e, 0],
  ['arm64', 0xc00000b7, 1],
] as const)('the filter for %s', (architecture, arch, column) => {
  const skill = seccompProgram(architecture, false);
  const at = (x64: number, arm64: number): number => [x64, arm64][column] ?? -1;

  it('refuses each call of the table and what came after it', () => {
    for (const [name, numbers] of Object.values(deniedSyscalls).flatMap((group) =>
      Object.entries(group),
    )) {
      if (numbers[column] >= 0) expect(judge(skill, arch, numbers[column]), name).toBe('errno 1');
    }
    expect(judge(skill, arch, 463)).toBe('errno 38');
    expect(judge(skill, arch, 0x40000000)).toBe('errno 38');
    expect(judge(skill, arch, -1)).toBe('errno 38');
  });

  it('kills a call of another architecture', () => {
    expect(judge(skill, 0x40000003, 1)).toBe('kill');
  });

  it.each([
    ['read', at(0, 63), [], 'allow'],
    ['execve', at(59, 221), [], 'allow'],
    ['fork', at(56, 220), [17], 'allow'],
    ['a thread', at(56, 220), [0x3d0f00], 'allow'],
    ['a user namespace', at(56, 220), [0x10000011], 'errno 1'],
    ['a network namespace', at(56, 220), [0x40000011], 'errno 1'],
    ['clone3', 435, [], 'errno 38'],
    ['a window size', at(16, 29), [1, 0x5413], 'allow'],
    ['typing into the terminal', at(16, 29), [1, 0x5412], 'errno 1'],
    ['TCP', at(41, 198), [2, 0x80001], 'allow'],
    ['UDP over IPv6', at(41, 198), [10, 2], 'allow'],
    ['TCP by its number', at(41, 198), [2, 1, 6], 'allow'],
    ['UDP by its number', at(41, 198), [2, 2, 17], 'allow'],
    ['Multipath TCP', at(41, 198), [2, 1, 262], 'errno 93'],
    ['SCTP', at(41, 198), [2, 1, 132], 'errno 93'],
    ['no delay', at(54, 208), [3, 6, 1], 'allow'],
    ['another protocol over TCP', at(54, 208), [3, 6, 31], 'errno 1'],
    ['the machine’s asynchronous input and output', at(206, 0), [65536], 'errno 1'],
    ['a raw socket', at(41, 198), [2, 3], 'errno 1'],
    ['a unix socket', at(41, 198), [1, 1], 'errno 97'],
    ['netlink', at(41, 198), [16, 3], 'errno 1'],
    ['netlink as datagrams', at(41, 198), [16, 2], 'errno 97'],
    ['vsock', at(41, 198), [40, 1], 'errno 97'],
    ['a pair of unix sockets', at(53, 199), [1, 1], 'allow'],
    ['another pair', at(53, 199), [40, 1], 'errno 97'],
    ['asking for the personality', at(135, 92), [0xffffffff], 'allow'],
    ['a lock', at(72, 25), [3, 6], 'allow'],
    ['a lock of an open file description', at(72, 25), [3, 37], 'allow'],
    ['sealing a file in memory', at(72, 25), [3, 1033], 'allow'],
    ['asking for a lease', at(72, 25), [3, 1025], 'allow'],
    ['taking a lease', at(72, 25), [3, 1024], 'errno 1'],
    ['being told of a folder’s changes', at(72, 25), [3, 1026], 'errno 1'],
    ['no address randomisation', at(135, 92), [0x40000], 'errno 1'],
  ])('answers %s as it should', (_, nr, args, expected) => {
    expect(judge(skill, arch, nr, args)).toBe(expected);
  });

  it.each([
    ['a stream', [1, 1], 'allow'],
    ['a stream that closes on exec', [1, 0x80001], 'allow'],
    ['a datagram', [1, 2], 'allow'],
    ['packets in sequence', [1, 5], 'allow'],
    ['TCP', [2, 1, 6], 'allow'],
    ['a raw unix socket', [1, 3], 'errno 1'],
    ['a raw socket', [2, 3], 'errno 1'],
    ['packets in sequence over IP', [2, 5, 132], 'errno 1'],
    ['packets in sequence of the kernel’s cryptography', [38, 5], 'errno 1'],
    ['SCTP', [2, 1, 132], 'errno 93'],
    ['netlink as datagrams', [16, 2], 'errno 97'],
    ['vsock', [40, 1], 'errno 97'],
  ])('answers %s as it should where unix sockets are allowed', (_, args, expected) => {
    expect(judge(seccompProgram(architecture, true), arch, at(41, 198), args)).toBe(expected);
  });
});

it('there is no filter for an architecture without a table', () => {
  expect(() => seccompProgram('ia32', false)).toThrowError(
    expect.objectContaining({ code: 'sandbox-missing' }),
  );
});
