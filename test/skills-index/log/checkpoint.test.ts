import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  noteKeyId,
  parseCheckpoint,
  verifyCheckpoint,
} from '../../../skills-index/log/checkpoint.ts';
import { ownNote } from '../../../skills-index/log/own-note.ts';
import { signCheckpoint } from '../../../skills-index/log/sign-cosignature.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { testLogKey, testSigner } from '../story-keys.ts';

const key = testLogKey('log');
const log = { origin: 'skills.example', key: key.publicKey };
const head = { size: 42, root: createHash('sha256').update('root').digest() };
const note = await signCheckpoint({ origin: log.origin, ...head }, key);
const foreign = await signCheckpoint({ origin: log.origin, ...head }, testLogKey('foreign'));
const foreignLine = foreign.slice(foreign.indexOf('\u2014'));
const ownLine = note.slice(note.indexOf('\u2014'));

const cut = (line: string, length: number, more: Uint8Array = Buffer.of()): string => {
  const [, name = '', keyed = ''] = line.trimEnd().split(' ');
  const bytes = Buffer.concat([Buffer.from(keyed, 'base64').subarray(0, length), more]);
  return `${note.slice(0, note.indexOf('\u2014'))}\u2014 ${name} ${bytes.toString('base64')}\n`;
};

const signatureOf = (line: string): Uint8Array =>
  Buffer.from(line.trimEnd().split(' ')[2] ?? '', 'base64').subarray(4);

const codeOf = (text: string, of = log): string => {
  try {
    verifyCheckpoint(text, of);
    return 'verified';
  } catch (cause) {
    return cause instanceof Problem ? cause.code : String(cause);
  }
};

describe('a checkpoint', () => {
  it('is a note of three lines and a signature', () => {
    expect(note.split('\n').slice(0, 4)).toEqual([
      'skills.example',
      '42',
      head.root.toString('base64'),
      '',
    ]);
    expect(parseCheckpoint(note)).toEqual({ origin: 'skills.example', ...head });
    expect(verifyCheckpoint(note, log)).toEqual({ origin: 'skills.example', ...head });
  });

  it('names its key by a hash over name, algorithm and key (C2SP signed-note)', () => {
    const raw = Buffer.from(key.publicKey).subarray(-32);
    const id = createHash('sha256')
      .update('skills.example\n')
      .update(Buffer.of(1))
      .update(raw)
      .digest();
    expect(noteKeyId(log.origin, key.publicKey)).toEqual(id);
  });

  it('may carry lines of witnesses, before and after', () => {
    expect(codeOf(note + foreignLine)).toBe('verified');
    expect(codeOf(note.replace(ownLine, foreignLine + ownLine))).toBe('verified');
  });

  it.each([
    ['another size', note.replace('\n42\n', '\n43\n'), 'signature-invalid'],
    ['another origin', note.replaceAll('skills.example', 'other.example'), 'log-invalid'],
    [
      'another name at the signature',
      note.replace('\u2014 skills.example', '\u2014 kills.example'),
      'signature-invalid',
    ],
    ['a foreign signature', foreign, 'signature-invalid'],
    ['a size with a leading zero', note.replace('\n42\n', '\n042\n'), 'log-invalid'],
    ['a short root', note.replace(head.root.toString('base64'), 'AAAA'), 'log-invalid'],
    ['something after it', `${note}x`, 'log-invalid'],
    ['a line more', note.replace('\n\n', '\nextension\n\n'), 'log-invalid'],
    [
      'a size beyond what numbers hold',
      note.replace('\n42\n', '\n9007199254740992\n'),
      'log-invalid',
    ],
    ['no last line feed in its body', note.replace('\n\n', '\n'), 'log-invalid'],
    [
      'a signature under the id of another key',
      cut(foreignLine, 4, signatureOf(ownLine)),
      'signature-invalid',
    ],
    ['a signature that was cut', cut(ownLine, 67), 'signature-invalid'],
  ])('is refused with %s', (_, text, code) => {
    expect(codeOf(text)).toBe(code);
  });

  it('is of no log whose key is not Ed25519', () => {
    expect(codeOf(note, { ...log, key: testSigner('p256').publicKey })).toBe('log-invalid');
  });

  it('is read alone, without the lines of others', () => {
    for (const one of [note, note + foreignLine, note.replace(ownLine, foreignLine + ownLine)])
      expect(ownNote(one, log)).toBe(note);
    expect(() => ownNote(foreign, log)).toThrow(
      expect.objectContaining({ code: 'signature-invalid' }),
    );
  });
});
