/** Commands that a reader of build files collects, as lines of a shell, within bounds. */

interface CommandLine {
  readonly text: string;
  /** Offset in the file. */
  readonly at: number;
}

/** What no reader understands, or what is beyond a bound: the file counts as not analysed. */
export interface UnreadPart {
  readonly at: number;
  readonly reason: string;
}

const commandsMax = 400;
const charsMax = 128 * 1024;

/** The commands of one file. */
export class CommandLines {
  readonly lines: CommandLine[] = [];
  unread: UnreadPart | undefined;
  #chars = 0;

  /** Adds the forms of one command: as written, and with what is known of its variables. */
  add(at: number, forms: readonly string[]): void {
    for (const text of new Set(forms)) {
      if (text.trim() === '') continue;
      this.#chars += text.length;
      if (this.lines.length >= commandsMax) {
        this.fail(at, `more than ${commandsMax} commands`);
        return;
      }
      if (this.#chars > charsMax) {
        this.fail(at, `more than ${charsMax} characters of commands`);
        return;
      }
      this.lines.push({ text: `${text}\n`, at });
    }
  }

  /** The first part that could not be read counts. */
  fail(at: number, reason: string): void {
    this.unread ??= { at, reason };
  }
}

/** A word of a shell, quoted where the shell would change it. */
export function shellWord(text: string): string {
  return /^[\w./:=@%+$,{}-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A line that writes a text to a file. */
export function writingLine(text: string, file: string): string {
  return `printf '%s' ${shellWord(text)} > ${shellWord(file)}`;
}

/** A line that downloads a file. */
export function downloadLine(address: string, file: string): string {
  return `curl -o ${shellWord(file === '' ? '-' : file)} ${shellWord(address)}`;
}
