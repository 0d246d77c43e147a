import { describe, expect, it } from 'vitest';
import { ScreenFilter } from '../../../cli/terminal/screen-filter.ts';

const shown = (...pieces: string[]): string => {
  const filter = new ScreenFilter();
  return pieces.map((piece) => filter.push(piece)).join('');
};

describe('what an agent’s program draws', () => {
  it.each([
    ['text in any language', 'naïve 漢字 ✓\r\n\tx\b\x07'],
    ['colours and styles', '\x1b[1;38;2;1;2;3mx\x1b[0m\x1b[38:5:1m'],
    ['the cursor', '\x1b[2J\x1b[H\x1b[10;20H\x1b[K\x1b7\x1b8\x1b[3A\x1b[2 q'],
    ['a scroll region', '\x1b[1;20r\x1bM\x1bD\x1b[3S'],
    ['the alternate screen and the mouse', '\x1b[?1049h\x1b[?1000;1006h\x1b[?25l\x1b[?2004h'],
    ['keyboard protocols', '\x1b[>1u\x1b[<u\x1b[>4;2m\x1b='],
    ['lines of boxes', '\x1b(0lqk\x1b(B\x0e\x0f'],
    ['questions whose reply is a number', '\x1b[6n\x1b[c\x1b[>c\x1b[?u\x1b[18t\x1b[?2026$p'],
    ['questions for a colour', '\x1b]11;?\x07\x1b]10;?\x1b\\'],
  ])('passes: %s', (_, text) => {
    expect(shown(text)).toBe(text);
    expect(shown(...text)).toBe(text);
  });

  it.each([
    ['writing the clipboard', '\x1b]52;c;cm0gLXJmIC8=\x07'],
    ['reading the clipboard', '\x1b]52;c;?\x1b\\'],
    ['the report of the title, which a shell would read', '\x1b[21t'],
    ['the report of the icon’s title', '\x1b[20t'],
    ['the question that ends a session', '\x1b[5n'],
    ['resizing the window', '\x1b[8;1;1t'],
    ['keys that somebody defines', '\x1bP0;1|17/0d\x1b\\'],
    ['a report of settings', '\x1bP$qm\x1b\\'],
    ['another terminal’s sequence, passed on', '\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\'],
    ['graphics that read a file', '\x1b_Gf=32,t=f;L2V0Yy9wYXNzd2Q=\x1b\\'],
    ['files of iTerm2', '\x1b]1337;File=name=YQ==;inline=0:eA==\x07'],
    ['a link whose text names another address', '\x1b]8;;https://evil.example/\x07'],
    ['a notice of the desktop', '\x1b]9;hello\x07'],
    ['changed colours', '\x1b]4;1;rgb:00/00/00\x07\x1b]11;#000000\x07'],
    ['a checksum of the screen', '\x1b[1;0;1;1;9;9*y'],
    ['printing the screen', '\x1b[5i'],
    ['a reset that clears what was shown', '\x1bc'],
    ['an answer that somebody set before', '\x05'],
    ['controls of eight bits', '\x9b21t\x9d52;c;eA==\x9c'.replace(/[ -~]/g, '')],
    ['a private message', '\x1b^x\x1b\\\x1bXx\x1b\\'],
    ['a mode that nothing resets', '\x1b[?69h\x1b[?1;69h\x1b[2h'],
    ['tab stops', '\x1bH\x1b[3g'],
    ['a sign two thousand million times', '\x1b[2147483647b'],
    ['a region that the reset would not know', '\x1b[1:5r'],
    ['a very long sequence', `\x1b[${'1;'.repeat(100)}m`],
    ['a sequence with signs that nobody reads', '\x1b[1"p\x1b[1\'|'],
  ])('leaves out: %s', (_, text) => {
    expect(shown(text).replace(/[\x20-\x7e]/g, '')).toBe('');
    expect(shown(`a${text}`, 'b')).toMatch(/^a.*b$/s);
    const inPieces = shown(...text, 'z');
    expect(inPieces).not.toContain('\x1b');
    expect(inPieces.endsWith('z')).toBe(true);
  });

  it('keeps the column at a lone line feed, which the raw terminal would not', () => {
    expect(shown('a\r\nb\nc', '\r', '\nd', '\ne')).toBe('a\r\nb\x1bDc\r\nd\x1bDe');
  });

  it('cuts controls out of a title', () => {
    expect(shown('\x1b]0;a\u202eb\nc\x07')).toBe('\x1b]2;abc\x07');
    expect(shown(`\x1b]2;${'x'.repeat(500)}\x07y`).length).toBeLessThan(120);
  });

  it('ends a text that has no end with the next cancel', () => {
    expect(shown('\x1b]52;c;', 'x'.repeat(100_000), '\x18y')).toBe('y');
  });

  it.each([
    ['the alternate screen', '\x1b[?25;1049h', '\x1b[?1049l'],
    ['a scroll region', '\x1b[2;9r', '\x1b[r'],
    ['the origin of the region', '\x1b[?6h', '\x1b[?6l'],
    ['a keyboard protocol', '\x1b[>1u', '\x1b[<99u'],
    ['reports of keys', '\x1b[>4;2m', '\x1b[>4;0m'],
    ['another cursor', '\x1b[2 q', '\x1b[0 q'],
  ])('is reset at the end: %s, and only where the program used it', (_, used, reset) => {
    const filter = new ScreenFilter();
    expect(filter.reset()).not.toContain(reset);
    filter.push(used);
    expect(filter.reset()).toContain(reset);
  });

  it('is reset without moving the cursor, by sequences that pass', () => {
    const reset = new ScreenFilter().reset();
    expect(reset).toContain('\x1b[?2004l');
    expect(reset).not.toMatch(/\x1b\[(?:\d*;?\d*)?[HJrfd]|1049|\n/);
    expect(shown(reset)).toBe(reset);
  });
});
