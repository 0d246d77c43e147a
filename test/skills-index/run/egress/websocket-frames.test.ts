import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  frameBytesMax,
  serverFrame,
  WebSocketFrameReader,
} from '../../../../skills-index/run/egress/websocket-frames.ts';

const masked = Buffer.from([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]);

describe('frames', () => {
  it('are those of RFC 6455 §5.7', () => {
    const [frame] = new WebSocketFrameReader().push(masked) ?? [];
    expect(frame).toMatchObject({ first: 0x81, isMasked: true, bytes: masked });
    expect(frame?.payload.toString()).toBe('Hello');
    expect(serverFrame(0x81, Buffer.from('Hello')).toString('hex')).toBe('810548656c6c6f');
  });

  it('come out as they went in, however they are cut', () => {
    const payloads = fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 });
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 90 }), (all, size) => {
        const bytes = Buffer.concat(all.map((one) => serverFrame(0x82, Buffer.from(one))));
        const reader = new WebSocketFrameReader();
        const read: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size)
          read.push(
            ...(reader.push(bytes.subarray(at, at + size)) ?? []).map((one) => one.payload),
          );
        expect(read.map((one) => [...one])).toEqual(all.map((one) => [...one]));
      }),
    );
  });

  it.each([70_000, 200, frameBytesMax])('of %d bytes are written with their length', (length) => {
    const [frame] = new WebSocketFrameReader().push(serverFrame(0x82, Buffer.alloc(length))) ?? [];
    expect(frame?.payload.length).toBe(length);
  });

  it.each([
    ['a reserved bit', [0xc1, 0]],
    ['an opcode that nobody knows', [0x83, 0]],
    ['more than they may have', [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]],
  ])('with %s are odd', (_, bytes) => {
    expect(new WebSocketFrameReader().push(Buffer.from(bytes))).toBeUndefined();
  });
});
