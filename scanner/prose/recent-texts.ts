/**
 * What a pure function found out about texts, for the texts of the last scans: the pages of a new
 * version say nearly what those of the version before say, and skills repeat the same headings.
 */
import { recentTextCharsMax } from '../limits.ts';

/**
 * Values by text. Texts that nobody asked for since about half a million characters are forgotten.
 */
export class RecentTexts<Value> {
  readonly #charsMax: number;
  #recent = new Map<string, Value>();
  #older = new Map<string, Value>();
  #chars = 0;

  /** @param charsMax characters of the texts; as many again may be remembered from before */
  constructor(charsMax: number = recentTextCharsMax) {
    this.#charsMax = charsMax;
  }

  /** The value of a text: the known one, or what `make` returns. */
  of(text: string, make: (text: string) => Value): Value {
    const recent = this.#recent.get(text);
    if (recent !== undefined) return recent;
    const value = this.#older.get(text) ?? make(text);
    if (text.length > this.#charsMax) return value;
    this.#chars += text.length + charsOfEntry;
    if (this.#chars > this.#charsMax) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#chars = text.length + charsOfEntry;
    }
    this.#recent.set(text, value);
    return value;
  }
}

// What an entry takes besides its text, so that very many short texts are forgotten as well.
const charsOfEntry = 40;
