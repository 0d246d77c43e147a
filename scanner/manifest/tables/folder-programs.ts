/**
 * Programs that work in their working directory, without a path among their arguments: version
 * control, builds, checkers and typesetting.
 */
export const folderPrograms: ReadonlySet<string> = new Set(
  (
    'git hg svn make gmake cmake ninja meson npm npx pnpm yarn cargo go mvn gradle dotnet terraform tofu ' +
    'semgrep codeql trivy gitleaks ruff mypy pytest pyright eslint prettier tsc vitest jest ' +
    'xelatex pdflatex lualatex latexmk bibtex biber typst'
  ).split(' '),
);
