/**
 * Settings in any notation: values with their paths become scripts, hooks, servers, dependencies
 * and text.
 */
import type { Fact, Span } from '../../fact/fact.ts';
import { settingsTextsMax, shellWordsMax } from '../../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, OffsetMap, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { egressOf } from '../../lookup-tables/egress-of.ts';
import { languageOfInterpreter } from '../../lookup-tables/file-types.ts';
import type { FrontEndResult } from '../../programs/frontend.ts';
import { settingMap } from './notebook.ts';
import type { Setting } from './setting.ts';
import { type CommandKey, commandKeys } from './tables/setting-commands.ts';
import { isWorkflow, WorkflowValues } from './workflow-values.ts';

/** Consecutive letters and digits without a word that count as data. */
const blobCharsMin = 2_000;

/** Facts of all settings of a file. */
export function settingsFacts(source: TaintSource, settings: readonly Setting[]): FrontEndResult {
  const facts: Fact[] = [];
  const embedded: EmbeddedProgram[] = [];
  const name = source.path.slice(source.path.lastIndexOf('/') + 1).toLowerCase();
  const isPackage = name === 'package.json';
  const commands = new CommandPrograms(source, settings);
  const tools = new ToolSettings(settings);
  for (const setting of settings) {
    const { path, value } = setting;
    const keys = path.map(String);
    const [top, second] = keys;
    const last = keys.at(-1) ?? '';
    const span: Span = { path: source.path, start: setting.from, end: setting.to };
    const about = { span, context: source.context, certainty: 'exact' } as const;
    const program = commands.programOf(setting);
    if (isPackage && top === 'scripts' && second !== undefined) {
      embedded.push(shellProgram(source, setting));
      if (lifecycleScripts.has(second))
        facts.push({
          ...about,
          kind: 'dependency',
          manager: 'npm',
          name: second,
          version: value.slice(0, 200),
          pinned: false,
          how: 'lifecycle',
        });
    } else if (
      isPackage &&
      /^(d|devD|peerD|optionalD)ependencies$/.test(top ?? '') &&
      keys.length === 2
    ) {
      const isSource = /^(git|https?:|github:|file:|[\w-]+\/[\w-]+)/.test(value);
      facts.push({
        ...about,
        kind: 'dependency',
        manager: 'npm',
        name: second ?? '',
        version: value,
        pinned: /^\d+\.\d+\.\d+/.test(value),
        how: isSource ? 'redirect' : 'declared',
      });
    } else if (program !== undefined) {
      embedded.push(program);
      if (keys.some((key) => /^hooks?$/i.test(key)))
        facts.push({
          ...about,
          kind: 'trait',
          trait: 'hook',
          api: keys.join('.'),
          detail: value.slice(0, 120),
        });
    } else if (keys.some((key) => key === 'mcpServers') && last === 'url') {
      const egress = egressOf(value, ['*']);
      if (egress !== undefined)
        facts.push({
          ...about,
          kind: 'capability',
          capability: { kind: 'egress', ...egress },
          api: keys.join('.'),
          traits: [],
        });
    }
    if (tools.isText(setting))
      embedded.push({ ...shellProgram(source, setting), language: 'text' });
    if (value.length >= 16 && facts.length < settingsTextsMax && !isBlob(value))
      facts.push({ ...about, kind: 'text', role: 'string', text: value, detail: last });
  }
  return { facts, embedded, unanalysed: [] };
}

function shellProgram(source: TaintSource, setting: Setting): EmbeddedProgram {
  return {
    within: source.path,
    language: 'shell',
    text: setting.value,
    context: source.context,
    map: settingMap(source, setting),
  };
}

// Nobody reads pictures and keys in data.
function isBlob(value: string): boolean {
  return (
    value.length > blobCharsMin &&
    /^(data:[\w/+.-]{1,80};base64,)?[A-Za-z0-9+/=_\s-]+$/.test(value) &&
    !/\s\w{1,20}\s/.test(value)
  );
}

// Services of a compose file: each is started as `docker run` starts a container, with folders of
// the host and with variables.

/** The values below a path, in their order. */
type Listing = (path: Setting['path']) => readonly Setting[];

/**
 * The command line that starts a service, up to the program in its container; empty where the
 * service gets nothing of the host.
 */
function containerLine(service: Setting['path'], list: Listing): string {
  const mounts = mountsOf(service, list).filter((mount) => /^[/~.$]/.test(mount));
  if (mounts.length === 0) return '';
  const options = [
    // Tools that watch containers get the socket of the engine, and with it the host's rights.
    ...mounts.map((mount) => (/docker\.sock/.test(mount) ? ['--privileged'] : ['-v', mount])),
    ...list([...service, 'environment']).map(({ path, value }) => {
      const name = path.at(-1);
      return ['-e', typeof name === 'number' ? value : `${name}=${value}`];
    }),
  ];
  const [image] = list([...service, 'image']);
  const words = [...options.flat(), image?.value ?? 'image'];
  return `docker run ${words.map(wordWithVariables).join(' ')}`;
}

function mountsOf(service: Setting['path'], list: Listing): string[] {
  const volumes = [...service, 'volumes'];
  const short = list(volumes).map(({ value }) => value);
  // The long form is a map for each volume.
  const long = Array.from({ length: volumesMax }, (_, at) => {
    const [source] = list([...volumes, at, 'source']);
    const [target] = list([...volumes, at, 'target']);
    return source === undefined || target === undefined ? [] : [`${source.value}:${target.value}`];
  });
  return [...short, ...long.flat()].slice(0, volumesMax);
}

const volumesMax = 32;

// Compose puts variables and the home folder into values, as a shell does.
function wordWithVariables(value: string): string {
  return /^[\w./:=@%+~${}-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

// The values of a settings file that are commands, as programs of their languages.

/** Finds the programs of one settings file. */
class CommandPrograms {
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

// Descriptions in settings that a model reads before it calls a tool: lists of tools (Model Context
// Protocol), schemas of function calling, operations of OpenAPI documents.

/** Finds these descriptions in one file. */
class ToolSettings {
  readonly #tools: ReadonlySet<string>;

  constructor(settings: readonly Setting[]) {
    this.#tools = new Set(
      settings.flatMap(({ path }) => {
        const at = path.findIndex((key) => schemaKeys.test(String(key)));
        return at < 0 ? [] : [path.slice(0, at).join('\0')];
      }),
    );
  }

  /** Whether a value is a text that a model reads. */
  isText({ path, value }: Setting): boolean {
    if (value.length < charsMin || !textKeys.test(String(path.at(-1)))) return false;
    const owner = path.slice(0, -1);
    if (owner.some((key) => listKeys.test(String(key)))) return true;
    return (
      owner.length < ownersMax &&
      owner.concat('').some((_, end) => this.#tools.has(owner.slice(0, end).join('\0')))
    );
  }
}

const charsMin = 24;
const ownersMax = 40;
const textKeys = /^(description|instructions|summary)$/;
const listKeys = /^(tools|functions|mcpServers|mcp_servers|paths)$/;
const schemaKeys = /^(inputSchema|input_schema)$/;

// Commands that package.json runs automatically.

/** Scripts that an installation runs automatically (npm documentation, "Life Cycle Scripts"). */
const lifecycleScripts: ReadonlySet<string> = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepare',
  'preprepare',
  'postprepare',
  'prepublish',
]);
