/** The values of a settings file that are commands, as programs of their languages. */

import type { EmbeddedProgram, Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { shellWordsMax } from '../../limits.ts';
import { own } from '../../lookup-tables/api.ts';
import { languageOfInterpreter } from '../../lookup-tables/file-types.ts';
import { containerLine } from './compose.ts';
import type { Setting } from './setting.ts';
import { settingMap } from './setting-map.ts';
import { type CommandKey, commandKeys } from './tables/setting-commands.ts';
import { isWorkflow, WorkflowValues } from './workflow-values.ts';

/** Finds the programs of one settings file. */
export class CommandPrograms {
  readonly #source: TaintSource;
  readonly #byPath: ReadonlyMap<string, readonly Setting[]>;
  readonly #byParent: ReadonlyMap<string, readonly Setting[]>;
  readonly #keys: readonly CommandKey[];
  readonly #values: WorkflowValues;

  constructor(source: TaintSource, settings: readonly Setting[]) {
    this.#source = source;
    const path = isWorkflow(settings) ? '.github/workflows/a.yml' : source.path;
    this.#keys = commandKeys.filter(({ file }) => file.test(source.path) || file.test(path));
    this.#byPath = Map.groupBy(settings, ({ path }) => path.join('\0'));
    this.#byParent = Map.groupBy(settings, ({ path }) => path.slice(0, -1).join('\0'));
    this.#values = new WorkflowValues(source, settings);
  }

  /** The program of a value; undefined where nothing runs the value. */
  programOf(setting: Setting): EmbeddedProgram | undefined {
    const { path, value } = setting;
    const inline = this.#inlineProgram(setting);
    if (inline !== undefined) return this.#values.complete({ ...inline, path });
    const isListed = typeof path.at(-1) === 'number';
    const joined = joinedPath(path);
    if (joined.length >= pathCharsMax) return undefined;
    const key = this.#keys.find(({ form, isWords }) =>
      form.test(isWords === true && isListed ? joinedPath(path.slice(0, -1)) : joined),
    );
    if (key === undefined) return undefined;
    if (key.isWords === true && isListed && path.at(-1) !== 0) return undefined;
    const words = this.#wordsBehind(setting, key);
    const first = words[0];
    const language = key.language ?? this.#languageBeside(path);
    const isMark = isListed && key.isWords === true && /^(CMD|CMD-SHELL|NONE)$/.test(value);
    const head = isMark ? '' : wordOf(value, words.length > 0 && isListed);
    const tail =
      isMark && value === 'CMD-SHELL' ? words.map((word) => word.value) : words.map(quoted);
    const behind: OffsetMap =
      first === undefined ? [] : [{ at: head.length, raw: first.from, fixed: true }];
    const program = {
      within: this.#source.path,
      language,
      text: [head, ...tail].filter((word) => word !== '').join(' '),
      context: this.#source.context,
      map: [...settingMap(this.#source, { ...setting, value: head }), ...behind],
      path,
    };
    return key.inContainer === true
      ? this.#inContainer(program, setting)
      : this.#values.complete(program);
  }

  // The program as the host sees it.
  #inContainer(
    { path, text, map, ...program }: EmbeddedProgram & Pick<Setting, 'path'>,
    { from }: Setting,
  ): EmbeddedProgram | undefined {
    const service = path.slice(0, 2);
    const line = containerLine(service, (at) => this.#list(at));
    const isCommand = path[2] !== 'volumes';
    const start = { at: 0, raw: from, fixed: true } as const;
    if (!isCommand) {
      const hasOwn = ['command', 'entrypoint'].some(
        (key) => this.#list([...service, key]).length > 0,
      );
      return line === '' || hasOwn ? undefined : { ...program, text: line, map: [start] };
    }
    // Compose writes the shell's own dollar twice.
    const plain = text.replaceAll('$$', '$');
    if (line === '') return { ...program, text: plain, map: plain === text ? map : [start] };
    // Options are for the program that the image names.
    const inside = plain.startsWith('-') ? plain : `sh -c ${wordOf(plain, true)}`;
    return { ...program, text: `${line} ${inside}`, map: [start] };
  }

  // The words behind the program: the rest of its list, and the lists of arguments beside it.
  #wordsBehind({ path }: Setting, key: CommandKey): readonly Setting[] {
    const isListed = key.isWords === true && path.at(-1) === 0;
    const owner = isListed ? path.slice(0, -1) : path;
    const rest = isListed ? this.#list(owner).slice(1) : [];
    const args = (own(argumentKeys, String(owner.at(-1)).toLowerCase()) ?? []).flatMap((name) =>
      this.#list([...owner.slice(0, -1), name]),
    );
    return [...rest, ...args].slice(0, shellWordsMax);
  }

  // The value at a path, or the values of its list.
  #list(path: Setting['path']): readonly Setting[] {
    const at = path.join('\0');
    return (this.#byPath.get(at) ?? this.#byParent.get(at) ?? []).slice(0, shellWordsMax);
  }

  // A program as a text, whose interpreter another key names: a script of an Argo workflow or of an
  // action for GitHub.
  #inlineProgram({ path, value }: Setting): EmbeddedProgram | undefined {
    const last = path.at(-1);
    if (last !== 'source' && last !== 'script') return undefined;
    const within = path.slice(0, -1);
    const program =
      last === 'source'
        ? this.#list([...within, 'command'])[0]?.value
        : within.at(-1) === 'with' && this.#isScriptAction(within.slice(0, -1))
          ? 'node'
          : undefined;
    if (program === undefined) return undefined;
    const setting = this.#list(path)[0];
    if (setting === undefined) return undefined;
    return {
      within: this.#source.path,
      language: interpreterOf(program) ?? 'shell',
      text: value,
      context: this.#source.context,
      map: settingMap(this.#source, setting),
    };
  }

  #isScriptAction(step: Setting['path']): boolean {
    return this.#list([...step, 'uses']).some(({ value }) =>
      /^actions\/github-script(@|$)/.test(value),
    );
  }

  #languageBeside(path: Setting['path']): Language {
    const [shell] = this.#list([...path.slice(0, -1), 'shell']);
    if (shell === undefined) return 'shell';
    if (/^cmd/.test(shell.value)) return 'batch';
    return interpreterOf(shell.value) ?? 'shell';
  }
}

const pathCharsMax = 1_000;

/** Lists of arguments beside the key of a program. */
const argumentKeys: Readonly<Record<string, readonly string[]>> = {
  command: ['args'],
  entrypoint: ['args', 'command'],
  runtimeexecutable: ['runtimeArgs', 'args'],
};

function joinedPath(path: Setting['path']): string {
  return path.join('.');
}

function interpreterOf(program: string): Language | undefined {
  const [name = ''] = /[a-z-]+(?=[\d.]*(?:\.exe)?(?:\s|$))/i.exec(program.slice(0, 200)) ?? [];
  return own(languageOfInterpreter, name.toLowerCase());
}

function quoted({ value }: Setting): string {
  return wordOf(value, true);
}

// A value of a list is one word, whatever is in it.
function wordOf(value: string, isWord: boolean): string {
  return !isWord || /^[\w./:=@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
