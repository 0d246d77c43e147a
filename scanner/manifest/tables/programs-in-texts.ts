/**
 * Programs that a text asks for by name. Any word can begin a line of a code block, so only a word
 * of this table is read as a program there. English words are left out, package managers too.
 */
const programs: ReadonlySet<string> = new Set(
  (
    'git gh glab hg svn docker podman docker-compose kubectl helm terraform tofu ansible ansible-playbook ' +
    'aws az gcloud gsutil vercel netlify wrangler flyctl heroku firebase supabase stripe ' +
    'soffice libreoffice pandoc pdftotext pdftoppm pdftohtml pdfinfo pdfimages pdffonts pdfunite pdfseparate pdftk qpdf ' +
    'mutool gs tesseract ocrmypdf magick mogrify ffmpeg ffprobe sox exiftool inkscape rsvg-convert dot mmdc plantuml drawio ' +
    'xelatex pdflatex lualatex latexmk bibtex biber tectonic typst make gmake cmake ninja meson gcc g++ clang clang++ rustc ' +
    'javac java mvn gradle dotnet msbuild swift xcodebuild php perl ruby lua Rscript julia ' +
    'jq yq xmllint xsltproc rg fd fzf bat tree tmux rsync ssh scp sftp curl wget aria2c nc ncat socat openssl gpg age ' +
    'sqlite3 psql pg_dump mysql mysqldump redis-cli mongosh duckdb bc shellcheck shfmt ' +
    'ruff mypy pytest pyright flake8 pylint eslint prettier tsc vitest jest playwright webpack vite esbuild ' +
    'semgrep codeql trivy grype syft bandit gitleaks trufflehog osv-scanner pip-audit nmap ' +
    'chromium google-chrome firefox claude codex gemini opencode nvidia-smi osascript xdg-open'
  ).split(' '),
);

export function isProgramInTexts(word: string): boolean {
  return programs.has(word);
}
