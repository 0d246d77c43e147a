/**
 * Commands in CMake. Sources: cmake.org "execute_process", "add_custom_command",
 * "add_custom_target", "add_test", "ExternalProject", "exec_program", "file", "install",
 * "cmake_language".
 */

import { type CmakeArgument, type CmakeCall, parseCmake } from './cmake.ts';
import { CmakeVariables } from './cmake-variables.ts';
import { CommandLines, downloadLine, shellWord, writingLine } from './command-lines.ts';
import { callKeywords, externalKeywords } from './tables/cmake-keywords.ts';

const depthMax = 4;
const nestedCharsMax = 256 * 1024;

/** The commands of one file of CMake. */
export function cmakeCommands(text: string): CommandLines {
  const reader = new Reader();
  reader.read(text, 0);
  return reader.found;
}

class Reader {
  readonly found = new CommandLines();
  readonly #variables = new CmakeVariables();
  #nestedChars = 0;

  read(text: string, depth: number, within?: number): void {
    const { calls, unread } = parseCmake(text);
    for (const call of calls) {
      this.#variables.take(call);
      this.#call(within === undefined ? call : movedTo(call, within), depth);
    }
    if (unread !== undefined) this.found.fail(within ?? unread.at, unread.reason);
  }

  #call(call: CmakeCall, depth: number): void {
    const { name, arguments: all } = call;
    if (/^(if|elseif|while|foreach|function|macro|message)$/.test(name)) return;
    if (name === 'cmake_language') this.#language(call, depth);
    else if (name === 'exec_program') this.#program(all);
    else if (name === 'file') this.#file(all);
    else this.#commands(call);
    if (name === 'install')
      all.forEach(({ text }, index) => {
        if (text === 'CODE') this.#nested(all.slice(index + 1, index + 2), depth);
      });
  }

  // `EVAL CODE text…`, `CALL name argument…`, `DEFER … CALL name argument…`.
  #language({ arguments: all, at }: CmakeCall, depth: number): void {
    const index = all.findIndex(({ text }) => text === 'CALL' || text === 'CODE');
    const next = all[index + 1];
    if (index < 0 || next === undefined) return;
    if (all[index]?.text === 'CODE') this.#nested(all.slice(index + 1), depth);
    else if (depth >= depthMax) this.found.fail(at, 'calls of CMake that are too deep');
    else {
      const name = this.#variables.resolved(next).join(';').toLowerCase();
      this.#call({ name, arguments: all.slice(index + 2), at: next.at }, depth + 1);
    }
  }

  #nested(code: readonly CmakeArgument[], depth: number): void {
    const [first] = code;
    if (first === undefined) return;
    const written = code.map(({ text }) => text).join(' ');
    const known = code.flatMap((one) => this.#variables.resolved(one)).join(' ');
    for (const text of new Set([written, known])) {
      this.#nestedChars += text.length;
      if (depth >= depthMax || this.#nestedChars > nestedCharsMax)
        this.found.fail(first.at, 'code in code of CMake that is too deep');
      else this.read(text, depth + 1, first.at);
    }
  }

  // The arguments behind each `COMMAND`, up to the next word that the call knows.
  #commands({ name, arguments: all, at }: CmakeCall): void {
    const keywords = callKeywords[name];
    const groups: CmakeArgument[][] = [];
    let group: CmakeArgument[] | undefined = name === 'add_custom_target' ? [] : undefined;
    if (group !== undefined) groups.push(group);
    all.forEach((argument, index) => {
      const { text } = argument;
      if (/^(\w{1,40}_)?COMMAND$/.test(text)) {
        group = [];
        groups.push(group);
      } else if (keywords?.test(text) === true) group = undefined;
      else if (name !== 'add_custom_target' || (index > 0 && text !== 'ALL')) group?.push(argument);
    });
    if (name === 'add_test' && all[0]?.text !== 'NAME') groups.push(all.slice(1));
    const commands = groups.filter((one) => one.length > 0);
    if (name === 'execute_process' && commands.length > 1) {
      const forms = commands.map((one) => this.#formsOf(one));
      const piped = [0, 1].map((form) => forms.map((one) => one[form] ?? '').join(' | '));
      this.found.add(at, piped);
    } else for (const one of commands) this.found.add(one[0]?.at ?? at, this.#formsOf(one));
  }

  #formsOf(words: readonly CmakeArgument[]): readonly [string, string] {
    const parts = words.flatMap(({ text, isPlain }) =>
      isPlain ? text.split(';').filter((part) => part !== '') : [text],
    );
    const known = words.flatMap((word) => this.#variables.resolved(word));
    return [parts.map(shellWord).join(' '), known.map(shellWord).join(' ')];
  }

  // `exec_program(sh folder ARGS -c …)`: the arguments are joined without quotes.
  #program(all: readonly CmakeArgument[]): void {
    const [first] = all;
    if (first === undefined) return;
    const start = all.findIndex(({ text }) => text === 'ARGS');
    const behind = start < 0 ? [] : all.slice(start + 1);
    const end = behind.findIndex(({ text }) => /^(OUTPUT_VARIABLE|RETURN_VALUE)$/.test(text));
    const words = [first, ...behind.slice(0, end < 0 ? undefined : end)];
    this.found.add(first.at, [
      words.map(({ text }) => text).join(' '),
      words.flatMap((word) => this.#variables.resolved(word)).join(' '),
    ]);
  }

  #file(all: readonly CmakeArgument[]): void {
    const [key, first] = all;
    if (key === undefined || first === undefined) return;
    const forms = [
      all.map(({ text }) => text),
      all.flatMap((argument) => this.#variables.resolved(argument)),
    ];
    this.found.add(
      first.at,
      forms.flatMap(([kind, one = '', other = '', ...rest]) => {
        if (kind === 'DOWNLOAD')
          return [downloadLine(one, externalKeywords.test(other) ? '' : other)];
        if (kind === 'UPLOAD') return [`curl -T ${shellWord(one)} ${shellWord(other)}`];
        if (kind === 'WRITE' || kind === 'APPEND')
          return [writingLine([other, ...rest].join(''), one)];
        const words = [one, other, ...rest];
        const content = words[words.indexOf('CONTENT') + 1];
        return (kind === 'GENERATE' || kind === 'CONFIGURE') && words.includes('CONTENT')
          ? [writingLine(content ?? '', words[words.indexOf('OUTPUT') + 1] ?? '')]
          : [];
      }),
    );
  }
}

function movedTo({ name, arguments: all }: CmakeCall, at: number): CmakeCall {
  return { name, at, arguments: all.map((argument) => ({ ...argument, at })) };
}
