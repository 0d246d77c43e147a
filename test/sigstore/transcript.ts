/** What the job prints: each question as it is answered, a table at the end, and the exit code. */
import type { Answer } from './verifiers.ts';

export interface Row {
  /** Who made it, who judges it: `ours, by a person → cosign`. */
  readonly road: string;
  /** `as it is`, or what is wrong with it. */
  readonly what: string;
  readonly wanted: 'accepted' | 'refused';
  readonly got: 'accepted' | 'refused' | 'refused otherwise';
  readonly millis: number;
}

export class Transcript {
  readonly rows: Row[] = [];

  tell(line: string): void {
    console.log(line);
  }

  /**
   * Asks, and notes the answer. What throws is neither accepted nor refused, and ends the job.
   * @param wanted `accepted`, or what a refusal has to say: one for another reason proves nothing
   */
  async ask(
    road: string,
    what: string,
    wanted: 'accepted' | RegExp,
    question: Promise<Answer>,
  ): Promise<void> {
    const { accepted, output, millis } = await question;
    const said =
      output
        .split('\n')
        .find((line) => (wanted instanceof RegExp ? wanted.test(line) : line !== '')) ?? output;
    const asWanted = wanted === 'accepted' ? accepted : !accepted && wanted.test(output);
    const got = accepted ? 'accepted' : asWanted ? 'refused' : 'refused otherwise';
    const row: Row = {
      road,
      what,
      wanted: wanted === 'accepted' ? wanted : 'refused',
      got,
      millis,
    };
    this.rows.push(row);
    this.tell(
      `${asWanted ? '✔' : '✘'} ${road}: ${what}: ${got} (${Math.round(millis)} ms)\n    ${said.trim().slice(0, 200)}`,
    );
  }

  /** Prints the table. @returns whether every answer was the wanted one */
  close(): boolean {
    const heads = ['road', 'what', 'wanted', 'got', 'ms', ''];
    const cells = this.rows.map((row) => [
      row.road,
      row.what,
      row.wanted,
      row.got,
      String(Math.round(row.millis)),
      row.got === row.wanted ? '✔' : '✘',
    ]);
    const widths = heads.map((head, i) =>
      Math.max(head.length, ...cells.map((row) => (row[i] ?? '').length)),
    );
    const line = (row: readonly string[]): string =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd();
    const wrong = this.rows.filter(({ got, wanted }) => got !== wanted).length;
    this.tell(
      [
        '',
        line(heads),
        line(widths.map((width) => '─'.repeat(width))),
        ...cells.map(line),
        '',
      ].join('\n'),
    );
    this.tell(`${this.rows.length - wrong} of ${this.rows.length} as wanted`);
    return wrong === 0 && this.rows.length > 0;
  }
}
