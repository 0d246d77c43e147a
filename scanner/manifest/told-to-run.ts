const lineCharsMax = 160;

// The words before the path on its line: an interpreter with options, or nothing but a place.
const started =
  /(^|[\s`$(&|;>"'])((python[\d.]*|node|bash|sh|zsh|tsx|bun|ruby|perl|pwsh|deno run|uv run|npx tsx)(\s+-{1,2}[\w-]+)*\s+["']?([^\s"'`]*\/)?|\.\/)$/;

/**
 * Whether a text tells the reader to start a file: by the file's path behind an interpreter, as a
 * program, or as a module.
 */
export function isToldToRun(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at);
    if (started.test(line.slice(-lineCharsMax))) return true;
  }
  return isToldAsModule(text, path);
}

/** Whether a text tells the reader to start a file as a Python module: `python -m scripts.pack`. */
export function isToldAsModule(text: string, path: string): boolean {
  const module = `-m ${path.slice(0, -3).replaceAll('/', '.')}`;
  return (
    path.endsWith('.py') &&
    text
      .split(module)
      .slice(1)
      .some((rest) => !/^[\w.]/.test(rest))
  );
}
