/**
 * A program on the command line reads its input as data: `curl … | python3 -c '…'`. Some options
 * and some programs run that input as code all the same.
 */

import type { Value } from '../../../engine/value.ts';
import type { Language } from '../../../fact/source.ts';
import type { ShellCommand } from '../shell-state.ts';
import { fetchedFrom, shown, textsIn } from '../values.ts';

/** Whether an interpreter runs its input besides the code in `codes`. */
export function runsInput(
  command: ShellCommand,
  language: Language,
  codes: readonly Value[],
): boolean {
  if (!isFetched(command)) return false;
  const { env, name } = command;
  const args = command.args.map(shown);
  const end = args.findIndex((text) => !text.startsWith('-') || /^-[A-Za-z]*[cm]$/.test(text));
  const own = args.slice(0, language === 'python' && end >= 0 ? end + 1 : args.length);
  if (args.some((text, at) => input.test(text) && loads.test(args[at - 1] ?? text))) return true;
  const asks =
    /^(python|javascript)$/.test(language) &&
    codes.length > 0 &&
    (own.some((text) => asksForInput.test(text)) ||
      env.some((variable) => variable.name === 'PYTHONINSPECT'));
  return asks || codes.flatMap(textsIn).some((code) => handsInputOn(code, language, name));
}

/** Files in which a program on the command line keeps what it reads, where it was fetched. */
export function keptIn(command: ShellCommand, codes: readonly Value[]): readonly string[] {
  if (!isFetched(command)) return [];
  return codes
    .flatMap(textsIn)
    .flatMap((code) => [...code.matchAll(writes)].map(([, , path = '']) => path));
}

function isFetched({ shell, input }: ShellCommand): boolean {
  return fetchedFrom(shell.notes, [input]) !== undefined;
}

// `open("f", "w")`, `Path("f").write_text(…)`, `fs.writeFileSync("f", …)`, Perl’s `open(F, ">f")`
const writes =
  /\b(?:open|Path|writeFile(?:Sync)?|createWriteStream|File\.write|file_put_contents)\(?[^()"'`]{0,40}(["'`])[\s>]{0,20}([^"'`]{1,400})\1/g;

/** Modules that read code as a person types it. */
export const readsCode = /^(code|asyncio|IPython|bpython|ptpython|pdb|ipdb|pudb|cmd|xonsh|hy)$/;

/**
 * Modules of Python for which the path behind them is data, whatever options and settings they are
 * given. Any other may run it: `pydoc` imports it, `pylint` loads plug-ins that its settings name.
 */
export const takesData =
  /^(venv|virtualenv|ensurepip|http\.server|json(\.tool)?|compileall|py_compile|zipfile|tarfile|ast|tokenize|tabnanny|pyclbr|pickletools|dis|base64|gzip|quopri|uu|calendar|webbrowser|sysconfig|platform|mimetypes|filecmp|difflib|black|ruff|isort|pyflakes|pycodestyle|pydocstyle|autopep8|yapf|vulture|radon|markdown|markitdown|docling|ocrmypdf|html2text|trafilatura|yamllint|pypdf|pdfplumber|csvkit(\.\w+)*)$/;

// `python3 -i -c '…'` and `node -i -e '…'` go on with what they read.
const asksForInput = /^(-[A-Za-z]*i[A-Za-z]*|--interactive)$/;

// `node --require FILE`, `perl -I`, `ruby -r FILE`
const loads = /^(-r|--require|--import|--loader|--experimental-loader)(=|$)/;

// No front end reads the other languages, so each of their words that runs text counts.
function handsInputOn(code: string, language: Language, program: string): boolean {
  if (language === 'shell') return false;
  const isRead = /^(python|javascript)$/.test(language);
  if (!isRead)
    return (
      runsText.test(code) || input.test(code) || (program === 'perl' && substituted.test(code))
    );
  return (starts.test(code) && shellAlone.test(code)) || loadsInput.test(code);
}

const runsText =
  /\b(eval|system|exec|qx|popen\d?|spawn|instance_eval|class_eval|assert|passthru|shell_exec|proc_open|load|loadstring|dofile|os\.execute|do shell script|invoke-expression|iex)\b|`|%x\W|\bopen\b[^;]{0,200}["']\s{0,20}\|/i;
// Perl: s/…/…/ee
const substituted = /[^\w\s][cdgimorsux]{0,6}ee[cdgimorsux]{0,6}(?=[\s;)}]|$)/;

const input = /\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0/;

// A shell or an interpreter without a program reads the input that it inherits.
const starts = /\b(system|p?open\d?|spawn\w*|exec\w*|subprocess|fork|pty|child_process)\b/;
const shellAlone =
  /(["'`])(?:\/usr)?(?:\/bin\/)?(?:(?:ba|da|z|k|a|fi)?sh|python[\d.]*|node|perl|ruby|php)(?:\s{1,9}-[\w-]{0,40})?\s{0,9}\1/;
const loadsInput =
  /\b(run_path|SourceFileLoader|spec_from_file_location|require|import|code\.interact|InteractiveConsole)\b[^\n;]{0,200}(\/dev\/stdin|\/dev\/fd\/0|\/proc\/self\/fd\/0|interact\(|InteractiveConsole\()/;
