/**
 * Samples that a checker compares with: a linter of scripts has a bad script in `tests/fixtures`.
 * They are for a person, and no reason for a block, as long as nothing starts or loads them.
 */
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { TaintSource } from '../fact/source.ts';
import { lineWords, startedWord } from '../flow/started-word.ts';
import type { RuleContext } from '../rule.ts';

export function withSamplesForReview(
  findings: readonly Finding[],
  { name, description, sources }: Pick<RuleContext, 'name' | 'description' | 'sources'>,
): readonly Finding[] {
  const isCapped = (finding: Finding): boolean =>
    finding.kind === 'malice' &&
    /^(high|critical)$/.test(finding.severity) &&
    [finding, ...finding.flow].every(({ path }) => sampleFolder.test(path));
  if (!checks.test(`${name} ${description}`) || !findings.some(isCapped)) return findings;
  // A sample may start another one.
  const outermost = sources.filter(({ depth }) => depth === 0);
  const isStill = (path: string): boolean =>
    !outermost.some((source) => source.file !== path && mayStart(source, path));
  return findings.map((finding) =>
    isCapped(finding) && [finding, ...finding.flow].every(({ path }) => isStill(path))
      ? { ...finding, severity: 'medium' }
      : finding,
  );
}

const sampleFolder = /(^|\/)(__fixtures__|fixtures?|test[-_]?data|test[-_]?cases)\//i;
const checks =
  /\b(lint\w{0,4}|scan(s|ner|ners|ning)?|audit\w{0,3}|detect\w{0,4}|check(s|er|ers|ing)?|validat\w{1,4}|review\w{0,3}|analy[sz]\w{1,4}|security|vulnerab\w{1,7})\b/i;

// A line that starts or loads the sample, or a file that names the folder and starts what it
// computes.
function mayStart({ text, language }: TaintSource, path: string): boolean {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const module = file.replace(/\.\w{1,5}$/, '');
  const lines = text.split('\n').filter((line) => line.includes(file) || line.includes(module));
  const starts = lines.some(
    (line) =>
      loads.test(line) ||
      line
        .split(/&&|\|\||[;|&()`]/)
        .some((command) => startedWord(lineWords(command.trim()))?.text.includes(module) === true),
  );
  const isProse = language === 'markdown' || language === 'text';
  return starts || (!isProse && sampleFolder.test(`${text}/`) && startsComputed.test(text));
}

const loads =
  /^\s*(import|from|export|source|\.)\s|\b(require|import|run_path|load_module|execfile)\s?\(/;
const startsComputed =
  /\b(?:ba|z|da|k)?sh\s+(?:-\w+\s+)?["']?\$|\b(?:python[\d.]*|node|source)\s+["']?\$|^\s*\.\s+["']?\$|sys\.executable,\s*(?!["'])|\brunpy\b|\bimportlib\b|\b(?:exec|eval)\s?\(/m;
