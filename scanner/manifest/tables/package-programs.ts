/** Programs that Python packages start by themselves. Sources: the packages' documentation. */
const programs: readonly (readonly [module: string, programs: readonly string[]])[] = [
  ['pdf2image', ['pdfinfo', 'pdftoppm']],
  ['pytesseract', ['tesseract']],
  ['graphviz', ['dot']],
  ['pypandoc', ['pandoc']],
  ['git', ['git']],
];

/** The programs that the packages imported by Python code start. */
export function programsOfImports(code: string): string[] {
  const lines = new Set(
    code.split('\n').map((line) =>
      line
        .trim()
        .split(/[\s.,]+/, 2)
        .join(' '),
    ),
  );
  return programs.flatMap(([module, started]) =>
    lines.has(`import ${module}`) || lines.has(`from ${module}`) ? started : [],
  );
}
