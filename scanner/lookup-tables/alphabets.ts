/**
 * Alphabets in which people and models read Latin words, and a search finds none. NFKC reads the
 * others: mathematical, circled, squared, full-width and raised letters. Sources: Unicode 16 (names
 * list; UTS #39 for letters that look alike), ISO 11548 for Braille.
 */
export interface Alphabet {
  readonly name: string;
  /** Each letter, with what it is read as. */
  readonly letters: ReadonlyMap<string, string>;
}

const latin = 'abcdefghijklmnopqrstuvwxyz';

/** Letters that are Latin ones in another dress. */
export const dressedAlphabets: readonly Alphabet[] = [
  pairs('small capitals', 'ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqǫqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz'),
  range('parenthesised letters', 0x249c, latin),
  range('parenthesised capitals', 0x1f110, latin),
  range('white letters in black circles', 0x1f150, latin),
  range('white letters in black squares', 0x1f170, latin),
  range(
    'tag characters',
    0xe0020,
    String.fromCharCode(...Array.from({ length: 95 }, (_, at) => at + 0x20)),
  ),
  pairs('Braille', "⠀ ⠁a⠃b⠉c⠙d⠑e⠋f⠛g⠓h⠊i⠚j⠅k⠇l⠍m⠝n⠕o⠏p⠟q⠗r⠎s⠞t⠥u⠧v⠺w⠭x⠽y⠵z⠂,⠆;⠒:⠲.⠦?⠖!⠤-⠄'⠌/⠸_⠈@"),
];

/** Letters of other scripts, and Latin ones with a stroke, that look like plain ones. */
export const alikeAlphabets: readonly Alphabet[] = [
  pairs('Cyrillic', 'кkмmтtԍgѳo'),
  pairs('Armenian', 'օoսuհhոnզqցgյjկlՕOՍUԼLՏS'),
  pairs('Cherokee', 'ᎪAᏴBᏟCᎠDᎬEᎦFᏀGᎻHᎥiᎫJᏦKᏞLᎷMᏁNᏢPᎡRᏚSᎢTᏙVᎳWᎩYᏃZ'),
  pairs('Lisu', 'ꓮAꓐBꓚCꓓDꓰEꓝFꓖGꓧHꓲIꓙJꓗKꓡLꓟMꓠNꓳOꓑPꓣRꓢSꓔTꓴUꓦVꓪWꓫXꓬYꓜZ'),
  pairs('Coptic', 'ⲁaⲃbⲥcⲉeⲓiⲕkⲙmⲛnⲟoⲣpⲧtⲭxⲩy'),
  pairs(
    'letters with strokes',
    'ɑaⱥaƀbƈcđdɖdɇeǥgɠgħhɨiıiɉjƙkłlɫlɱmŋnøoɵoƥpɋqɍrŧtʉuʋvⱳwƴyƶzØOĐDĦHŁLŦT',
  ),
];

function pairs(name: string, text: string): Alphabet {
  const letters = [...text];
  return {
    name,
    letters: new Map(
      letters.flatMap((letter, at) => (at % 2 === 0 ? [[letter, letters[at + 1] ?? '']] : [])),
    ),
  };
}

function range(name: string, first: number, read: string): Alphabet {
  return {
    name,
    letters: new Map([...read].map((letter, at) => [String.fromCodePoint(first + at), letter])),
  };
}
