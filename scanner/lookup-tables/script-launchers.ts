/** Programs that start scripts, and file names of scripts. */

/** Words before a script's name in a command line; options between them are skipped. */
export const scriptLaunchers: ReadonlySet<string> = new Set(
  (
    'node nodejs deno bun bunx npx tsx ts-node run exec uv uvx pipx poetry python python2 python3 py sh bash zsh dash ksh . source ruby perl php lua pwsh ' +
    'powershell Rscript sudo env time nohup timeout'
  ).split(' '),
);

export const scriptEnding = /\.([cm]?[jt]s|py|sh|bash|zsh|rb|pl|ps1|php|lua|[rR])$/;
