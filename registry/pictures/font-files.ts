/**
 * The fonts of pictures: Atkinson Hyperlegible Next, whose letters nobody takes for one another, as
 * `l`, `1` and `I`. An installation has the two files beside this one. A checkout has them in the
 * package.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const fontName = 'Atkinson Hyperlegible Next';

const files = {
  regular: '400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
  bold: '700Bold/AtkinsonHyperlegibleNext_700Bold.ttf',
} as const;

/** The path of a font's file. */
export function fontFile(weight: keyof typeof files): string {
  const beside = fileURLToPath(new URL(`./fonts/${weight}.ttf`, import.meta.url));
  if (existsSync(beside)) return beside;
  const fontPackage = '@expo-google-fonts/atkinson-hyperlegible-next';
  return fileURLToPath(import.meta.resolve(`${fontPackage}/${files[weight]}`));
}
