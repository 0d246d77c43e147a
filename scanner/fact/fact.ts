/**
 * Facts: the output of front ends, in one shape for all languages. Rules see facts, never parsers.
 */
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { Confidence } from '../../skills-index/statement/finding.ts';

/**
 * A part of a source: offsets in UTF-16 code units of its decoded text (without a byte order mark),
 * `end` excluded.
 */
export interface Span {
  /**
   * `Source.path`. Before facts leave the engine, paths are mapped back to the bundle's files, so
   * rules and reports see bundle paths only.
   */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** The inner path when `path` is an archive or document: `a.zip!/run.sh`. */
  readonly inner?: string;
}

/**
 * The context of a fact: code that runs; a comment; a Markdown code block that the reader is told
 * to run, or one that only shows code; code in a test folder.
 */
export type FactContext = 'code' | 'comment' | 'fence-run' | 'fence-doc' | 'test';

interface Located {
  readonly span: Span;
  readonly context: FactContext;
  /**
   * How the front end knows: by the resolved symbol, after folding constants, by text alone, or
   * widened because the value could not be resolved.
   */
  readonly certainty: Confidence;
}

/**
 * One use of a capability. A value that could not be computed is `*`: env name, mount path, exec
 * program; for egress see `anyEgress` of models/egress-of.ts. Mount paths are written as the code
 * means them: absolute, `~/…` below the home folder, `/skills/@self/…` below the skill's own
 * folder, relative ones relative to the working directory. Only `observed.ts` decides which of them
 * need a capability.
 */
export interface CapabilityFact extends Located {
  readonly kind: 'capability';
  readonly capability: Capability;
  /** The qualified API or program: `child_process.execSync`, `os.environ`, `curl`. */
  readonly api: string;
  /** Further properties of this use for rules; see `Trait`. */
  readonly traits: readonly Trait[];
  /**
   * The whole path of a mount that is partly known, with `*` for each unknown part (`path` ends at
   * the first).
   */
  readonly shape?: string;
}

/** The path of the mount that a fact or a sink is. */
export function mountPath({ capability }: Pick<FlowSink, 'capability'>): string | undefined {
  return capability?.kind === 'mount' ? capability.path : undefined;
}

/**
 * A property of code that is no capability by itself, for example an eval, a detached child, a name
 * visible only after folding.
 */
export interface TraitFact extends Located {
  readonly kind: 'trait';
  readonly trait: Trait;
  readonly api: string;
  /** The folded value or name, shortened, for the message. */
  readonly detail: string;
}

/** The words on which front ends and rules agree. Add a word here when a rule needs one. */
export type Trait =
  | 'whole-env' // all variables at once: entries, spread, printenv
  | 'env-to-child' // the environment handed to a child process, and nowhere else
  | 'env-write' // sets a variable
  | 'dynamic-name' // the name, path, host or program could not be computed
  | 'folded-name' // a property, module or command name that is visible only after folding
  | 'decode' // base64, hex, rot13, xor, inflate … of data
  | 'code-from-string' // eval, Function, exec, vm, bash -c of something computed
  | 'filled-code' // code that stands in the text of another program, with values as data in it
  | 'dynamic-import' // a module whose name could not be computed
  | 'escape' // a capability-bearing value used other than by calling it or reading a member
  | 'patch-builtin' // assigns to a built-in
  | 'shell-string' // a shell reads the command line
  | 'interpolated' // … and data is put into it
  | 'interpreter' // the program is a shell or an interpreter
  | 'download' // fetches a file
  | 'pipe-to-interpreter' // … and a shell or interpreter reads it
  | 'listen'
  | 'raw-socket'
  | 'ip-literal'
  | 'odd-port'
  | 'cleartext'
  | 'tls-off'
  | 'write'
  | 'delete'
  | 'recursive'
  | 'append'
  | 'permissions' // as a trait of its own, `detail` is the mode as chmod takes it, a space and the path
  | 'link'
  | 'unsafe-extract' // unpacks an archive wherever its entries say
  | 'privilege'
  | 'detached'
  | 'autostart'
  | 'hook'
  | 'history-off'
  | 'deserialize'
  | 'native'
  | 'unbounded'
  | 'evasion' // gates behaviour on time, host, CI or a debugger
  | 'reverse-shell' // a shell whose input and output are a connection
  | 'process-environment' // the environment of another process, or by way of the process table
  | 'decode-to-code' // data that is decoded and then run
  | 'agent-unguarded' // an agent is started that asks nobody before it acts
  | 'agent-setup' // a server, plugin or skill is added to an agent
  | 'credential-command' // another program is asked for a credential
  | 'surveillance' // clipboard, screen, camera, microphone
  | 'keylogging'
  | 'remote-access' // somebody elsewhere gets onto this machine: a reverse forward, a shared terminal
  | 'unread-program' // a program on a command line, in a language that no front end reads whole
  | 'misuse' // a program of the system does another's work: it fetches, runs or dumps something
  | 'remote-program' // a program that lies elsewhere is run, or run elsewhere
  | 'staged-program' // a program in a folder where anybody can put one is run; `detail` ends in its path
  | 'defence-off' // a firewall, an antivirus, auditing … is switched off
  | 'log-wiping'
  | 'new-account'
  | 'kept-index' // all later packages come from another index; `detail` ends in its address
  | 'key-admitted' // a key opens an account or a machine; `detail` ends in the key's file
  | 'encoded-program' // a blob in a text that decodes to a program or instructions
  | 'shadowed-library' // a file of the skill has the name of the library `api` that code imports; `detail` is its path
  | 'at-import' // a request or a start that the import of a Python package makes
  | 'input'; // reads stdin, argv or a clipboard

/** Text for people or agents, or text in code as a string or comment. */
export interface TextFact extends Located {
  readonly kind: 'text';
  readonly role:
    | 'prose'
    | 'heading'
    | 'list-item'
    | 'table-cell'
    | 'inline-code'
    | 'fence'
    | 'link' // `text` is the target, `detail` the visible text
    | 'image'
    | 'html'
    | 'hidden' // comments, link definitions, invisible styles
    | 'front-matter' // `detail` is the key
    | 'comment'
    | 'string';
  readonly text: string;
  readonly detail: string;
}

/** A property of a whole file. */
export interface ArtifactFact extends Located {
  readonly kind: 'artifact';
  /**
   * `binary`: an executable or bytecode. `disguised`: content and name disagree. `unparsed`: a
   * parser gave up or threw. `unreadable`: not text, type unknown.
   */
  readonly what:
    | 'binary'
    | 'archive'
    | 'document'
    | 'disguised'
    | 'unparsed'
    | 'unreadable'
    | 'unknown-language'
    | 'minified'
    | 'not-utf8'
    | 'opened' // an archive or document that was read whole
    | 'nested-archive'
    | 'encrypted-archive'
    | 'over-ratio' // becomes more than archives may
    | 'unsafe-entry' // would be written outside of its folder, is a link, is there twice
    | 'polyglot' // also a file of another type, or with one behind its end
    | 'active-content' // a document that does something when it is opened
    | 'misleading-encoding' // another program reads other text in it
    | 'line-trick'; // where one reader begins a new line and another does not
  readonly detail: string;
}

/** Software that the skill installs or depends on. */
export interface DependencyFact extends Located {
  readonly kind: 'dependency';
  /** `npm`, `pip`, `apt`, … */
  readonly manager: string;
  readonly name: string;
  /** As written; empty when there is none. */
  readonly version: string;
  readonly pinned: boolean;
  /**
   * `install`: a command; `declared`: a list such as package.json; `lifecycle`: a script that runs
   * at installation; `redirect`: another index or source.
   */
  readonly how: 'install' | 'declared' | 'lifecycle' | 'redirect';
}

/** The origin of a value that flows. */
export interface FlowSource {
  /**
   * `env` one variable (`name`), `whole-env`, `file` (`name` = path), `network` (`name` = url),
   * `input` (argv, stdin), `command` (a program's output), `decoded` (`name` = the decoder; counts
   * only where a file with it is run), `observed` a fact about the machine or its user, or a
   * recording (`name` = an `ObservedThing`).
   */
  readonly what:
    | 'env'
    | 'whole-env'
    | 'file'
    | 'network'
    | 'input'
    | 'command'
    | 'decoded'
    | 'observed';
  /** `*` when it could not be computed. */
  readonly name: string;
  /** The call that reads the variable also says what it gives where nobody sets the variable. */
  readonly hasDefault?: true;
  /** With `decoded`: a text that was made of the numbers of its letters. */
  readonly ofNumbers?: true;
}

/** Where a value ends. */
export interface FlowSink {
  readonly what: 'network' | 'exec' | 'file' | 'output';
  /**
   * The capability that the sink uses: an `egress` with its url, an `exec`, a `mount`; none for
   * `output`.
   */
  readonly capability?: Capability;
  readonly api: string;
  /**
   * The part of a request that carries the value; `host` when the value itself chooses the
   * request's host. `program`: the value was written to the file that is run here, through any path
   * that the two share.
   */
  readonly part: 'url' | 'host' | 'header' | 'body' | 'argument' | 'code' | 'content' | 'program';
  /** With `code`: the value is data in the text of a program that stands in the code. */
  readonly filled?: true;
  /** With `code`: no part of the program stands in the code. */
  readonly whole?: true;
  /**
   * For a request whose host is not known: the host that stands in the code right before a part
   * that could not be computed, as in `https://api.x.example` + path.
   */
  readonly written?: string;
  /**
   * With `argument`: the egress of an address that the same call has, where nobody knows whether
   * the program or the library asks it.
   */
  readonly beside?: string;
}

/**
 * A value that reaches a sink, with each step. Front ends give graphs; `flow.ts` finds these facts
 * in them. Shell pipelines may give them directly.
 */
export interface FlowFact extends Located {
  readonly kind: 'flow';
  readonly source: FlowSource;
  readonly sink: FlowSink;
  /** From the source to the sink, both included; `span` above is the sink's. */
  readonly steps: readonly { readonly span: Span; readonly note: string }[];
  /** Base64, compression, encryption or the like on the way. */
  readonly encoded: boolean;
}

export type Fact = CapabilityFact | TraitFact | TextFact | ArtifactFact | DependencyFact | FlowFact;
export type FactKind = Fact['kind'];
/** The fact of one kind. */
export type FactOf<Kind extends FactKind> = Extract<Fact, { readonly kind: Kind }>;
