import { describe, expect, it } from 'vitest';
import { spellMixedWords } from '../../../skills-index/skill/text/mixed-scripts.ts';

const shown = (text: string): string => spellMixedWords(text, (point) => `<${point.toString(16)}>`);

describe('a word that passes for a Latin one', () => {
  it.each([
    ['with one Cyrillic letter', 'pаypal', 'p<430>ypal'],
    ['with one Greek letter', 'gοv', 'g<3bf>v'],
    ['wholly Cyrillic', 'аррӏе', '<430><440><440><4cf><435>'],
    [
      'wholly Cyrillic, of letters of today',
      'рауроссо',
      '<440><430><443><440><43e><441><441><43e>',
    ],
    ['wholly Greek', 'ΑΡΡΟΙΝΤ', '<391><3a1><3a1><39f><399><39d><3a4>'],
    ['wholly Cherokee', 'ᎪᏢᏢᏞᎬ', '<13aa><13e2><13e2><13de><13ac>'],
    ['wholly Armenian', 'օսհ', '<585><57d><570>'],
    ['with digits', 'а1с2', '<430>1<441>2'],
    ['as a host', 'https://аррӏе.com/x', 'https://<430><440><440><4cf><435>.com/x'],
    [
      'as a host in a line of its language',
      'привет https://рауроссо.com',
      'привет https://<440><430><443><440><43e><441><441><43e>.com',
    ],
    [
      'as a folder in a line of its language',
      'привет, файл в росса/х.txt',
      'привет, файл в <440><43e><441><441><430>/х.txt',
    ],
    [
      'with a rare letter in a line of its language',
      'привет аррӏе',
      'привет <430><440><440><4cf><435>',
    ],
    [
      'beside others that pass for Latin ones',
      'рау раураӏ',
      '<440><430><443> <440><430><443><440><430><4cf>',
    ],
    ['a unit’s letter in a name', 'μser', '<3bc>ser'],
  ])('%s is spelled out', (_, text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ['ohms', '10 kΩ, 4.7 MΩ and 1 Ωm'],
    ['micro as its own sign', '5 µs, 3 µmol'],
    ['micro as a Greek letter', '5 μs, 3 μm, 2 μHz, 1 μmol'],
    ['formulas', 'ΔT = 2πr, λx.x, σ = α + ο'],
    ['letters alone', 'а, о, Α, ν'],
    ['Russian', 'Это хор и сахар, а рост у нас хаос'],
    ['Greek', 'Και να το κόστος για τον πελάτη'],
    ['Greek without accents', 'ΚΑΙ ΤΟ ΚΟΣΤΟΣ ΓΙΑ ΤΟΝ ΠΕΛΑΤΗ'],
    ['Ukrainian', 'її сон і хата, оце'],
    ['Armenian', 'բարեւ աշխարհ'],
    ['Chinese and Japanese', '你好世界 レポート'],
    ['Latin with marks', 'Größe, naïve, señor, Łódź'],
  ])('honest text stays as it is: %s', (_, text) => {
    expect(shown(text)).toBe(text);
  });
});
