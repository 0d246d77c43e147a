/** File types by first bytes and by name. */
import type { Language } from '../fact/source.ts';
import { words } from './shell.ts';

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

// Bytes at the beginning, or at offsets: `8:57454250`; `-` stands for no extension.
function file(type: string, of: FileClass, bytes: string, extensions: string): FileType {
  const magic = words(bytes).map((one) => {
    const [hex = '', at = '0'] = one.split(':').reverse();
    return { at: Number(at), hex };
  });
  const all = words(extensions).map((one) => (one === '-' ? '' : one));
  return { type, class: of, magic, extensions: all };
}

/**
 * Sources: the formats' own specifications, as collected in the `file` command's magic database.
 */
export const fileTypes: readonly FileType[] = [
  file('ELF program', 'binary', '7f454c46', '- so node elf bin o'),
  file('Windows program', 'binary', '4d5a', 'exe dll sys pyd scr com'),
  file('Mach-O program', 'binary', 'cffaedfe', '- dylib so node bin'),
  file('Mach-O program', 'binary', 'cefaedfe', '- dylib so node bin'),
  file('Java class or universal Mach-O', 'binary', 'cafebabe', 'class - dylib'),
  // RFC 9636; the files of a database of time zones have names of places.
  file('time zone', 'inert', '545a6966', ''),
  file('WebAssembly', 'binary', '0061736d', 'wasm'),
  file('Android bytecode', 'binary', '6465780a', 'dex'),
  file('Python bytecode', 'binary', '????0d0a', 'pyc pyo'),
  file(
    'zip archive',
    'archive',
    '504b0304',
    'zip jar whl egg apk skill vsix xpi crx docx xlsx pptx odt ods odp epub dotx potx npz',
  ),
  file('zip archive', 'archive', '504b0506', 'zip'),
  file('gzip archive', 'archive', '1f8b08', 'gz tgz svgz'),
  file('tar archive', 'archive', '257:7573746172', 'tar'),
  file('7-Zip archive', 'archive', '377abcaf271c', '7z'),
  file('RAR archive', 'archive', '526172211a07', 'rar'),
  file('xz archive', 'archive', 'fd377a585a00', 'xz txz'),
  file('bzip2 archive', 'archive', '425a68', 'bz2 tbz2'),
  file('Zstandard archive', 'archive', '28b52ffd', 'zst'),
  file('OLE document', 'document', 'd0cf11e0a1b11ae1', 'doc xls ppt msi msg'),
  file('PDF document', 'document', '255044462d', 'pdf ai'),
  file('RTF document', 'document', '7b5c727466', 'rtf doc'),
  file('AppleDouble metadata', 'inert', '0005160700020000', ''),
  file('NumPy array', 'inert', '934e554d5059', 'npy'),
  file('Windows metafile', 'inert', 'd7cdc69a', 'wmf'),
  file('Windows metafile', 'inert', '0:01000000 40:20454d46', 'emf'),
  file('PNG image', 'inert', '89504e470d0a1a0a', 'png apng'),
  file('JPEG image', 'inert', 'ffd8ff', 'jpg jpeg jfif'),
  file('GIF image', 'inert', '47494638', 'gif'),
  file('WebP image', 'inert', '0:52494646 8:57454250', 'webp'),
  file('AVIF or HEIC image', 'inert', '4:66747970', 'avif heic heif mp4 m4a m4v mov'),
  file('icon', 'inert', '00000100', 'ico'),
  file('BMP image', 'inert', '424d????????00000000', 'bmp'),
  file('TIFF image', 'inert', '49492a00', 'tif tiff'),
  file('TIFF image', 'inert', '4d4d002a', 'tif tiff'),
  file('WOFF font', 'inert', '774f4646', 'woff'),
  file('WOFF2 font', 'inert', '774f4632', 'woff2'),
  file('TrueType font', 'inert', '0001000000', 'ttf otf ttc'),
  file('OpenType font', 'inert', '4f54544f00', 'otf ttf'),
  file('MP3 audio', 'inert', '494433', 'mp3'),
  file('MP3 audio', 'inert', 'fffb', 'mp3'),
  file('WAV audio', 'inert', '0:52494646 8:57415645', 'wav'),
  file('Ogg media', 'inert', '4f676753', 'ogg oga ogv opus'),
  file('FLAC audio', 'inert', '664c6143', 'flac'),
  file('WebM video', 'inert', '1a45dfa3', 'webm mkv'),
  file('SQLite database', 'inert', '53514c69746520666f726d6174203300', 'db sqlite sqlite3'),
  // What a program that ends suddenly leaves beside a database.
  file('SQLite write-ahead log', 'inert', '377f06??002de218', 'db-wal sqlite-wal sqlite3-wal'),
  file(
    'SQLite index of a write-ahead log',
    'inert',
    '18e22d0000000000',
    'db-shm sqlite-shm sqlite3-shm',
  ),
  // `.DS_Store`: where the Finder of macOS shows the files of a folder.
  file('Finder view', 'inert', '0000000142756431', ''),
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
