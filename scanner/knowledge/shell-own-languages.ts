/**
 * Programs with a command language of their own in which a line can start a shell: editors, clients
 * of databases, calculators. Sources: their manual pages, GTFOBins.
 */
import { words } from '../lookup-tables/shell.ts';

export interface OwnLanguage {
  /** Options whose value is a command. */
  readonly commands?: readonly string[];
  /** Options whose value is a file of commands. */
  readonly files?: readonly string[];
  /** Options with other values. */
  readonly takesValue?: readonly string[];
  /** Operands from this number on are commands; `+cmd` is a command in editors. */
  readonly operandsFrom?: number;
  readonly plus?: true;
  /** Operands are files of commands. */
  readonly scripts?: true;
  /** Standard input is commands. */
  readonly input?: true;
  /** What begins a shell's command line; the group is the command line. */
  readonly shell: readonly RegExp[];
  /** What begins code of another language; the group is the code. */
  readonly python?: RegExp;
  /** Calls whose argument is a command line that is computed. */
  readonly computed?: RegExp;
  /** Lines that are text, and no commands. */
  readonly text?: RegExp;
  /** Options with which no command starts a shell. */
  readonly safe?: RegExp;
  /** Options that take such an option back. */
  readonly unsafe?: RegExp;
  /** Mostly data: downloaded commands are for a person to look at, and no attack by themselves. */
  readonly isData?: true;
}

// `1,5`, `%`, `'a`, `/word/` before a command
const address = String.raw`(?:[\d,.$;%+-]|'[a-z<>]|\/[^\/\n]{0,80}\/){0,6}`;

const editorShell = [
  new RegExp(
    String.raw`(?:^|[|\r\x1b])[ :]{0,9}(?:sil(?:ent)?!?\s{1,9})?(?:[gv]\/[^\/\n]{0,80}\/)?${address}\s{0,4}(?:r(?:e(?:ad)?)?\s{0,4}|(?:w(?:r(?:ite)?)?|[eEW])\s{1,4})?!{1,2}\s{0,4}([^\n\r]{1,4000})`,
    'gm',
  ),
  /(?:^|[|\r])[ :]{0,9}exe(?:c|cu|cut|cute)?\s{1,4}(["'])[ :]{0,4}!([^"'\n]{1,4000})\1/gm,
  /(?:^|[|\r])[ :]{0,9}ter(?:m|mi|min|mina|minal)?\s{1,4}(?:\+\+\w+\s{1,4})?([^\n\r]{1,4000})/gm,
  /\b(?:system|systemlist|jobstart|job_start|termopen|term_start|os\.execute|io\.popen)\s{0,4}\(\s{0,4}(["'])((?:(?!\1)[^\n\\]|\\.){1,4000})\1/g,
];

const editor: OwnLanguage = {
  commands: ['c', 'cmd'],
  files: ['S', 's', 'u'],
  takesValue: ['i', 'w', 'W', 'T', 't', 'V', 'servername', 'startuptime'],
  plus: true,
  shell: editorShell,
  python: /(?:^|[|\r])[ :]{0,9}py(?:3|thon3?|x|thonx)?\s{1,9}([^\n\r]{1,4000})/gm,
  computed:
    /\b(?:system|systemlist|jobstart|job_start|termopen|term_start|os\.execute|io\.popen)\s{0,4}\(\s{0,4}(?!["'\s])/,
  safe: /^(-Z|--clean-restricted)$/,
};

const lineEditor: OwnLanguage = {
  ...editor,
  input: true,
  // The lines behind `a`, `i` and `c` up to a period.
  text: /^[ :]{0,4}[\d,.$]{0,20}[aic]\n[\s\S]*?(?:\n\.$|$(?![\s\S]))/gm,
};

const sqlite: OwnLanguage = {
  commands: ['cmd'],
  files: ['init'],
  takesValue: words('separator nullvalue newline vfs mmap heap lookaside maxsize pagecache'),
  operandsFrom: 1,
  input: true,
  shell: [
    /^\s{0,20}\.(?:sh|she|shel|shell|sy|sys|syst|syste|system)\s{1,20}([^\n]{1,4000})/gm,
    /^\s{0,20}\.(?:once|output|read|import|excel)\b[^|\n]{0,80}\|\s{0,9}([^\n"']{1,4000})/gm,
    /\bedit\(\s{0,9}[^,()\n]{1,200},\s{0,9}'([^'\n]{1,4000})'\s{0,9}\)/gi,
  ],
  safe: /^--?safe$/,
  // Behind `.nonce`, one command runs as without `-safe`.
  unsafe: /^--?nonce$/,
  isData: true,
};

const mysql: OwnLanguage = {
  commands: ['e', 'execute', 'init-command'],
  takesValue: words('h P u D S host port user database socket'),
  input: true,
  shell: [/\\!\s{0,9}([^\n]{1,4000})/g, /(?:^|;)\s{0,9}(?:system|pager)\s{1,9}([^\n;]{1,4000})/gm],
  safe: /^--(sandbox|system-command=(0|off))$/i,
  // `--skip-sandbox`, and its beginnings, which the program takes for the whole name.
  unsafe: /^--((skip|disable|enable|loose)[-_])+(san|sy)|^--(san\w*=|sy(?!stem-command=(0|off)$))/i,
  isData: true,
};

const fileTransfer: OwnLanguage = {
  files: ['b', 'f'],
  takesValue: words('i P o F J l R B c D S s'),
  input: true,
  shell: [/^\s{0,9}!\s{0,9}([^\n]{1,4000})/gm],
};

export const ownLanguages: Readonly<Record<string, OwnLanguage>> = {
  vim: editor,
  vi: editor,
  nvim: editor,
  view: editor,
  gvim: editor,
  vimdiff: editor,
  ex: lineEditor,
  ed: { ...lineEditor, safe: /^(-r|--restricted)$/ },
  sqlite3: sqlite,
  sqlite,
  psql: {
    commands: ['c', 'command'],
    files: ['f', 'file'],
    takesValue: words('h p U d v F R T P o L host port username dbname set variable output'),
    input: true,
    shell: [
      /\\!\s{0,9}([^\n]{1,4000})/g,
      /\\(?:o|out|g|gx|w|write)\s{0,9}\|\s{0,9}([^\n]{1,4000})/g,
      /\bprogram\s{1,9}'((?:[^'\n]|''){1,4000})'/gi,
    ],
    isData: true,
  },
  mysql,
  mariadb: mysql,
  dc: {
    commands: ['e', 'expression'],
    files: ['f', 'file'],
    scripts: true,
    input: true,
    shell: [/!(?![<>=])\s{0,9}([^\n]{1,4000})/g],
  },
  gnuplot: {
    commands: ['e'],
    scripts: true,
    input: true,
    shell: [
      /^\s{0,9}(?:!|shell\s)\s{0,9}([^\n]{1,4000})/gm,
      /\bsystem\s{0,9}\(?\s{0,9}(["'])([^"'\n]{1,4000})\1/g,
      /(["'])[<|]\s{0,9}([^"'\n]{1,4000})\1/g,
    ],
  },
  emacs: {
    commands: ['eval', 'execute'],
    files: ['script', 'l', 'load'],
    shell: [
      /\((?:async-)?shell-command(?:-to-string)?\s{1,9}(")((?:[^"\\]|\\.){1,4000})\1/g,
      /\((?:call-process|start-process)-shell-command\s{1,9}[^()]{0,200}(")((?:[^"\\]|\\.){1,4000})\1/g,
    ],
    computed:
      /\((?:async-)?shell-command(?:-to-string)?\s{1,9}(?!")|\((?:call-process|start-process|make-process)\b/,
  },
  ftp: fileTransfer,
  sftp: fileTransfer,
  lftp: {
    ...fileTransfer,
    commands: ['c', 'e'],
    takesValue: words('u p'),
    shell: [/(?:^|;)\s{0,9}!\s{0,9}([^\n;]{1,4000})/gm],
  },
};
