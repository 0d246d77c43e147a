/** Olga's package index: a folder with one wheel, which the demo packs from the examples. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// Without times of files, the wheel has the hash that the skill's lock names.
const pack = `import pathlib, sys, zipfile
root = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w") as wheel:
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        wheel.writestr(zipfile.ZipInfo(str(file.relative_to(root))), file.read_bytes())
`;

/** @returns the folder of the index */
export function makeWheelIndex(folder: string, examples: string): string {
  const index = join(folder, 'wheels');
  mkdirSync(index);
  const wheel = join(index, 'acme_bar_chart-1.0.0-py3-none-any.whl');
  execFileSync('python3', ['-c', pack, join(examples, 'acme-bar-chart'), wheel]);
  return index;
}
