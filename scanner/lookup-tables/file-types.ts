/** File types by first bytes and by name. */
import type { Language } from '../fact/source.ts';

/**
 * The treatment of a type: `inert` files cannot become active and are only checked for their form;
 * other classes are not analysed.
 */
export type FileClass = 'inert' | 'binary' | 'archive' | 'document';

export interface FileType {
  readonly type: string;
  readonly class: FileClass;
  /** Hexadecimal bytes at an offset; `??` matches any byte. */
  readonly magic: readonly { readonly at: number; readonly hex: string }[];
  /** Extensions that a file of this type may have. */
  readonly extensions: readonly string[];
}

const at0 = (hex: string): { at: number; hex: string }[] => [{ at: 0, hex }];

/**
 * Sources: the formats' own specifications, as collected in the `file` command's magic database.
 */
export const fileTypes: readonly FileType[] = [
  {
    type: 'ELF program',
    class: 'binary',
    magic: at0('7f454c46'),
    extensions: ['', 'so', 'node', 'elf', 'bin', 'o'],
  },
  {
    type: 'Windows program',
    class: 'binary',
    magic: at0('4d5a'),
    extensions: ['exe', 'dll', 'sys', 'pyd', 'scr', 'com'],
  },
  {
    type: 'Mach-O program',
    class: 'binary',
    magic: at0('cffaedfe'),
    extensions: ['', 'dylib', 'so', 'node', 'bin'],
  },
  {
    type: 'Mach-O program',
    class: 'binary',
    magic: at0('cefaedfe'),
    extensions: ['', 'dylib', 'so', 'node', 'bin'],
  },
  {
    type: 'Java class or universal Mach-O',
    class: 'binary',
    magic: at0('cafebabe'),
    extensions: ['class', '', 'dylib'],
  },
  // RFC 9636; the files of a database of time zones have names of places.
  { type: 'time zone', class: 'inert', magic: at0('545a6966'), extensions: [] },
  { type: 'WebAssembly', class: 'binary', magic: at0('0061736d'), extensions: ['wasm'] },
  { type: 'Android bytecode', class: 'binary', magic: at0('6465780a'), extensions: ['dex'] },
  { type: 'Python bytecode', class: 'binary', magic: at0('????0d0a'), extensions: ['pyc', 'pyo'] },
  {
    type: 'zip archive',
    class: 'archive',
    magic: at0('504b0304'),
    extensions: [
      'zip',
      'jar',
      'whl',
      'egg',
      'apk',
      'skill',
      'vsix',
      'xpi',
      'crx',
      'docx',
      'xlsx',
      'pptx',
      'odt',
      'ods',
      'odp',
      'epub',
      'dotx',
      'potx',
      'npz',
    ],
  },
  { type: 'zip archive', class: 'archive', magic: at0('504b0506'), extensions: ['zip'] },
  {
    type: 'gzip archive',
    class: 'archive',
    magic: at0('1f8b08'),
    extensions: ['gz', 'tgz', 'svgz'],
  },
  {
    type: 'tar archive',
    class: 'archive',
    magic: [{ at: 257, hex: '7573746172' }],
    extensions: ['tar'],
  },
  { type: '7-Zip archive', class: 'archive', magic: at0('377abcaf271c'), extensions: ['7z'] },
  { type: 'RAR archive', class: 'archive', magic: at0('526172211a07'), extensions: ['rar'] },
  { type: 'xz archive', class: 'archive', magic: at0('fd377a585a00'), extensions: ['xz', 'txz'] },
  { type: 'bzip2 archive', class: 'archive', magic: at0('425a68'), extensions: ['bz2', 'tbz2'] },
  { type: 'Zstandard archive', class: 'archive', magic: at0('28b52ffd'), extensions: ['zst'] },
  {
    type: 'OLE document',
    class: 'document',
    magic: at0('d0cf11e0a1b11ae1'),
    extensions: ['doc', 'xls', 'ppt', 'msi', 'msg'],
  },
  { type: 'PDF document', class: 'document', magic: at0('255044462d'), extensions: ['pdf', 'ai'] },
  { type: 'RTF document', class: 'document', magic: at0('7b5c727466'), extensions: ['rtf', 'doc'] },
  { type: 'AppleDouble metadata', class: 'inert', magic: at0('0005160700020000'), extensions: [] },
  { type: 'NumPy array', class: 'inert', magic: at0('934e554d5059'), extensions: ['npy'] },
  { type: 'Windows metafile', class: 'inert', magic: at0('d7cdc69a'), extensions: ['wmf'] },
  {
    type: 'Windows metafile',
    class: 'inert',
    magic: [
      { at: 0, hex: '01000000' },
      { at: 40, hex: '20454d46' },
    ],
    extensions: ['emf'],
  },
  {
    type: 'PNG image',
    class: 'inert',
    magic: at0('89504e470d0a1a0a'),
    extensions: ['png', 'apng'],
  },
  { type: 'JPEG image', class: 'inert', magic: at0('ffd8ff'), extensions: ['jpg', 'jpeg', 'jfif'] },
  { type: 'GIF image', class: 'inert', magic: at0('47494638'), extensions: ['gif'] },
  {
    type: 'WebP image',
    class: 'inert',
    magic: [
      { at: 0, hex: '52494646' },
      { at: 8, hex: '57454250' },
    ],
    extensions: ['webp'],
  },
  {
    type: 'AVIF or HEIC image',
    class: 'inert',
    magic: [{ at: 4, hex: '66747970' }],
    extensions: ['avif', 'heic', 'heif', 'mp4', 'm4a', 'm4v', 'mov'],
  },
  { type: 'icon', class: 'inert', magic: at0('00000100'), extensions: ['ico'] },
  { type: 'BMP image', class: 'inert', magic: at0('424d????????00000000'), extensions: ['bmp'] },
  { type: 'TIFF image', class: 'inert', magic: at0('49492a00'), extensions: ['tif', 'tiff'] },
  { type: 'TIFF image', class: 'inert', magic: at0('4d4d002a'), extensions: ['tif', 'tiff'] },
  { type: 'WOFF font', class: 'inert', magic: at0('774f4646'), extensions: ['woff'] },
  { type: 'WOFF2 font', class: 'inert', magic: at0('774f4632'), extensions: ['woff2'] },
  {
    type: 'TrueType font',
    class: 'inert',
    magic: at0('0001000000'),
    extensions: ['ttf', 'otf', 'ttc'],
  },
  { type: 'OpenType font', class: 'inert', magic: at0('4f54544f00'), extensions: ['otf', 'ttf'] },
  { type: 'MP3 audio', class: 'inert', magic: at0('494433'), extensions: ['mp3'] },
  { type: 'MP3 audio', class: 'inert', magic: at0('fffb'), extensions: ['mp3'] },
  {
    type: 'WAV audio',
    class: 'inert',
    magic: [
      { at: 0, hex: '52494646' },
      { at: 8, hex: '57415645' },
    ],
    extensions: ['wav'],
  },
  {
    type: 'Ogg media',
    class: 'inert',
    magic: at0('4f676753'),
    extensions: ['ogg', 'oga', 'ogv', 'opus'],
  },
  { type: 'FLAC audio', class: 'inert', magic: at0('664c6143'), extensions: ['flac'] },
  { type: 'WebM video', class: 'inert', magic: at0('1a45dfa3'), extensions: ['webm', 'mkv'] },
  {
    type: 'SQLite database',
    class: 'inert',
    magic: at0('53514c69746520666f726d6174203300'),
    extensions: ['db', 'sqlite', 'sqlite3'],
  },
  // What a program that ends suddenly leaves beside a database.
  {
    type: 'SQLite write-ahead log',
    class: 'inert',
    magic: at0('377f06??002de218'),
    extensions: ['db-wal', 'sqlite-wal', 'sqlite3-wal'],
  },
  {
    type: 'SQLite index of a write-ahead log',
    class: 'inert',
    magic: at0('18e22d0000000000'),
    extensions: ['db-shm', 'sqlite-shm', 'sqlite3-shm'],
  },
  // `.DS_Store`: where the Finder of macOS shows the files of a folder.
  { type: 'Finder view', class: 'inert', magic: at0('0000000142756431'), extensions: [] },
];

/** Extensions by language; Markdown, text and data are recognised by extension only. */
export const languageOfExtension: Readonly<Record<string, Language>> = {
  ...all('typescript', ['ts', 'tsx', 'mts', 'cts']),
  ...all('javascript', ['js', 'jsx', 'mjs', 'cjs', 'es', 'es6']),
  ...all('python', ['py', 'pyw', 'pyi', 'pth', 'pyx', 'pxd']),
  ...all('shell', ['sh', 'bash', 'zsh', 'ksh', 'dash', 'command']),
  ...all('markdown', ['md', 'markdown', 'mdx', 'mdc', 'mkd']),
  ...all('json', ['json', 'jsonc', 'json5', 'ipynb', 'webmanifest', 'geojson', 'jsonl', 'map']),
  ...all('yaml', ['yaml', 'yml']),
  ...all('toml', ['toml']),
  ...all('html', ['html', 'htm', 'xhtml', 'svg', 'vue', 'svelte']),
  ...all('dockerfile', ['dockerfile', 'containerfile']),
  ...all('makefile', ['mk', 'mak', 'make', 'just']),
  ...all('ini', ['ini', 'cfg', 'service', 'timer']),
  ...all('powershell', ['ps1', 'psm1', 'psd1']),
  ...all('batch', ['bat', 'cmd', 'nt']),
  ...all('ruby', ['rb', 'rake', 'gemspec']),
  ...all('perl', ['pl', 'pm', 'cgi']),
  ...all('php', ['php', 'phtml', 'php5']),
  ...all('lua', ['lua']),
  ...all('go', ['go']),
  ...all('rust', ['rs']),
  ...all('swift', ['swift']),
  ...all('c', ['c', 'cc', 'cpp', 'cxx', 'm', 'mm', 'h', 'hpp']),
  ...all('csharp', ['cs', 'fs', 'csx']),
  ...all('java', ['java', 'kt', 'kts', 'scala', 'groovy', 'gradle', 'clj']),
  ...all('vbscript', ['vb', 'vbs', 'vbe', 'bas', 'wsf', 'hta', 'jse']),
  ...all('applescript', ['scpt', 'applescript']),
  ...all('r', ['r', 'rmd']),
  ...all('julia', ['jl']),
  ...all('awk', ['awk']),
  ...all('other', [
    'fish',
    'csh',
    'tcsh',
    'ex',
    'exs',
    'erl',
    'hs',
    'dart',
    'nim',
    'zig',
    'asm',
    's',
    'f90',
    'coffee',
    'ahk',
    'au3',
    'tcl',
    'sol',
    'move',
    'vy',
    'cmake',
    'reg',
    'lnk',
    'desktop',
    'url',
    'inf',
    'plist',
    'sed',
    'vim',
    'el',
    ...'ml mli nu xonsh xsh elv cr rkt scm lisp lsp cl janet pas d hx gd ino mojo'.split(' '),
    ...'ipy sage smk nf bzl bazel gdb gnuplot gp m4 nsi iss wls raku expect astro jsm odin gyp'.split(
      ' ',
    ),
  ]),
};

/** Names of interpreters in a `#!` line, without version digits. */
export const languageOfInterpreter: Readonly<Record<string, Language>> = {
  sh: 'shell',
  bash: 'shell',
  dash: 'shell',
  zsh: 'shell',
  ksh: 'shell',
  ash: 'shell',
  python: 'python',
  pypy: 'python',
  uv: 'python',
  node: 'javascript',
  nodejs: 'javascript',
  bun: 'typescript',
  deno: 'typescript',
  tsx: 'typescript',
  'ts-node': 'typescript',
  npx: 'typescript',
  pnpm: 'typescript',
  zx: 'javascript',
  ipython: 'python',
  busybox: 'shell',
  pwsh: 'powershell',
  powershell: 'powershell',
  ruby: 'ruby',
  perl: 'perl',
  php: 'php',
  lua: 'lua',
  luajit: 'lua',
  rscript: 'r',
  julia: 'julia',
  awk: 'awk',
  gawk: 'awk',
  mawk: 'awk',
  osascript: 'applescript',
  swift: 'swift',
  make: 'makefile',
};

/**
 * Languages by the whole name of a file, without the part behind its first dot that is not its
 * first letter.
 */
export const languageOfName: Readonly<Record<string, Language>> = {
  ...all('dockerfile', ['dockerfile', 'containerfile']),
  ...all('makefile', ['makefile', 'gnumakefile', 'bsdmakefile', 'justfile', '.justfile']),
  ...all('ruby', ['rakefile', 'gemfile', 'vagrantfile', 'podfile', 'brewfile', 'fastfile']),
  ...all('other', ['jenkinsfile', 'procfile', 'crontab', 'snakefile', '.gdbinit', '.vimrc']),
  ...all('ini', ['.gitconfig', '.hgrc', 'supervisord']),
  ...all('json', ['.lintstagedrc', '.huskyrc', '.simple-git-hooks']),
  ...all('python', ['sconstruct', 'sconscript', 'wscript']),
  ...all('shell', [
    '.envrc',
    '.bashrc',
    '.bash_profile',
    '.bash_aliases',
    '.zshrc',
    '.zshenv',
    '.zprofile',
    '.profile',
    'pkgbuild',
  ]),
};

function all(language: Language, extensions: readonly string[]): Record<string, Language> {
  return Object.fromEntries(extensions.map((extension) => [extension, language]));
}
