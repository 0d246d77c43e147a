/**
 * Decides which control sequences of an agent's program reach the person's terminal. Only listed
 * sequences pass: they move the cursor, draw, and switch modes that `reset` switches back. A
 * terminal obeys many others that read the clipboard or the screen, write files, or have the
 * terminal type text that the sandbox chose. Pure.
 */

/** The longest control sequence that passes, and the longest title. */
const sequenceCharsMax = 64;
const titleCharsMax = 100;

// Ends what a program may have left, without moving the cursor: mouse and paste reports, keys of
// the keypad, the hidden cursor, line-drawing characters, styles.
const plainReset = [
  '\x1b[?9l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l',
  '\x1b[?2004l\x1b[?2026l\x1b[?1l\x1b[?5l\x1b[?7h\x1b[?25h\x1b[4l\x1b[20l',
  '\x1b>\x1b(B\x1b)B\x0f\x1b[0m',
].join('');

// These resets move the cursor, or print signs where a terminal does not know them. So each follows
// only a sequence that needs it.
const resets: readonly (readonly [used: RegExp, reset: string])[] = [
  [/^\x1b\[\?(?:[\d;]*;)?(?:47|1047|1049)(?:;[\d;]*)?h$/, '\x1b[?1049l\x1b[?1047l\x1b[?47l'],
  [/^\x1b\[(?:[\d;]*r|\?(?:[\d;]*;)?6(?:;[\d;]*)?h)$/, '\x1b[?6l\x1b[r\x1b[999;1H'],
  [/^\x1b\[[>=][\d;]*u$/, '\x1b[<99u\x1b[=0u'],
  [/^\x1b\[>[\d;]*m$/, '\x1b[>4;0m'],
  [/^\x1b\[\d* q$/, '\x1b[0 q'],
];

// Private modes that programs with a screen use, and that `reset` ends.
const modes = new Set(
  '1 5 6 7 9 12 25 47 1000 1002 1003 1004 1005 1006 1015 1016 1047 1048 1049 2004 2026'.split(' '),
);

/** Lets a stream of text through in pieces; a sequence may lie in two pieces. */
export class ScreenFilter {
  #rest = '';
  /** The end of the sequence that is left out, when a piece ended inside of it. */
  #skipping = false;
  /** Whether the last shown sign was a carriage return. */
  #returned = false;
  readonly #needed = new Set<string>();

  /** Returns the text that leaves the terminal as it was before the program. */
  reset(): string {
    return `${[...this.#needed].join('')}${plainReset}`;
  }

  push(text: string): string {
    const all = this.#rest + text;
    this.#rest = '';
    let shown = '';
    let at = 0;
    while (at < all.length) {
      if (this.#skipping) {
        const end = /\x07|\x1b\\|\x18|\x1a|\x9c/.exec(all.slice(at));
        if (end === null) {
          // The terminator has two characters, which two pieces may cut.
          this.#rest = all.endsWith('\x1b') ? '\x1b' : '';
          return shown;
        }
        this.#skipping = false;
        at += end.index + end[0].length;
        continue;
      }
      const next = all.slice(at);
      if (next[0] !== '\x1b') {
        const plain = /^[^\x1b]+/.exec(next)?.[0] ?? '';
        shown += this.#lines(plain.replace(unsafeSigns, ''));
        at += plain.length;
        continue;
      }
      const found = sequenceIn(next);
      if (found === 'cut') {
        this.#rest = next;
        return shown;
      }
      shown += found.shown;
      for (const [used, reset] of resets) if (used.test(found.shown)) this.#needed.add(reset);
      this.#returned = false;
      this.#skipping = found.skips;
      at += found.length;
    }
    return shown;
  }

  // Node's raw mode adds a carriage return to each line feed. A program with a screen sends a lone
  // line feed to stay in its column, which IND does.
  #lines(text: string): string {
    return text.replace(/\r\n?|\n|[^\r\n]+/g, (part, at: number) => {
      const isLone = part === '\n' && !(at === 0 && this.#returned);
      this.#returned = part === '\r';
      return isLone ? '\x1bD' : part;
    });
  }
}

// C1 controls begin sequences like ESC does. ENQ has the terminal type an answer that somebody may
// have set before.
const unsafeSigns = /[\0-\x06\x10-\x1a\x1c-\x1f\x7f-\x9f]/g;

interface Found {
  readonly length: number;
  readonly shown: string;
  /** Whether a text follows that ends with BEL or ST, and is left out. */
  readonly skips: boolean;
}

function sequenceIn(text: string): Found | 'cut' {
  const [, kind = ''] = text;
  if (kind === '') return 'cut';
  if (kind === '[') return controlSequence(text);
  if (kind === ']') return command(text);
  // Device control, application, privacy and other texts: graphics, keys, files, other terminals.
  if ('PX^_'.includes(kind)) return { length: 2, shown: '', skips: true };
  // Tab stops (HTS here, TBC above) are left out: nothing sets them back.
  const short = /^\x1b(?:[78=>DEM]|[()][0AB])/.exec(text)?.[0];
  if (short !== undefined) return { length: short.length, shown: short, skips: false };
  if ('()'.includes(kind) && text.length < 3) return 'cut';
  return { length: 2, shown: '', skips: false };
}

function controlSequence(text: string): Found | 'cut' {
  const [whole, marks = '', given = '', between = '', final] =
    /^\x1b\[([<=>?]?)([0-9;:]*)([ !$]*)([@-~])?/.exec(text) ?? [];
  if (whole === undefined) return { length: 2, shown: '', skips: false };
  if (final === undefined) {
    // Another character ends the sequence without effect.
    const isCut = whole.length === text.length && whole.length <= sequenceCharsMax;
    return isCut ? 'cut' : { length: whole.length, shown: '', skips: false };
  }
  // Some terminals repeat a sign as often as they are told; none has more than 9,999 columns.
  const isUsual = !/\d{5}/.test(given) && (final === 'm' || !given.includes(':'));
  const isShown =
    whole.length <= sequenceCharsMax && isUsual && passes(marks, given, between, final);
  return { length: whole.length, shown: isShown ? whole : '', skips: false };
}

function passes(marks: string, given: string, between: string, final: string): boolean {
  const form = `${marks}${between}${final}`;
  if (marks === '' && between === '' && '@ABCDEFGHIJKLMPSTXZ`abdefmrsu'.includes(final))
    return true;
  switch (form) {
    // The reply to these questions has numbers only. Programs ask for the cursor's place, the kind
    // of the terminal, its size and its keyboard.
    // `5n` is the last question of a session: an answer to a program's own `5n` would end the wait
    // for the answers that come later.
    case 'n':
      return given === '6';
    case 'c':
    case '>c':
    case '?u':
      return /^0?$/.test(given);
    case '?n':
      return given === '6';
    case '?$p':
      return modes.has(given);
    case 't':
      return /^(?:14|16|18|19)$/.test(given);
    case '?h':
    case '?l':
      return given.split(';').every((mode) => modes.has(mode));
    case 'h':
    case 'l':
      return given === '4' || given === '20';
    case '?J':
    case '?K':
    case '>u':
    case '<u':
    case '=u':
    case '>m':
    case ' q':
    case '!p':
      return true;
    default:
      return false;
  }
}

// A title, or the question for a colour, whose reply is a number. Every other text of this kind is
// left out: the clipboard, links whose text names another address, notices, files.
function command(text: string): Found | 'cut' {
  const [whole, kind, title] =
    /^\x1b\]([0-9]{1,4});([^\x07\x1b\x18\x1a\x9c]*)(?:\x07|\x1b\\|\x9c)/.exec(text) ?? [];
  if (whole === undefined || title === undefined)
    return text.length <= titleCharsMax && /^\x1b\][0-9]{0,4}(?:;[^\x07\x18\x1a\x9c]*)?$/.test(text)
      ? 'cut'
      : { length: 2, shown: '', skips: true };
  const isTitle = kind === '0' || kind === '2';
  if (isTitle) {
    const plain = title.replace(/[\p{C}]/gu, '').slice(0, titleCharsMax);
    return { length: whole.length, shown: `\x1b]2;${plain}\x07`, skips: false };
  }
  const isQuestion = (kind === '10' || kind === '11') && title === '?';
  return { length: whole.length, shown: isQuestion ? whole : '', skips: false };
}
