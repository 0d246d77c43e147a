/**
 * Files that a program without a parser downloads and starts: by their names, in whatever folder.
 */
import { anyEgress } from '../../lookup-tables/egress-of.ts';
import type { LexicalRun } from './run.ts';

/** The base name under which a statement saves a download. */
export function savedAs(text: string): string | undefined {
  const target =
    /(?:-outfile|-o|--output|-destination|\/[A-Za-z]:)\s*["']?([^\s"',|;)]{3,200})/i.exec(
      text,
    )?.[1] ??
    /downloadfile\w*\s*\([^,]{1,400},\s*["']?([^\s"')]{3,200})/i.exec(text)?.[1] ??
    /\b(?:certutil|bitsadmin)\b[^\n]{0,400}https?:\S{1,400}\s+["']?([^\s"']{3,200})/i.exec(
      text,
    )?.[1];
  return target === undefined ? undefined : baseName(target);
}

function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '').toLowerCase();
}

/** Whether a statement starts a file that was saved before. */
export function runsSaved(run: LexicalRun, text: string): boolean {
  return [...run.held.keys()].some((key) => {
    if (!key.startsWith('file:')) return false;
    const name = key.slice(5);
    const at = text.toLowerCase().lastIndexOf(name);
    return (
      at >= 0 &&
      /(?:^|[;&|({]\s*|\n\s*|&\s*|start\s+(?:""\s+|\/\w+\s+)*|start-process\s+(?:-filepath\s+)?|call\s+|cmd(?:\.exe)?\s+\/[ck]\s+|powershell[^\n]{0,80}-f(?:ile)?\s+|rundll32\s+)["']?[^\s"']*$/i.test(
        text.slice(0, at),
      )
    );
  });
}

/** The origin of the saved file that a statement names. */
export function savedFrom(run: LexicalRun, text: string): string {
  const lower = text.toLowerCase();
  const key = [...run.held.keys()].find(
    (key) => key.startsWith('file:') && lower.includes(key.slice(5)),
  );
  return (key === undefined ? undefined : run.held.get(key)?.urls[0]) ?? anyEgress;
}
