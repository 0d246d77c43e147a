/**
 * Whether the commands of a skill work in the folder of their caller. The scan does not see every
 * such use as a path: a library opens the path, a program looks around in its working directory, or
 * a path is relative. The answer is for drafts, and for whether a draft's folder is used.
 */
import { posix } from 'node:path';
import { isTestScript } from './commands.ts';
import { folderPrograms } from './tables/folder-programs.ts';

export interface FolderUse {
  /** The place of the use, as `path:line`. */
  readonly seen: string;
  readonly writes: boolean;
}

interface Sign {
  readonly form: RegExp;
  readonly writes: boolean;
}

const programs = [...folderPrograms].join('|');
const relative = String.raw`[rbf]?["'\`](?![/~])[\w{}][^"'\`\n]{0,200}`;

const signsIn: readonly { readonly of: RegExp; readonly signs: readonly Sign[] }[] = [
  {
    of: /\.py$/,
    signs: [
      signOf(
        String.raw`\btype\s*=\s*(pathlib\.)?Path\b|\bargparse\.FileType\b|\bclick\.(Path|File)\b`,
      ),
      signOf(String.raw`\bPath\.cwd\(|\bos\.getcwd\(`),
      signOf(String.raw`\w\s*:\s*(pathlib\.)?Path\s*[,)=]`),
      signOf(
        String.raw`add_argument\(\s*["'](-\w["'],\s*["'])?[-\w]*(file|path|dir|folder|input|image|src|target|root|repo|project|workspace|document|data)`,
      ),
      signOf(String.raw`add_argument\(\s*["'](-o["']|(-\w["'],\s*["'])?[-\w]*(output|dest))`, true),
      signOf(String.raw`[rf]?["']\./\w`, true),
      signOf(String.raw`\bos\.(walk|listdir|scandir)\(\s*["']\.`),
      signOf(String.raw`\bopen\(\s*${relative}["']\s*,\s*["'][wax]`, true),
      signOf(String.raw`\bopen\(\s*${relative}["']`),
      signOf(
        String.raw`\b(savefig|to_(csv|excel|json|parquet|html)|write_(html|image)|imwrite|imsave|savetxt|save|dump)\(\s*${relative}\.\w{1,5}["']`,
        true,
      ),
      signOf(
        String.raw`["'](${programs})["']|(run|system|popen|call|output)\(\s*f?["'](${programs})\s`,
        true,
      ),
    ],
  },
  {
    of: /\.[cm]?[jt]s$/,
    signs: [
      signOf(String.raw`\bprocess\.cwd\(`),
      signOf(String.raw`\b(writeFile|createWriteStream|appendFile|mkdir)\w*\(\s*${relative}`, true),
      signOf(String.raw`\b(readFile|createReadStream|readdir)\w*\(\s*${relative}`),
      signOf(String.raw`["'\`](${programs})["'\`]|exec(Sync)?\(\s*["'\`](${programs})\s`, true),
    ],
  },
  {
    of: /\.(ba)?sh$|(^|\/)[^.]+$/,
    signs: [
      signOf(String.raw`\bfind\s+\.|\$PWD\b|\$\(pwd\)`),
      signOf(String.raw`\[\[?\s+(!\s+)?-[defrs]\s+"?\$\{?[A-Z_a-z1-9]`),
      signOf(String.raw`[^>&\d]>{1,2}\s*"?(?![/&$~])\w[\w./-]*\.\w{1,5}\b`, true),
      signOf(String.raw`(^|[|;&(!]|\b(if|then|while|do)\b)\s*(${programs})\s`, true),
    ],
  },
];

function signOf(form: string, writes = false): Sign {
  return { form: new RegExp(form), writes };
}

/** The first use, of uses that write before all others; undefined where there is none. */
export function folderUse(
  texts: readonly { readonly path: string; readonly text: string }[],
): FolderUse | undefined {
  const uses = texts.flatMap(({ path, text }) => {
    const signs = signsIn.find(({ of }) => of.test(path))?.signs ?? [];
    return signs.length === 0 || isTestScript(path) ? [] : usesIn(path, text, signs);
  });
  return uses.find(({ writes }) => writes) ?? uses[0];
}

function usesIn(path: string, text: string, signs: readonly Sign[]): FolderUse[] {
  if (posix.extname(path) === '' && !text.startsWith('#!')) return [];
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(#|\/\/|\*)/.test(line) || line.length > lineCharsMax) return [];
    const found = signs.filter(({ form }) => form.test(line));
    return found.length === 0
      ? []
      : [{ seen: `${path}:${index + 1}`, writes: found.some(({ writes }) => writes) }];
  });
}

// A longer line is data or minified code.
const lineCharsMax = 500;
