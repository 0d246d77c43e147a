/** Folders and files of this host that a program reads besides the program's own file. */

const companions: Readonly<Record<string, string>> = {
  awk: '/usr/share/awk',
  file: '/usr/share/misc/magic.mgc',
  git: '/usr/lib/git-core',
  perl: '/usr/share/perl',
};

/** Returns what every sandbox shows beside a program, where that exists. */
export function companionOf(program: string, path: string): string | undefined {
  return program === 'python3' ? `/usr/lib/${path.split('/').at(-1)}` : companions[program];
}

const tex = 'tex latex pdftex pdflatex xetex xelatex luatex lualatex bibtex makeindex kpsewhich';
const imageMagick = 'convert magick identify mogrify montage composite compare';
const poppler = 'pdftoppm pdftocairo pdftotext pdftohtml';
const graphviz = 'dot neato fdp sfdp twopi circo';

/** Programs of larger packages, and the folders and files of their packages (Debian's paths). */
const packages: readonly (readonly [programs: string, folders: string])[] = [
  [
    'soffice libreoffice',
    '/usr/lib/libreoffice /usr/share/libreoffice /etc/libreoffice /var/lib/libreoffice',
  ],
  ['chromium', '/usr/lib/chromium /usr/share/chromium /etc/chromium.d'],
  [
    'java javac jar',
    '/usr/lib/jvm /usr/share/java /etc/java-11-openjdk /etc/java-17-openjdk /etc/java-21-openjdk /etc/java-25-openjdk',
  ],
  [
    'psql pg_dump pg_restore pg_isready pgbench',
    '/usr/lib/postgresql /usr/share/postgresql-common /usr/share/perl5 /usr/share/perl /usr/bin/perl',
  ],
  ['pwsh', '/opt/microsoft/powershell'],
  ['npm npx', '/usr/lib/node_modules/npm /usr/share/nodejs /usr/share/npm'],
  ['gcc g++ cc c++', '/usr/lib/gcc /usr/libexec/gcc /usr/include /usr/bin/as /usr/bin/ld'],
  [
    'cmake',
    '/usr/share/cmake /usr/share/cmake-3.22 /usr/share/cmake-3.25 /usr/share/cmake-3.28 /usr/share/cmake-3.31',
  ],
  ['xetex xelatex', '/usr/bin/xdvipdfmx'],
  [tex, '/usr/share/texlive /usr/share/texmf /usr/share/texmf-dist /var/lib/texmf /etc/texmf'],
  [
    imageMagick,
    '/etc/ImageMagick-6 /etc/ImageMagick-7 /usr/share/ImageMagick-6 /usr/share/ImageMagick-7',
  ],
  [poppler, '/usr/share/poppler'],
  ['pandoc', '/usr/share/pandoc'],
  ['tesseract', '/usr/share/tesseract-ocr'],
  [`gs ${imageMagick}`, '/usr/share/ghostscript /var/lib/ghostscript /etc/ghostscript'],
  [
    `soffice libreoffice chromium java ffmpeg rsvg-convert gs ${tex} ${imageMagick} ${poppler} ${graphviz}`,
    '/etc/fonts /usr/share/fonts /usr/share/fontconfig /var/cache/fontconfig',
  ],
  [
    `soffice libreoffice java javac ffmpeg ffprobe gcc g++ cc c++ ${imageMagick}`,
    '/etc/alternatives',
  ],
];

/**
 * The settings and data of all these packages outside the system's folder of programs, for a
 * sandbox that has every program of the system.
 */
export const packageSettings: readonly string[] = [
  ...new Set(packages.flatMap(([, folders]) => folders.split(' '))),
].filter((folder) => /^\/(?:etc|var)\//.test(folder));

/**
 * Returns the folders and files of a program's package. They can hold hundreds of megabytes, so a
 * backend that copies files leaves them out.
 */
export function packageFoldersOf(program: string): readonly string[] {
  return packages.flatMap(([programs, folders]) =>
    programs.split(' ').includes(program) ? folders.split(' ') : [],
  );
}
