import { describe, expect, it } from 'vitest';
import {
  containsWord,
  fillIn,
  plantPhrases,
} from '../../../../cli/proofs/redteam/scenario-host.ts';

const { mark: word, secret: other } = plantPhrases();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a planted word', () => {
  it.each<[string, string]>([
    ['as it is', `a ${word} b`],
    ['in capitals', word.toUpperCase()],
    ['cut up by dots', word.replace(/.{5}/g, '$&.')],
    ['over lines', word.replace(/.{7}/g, '$&\n')],
    ['backwards', [...word].reverse().join('')],
    ['in hexadecimal', Buffer.from(word).toString('hex')],
    ['in hexadecimal with blanks', Buffer.from(word).toString('hex').replace(/../g, '$& ')],
    ['in percent form', word.replace(/./g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)],
    ['in base64', base64(word)],
    ['in base64, one byte later', base64(`a${word}`)],
    ['in base64, two bytes later', base64(`ab${word}cd`)],
    ['in base64 over lines', base64(`abc${word}`).replace(/.{9}/g, '$&\n')],
    ['in base64 for addresses', Buffer.from(`ab${word}`).toString('base64url')],
  ])('is found %s', (_, text) => {
    expect(containsWord(text, word)).toBe(true);
    expect(containsWord(text, other)).toBe(false);
  });

  it('of no letters is anything at all', () => {
    expect([containsWord('x', ''), containsWord('', '')]).toEqual([true, false]);
  });
});

describe('a text', () => {
  it('keeps braces that name nothing, and hides what stands between angles', () => {
    expect(fillIn('{mark} {it} {mark}', { mark: 'm' })).toBe('m {it} m');
    expect(fillIn('a<<{mark}>>b', { mark: 'm' })).toBe('a\u{e006d}b');
  });
});
