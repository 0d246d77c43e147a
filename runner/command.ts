/** Which program runs a command: what its file's extension or first line says. */
import type { Bundle } from '../skills-index/skill/bundle.ts';
import type { BundlePath } from '../skills-index/skill/bundle-path.ts';
import type { Manifest } from '../skills-index/skill/manifest.ts';
import { Problem } from '../skills-index/skill/problem.ts';

export type Interpreter = 'node' | 'python3' | 'sh' | 'bash';

/** The command to run, as the manifest and its file say. */
export interface WantedCommand {
  /** As it was called: a command's name, or the path of an executable file. */
  readonly name: string;
  readonly file: BundlePath;
  /** Absent when neither extension nor first line names one that a sandbox has. */
  readonly interpreter: Interpreter | undefined;
}

const byExtension: Readonly<Record<string, Interpreter>> = {
  ts: 'node',
  mts: 'node',
  cts: 'node',
  js: 'node',
  mjs: 'node',
  cjs: 'node',
  py: 'python3',
  sh: 'sh',
  bash: 'bash',
};
const byProgram: Readonly<Record<string, Interpreter>> = {
  node: 'node',
  python: 'python3',
  python3: 'python3',
  sh: 'sh',
  dash: 'sh',
  bash: 'bash',
};

/**
 * Finds the command in a manifest, or an executable file by its path.
 * @throws Problem `usage` when there is none of that name, with what there is
 */
export function findCommand(
  manifest: Manifest,
  bundle: Bundle,
  contents: ReadonlyMap<BundlePath, Uint8Array>,
  wanted: string | undefined,
): WantedCommand {
  const names = Object.keys(manifest.commands);
  const name = wanted ?? (names.length === 1 ? names[0] : undefined);
  const hint = names.length === 0 ? 'It has none: it is instructions only.' : `It has: ${names.join(', ')}.`;
  if (name === undefined) throw new Problem('usage', `Name the command of ${manifest.name} to run`, { hint });
  const named = Object.hasOwn(manifest.commands, name) ? manifest.commands[name] : undefined;
  const executable = bundle.files.find((file) => file.path === name && file.mode === '755');
  const file = bundle.files.find((one) => one.path === named)?.path ?? (named === undefined ? executable?.path : undefined);
  if (file === undefined) throw new Problem('usage', `${manifest.name} has no command ${JSON.stringify(name)}`, { hint });
  return { name, file, interpreter: interpreterOf(file, contents.get(file) ?? new Uint8Array()) };
}

/** The first line (`#!`) goes before the extension, as it does for the kernel. */
export function interpreterOf(path: string, bytes: Uint8Array): Interpreter | undefined {
  const [, first, second] =
    /^#! *(\S+)(?: +(?:-S +)?(\S+))?/.exec(Buffer.from(bytes.subarray(0, 256)).toString('latin1').split('\n')[0] ?? '') ?? [];
  if (first !== undefined) {
    const program = first.split('/').at(-1) ?? '';
    const named = program === 'env' ? (second ?? '') : program;
    return Object.hasOwn(byProgram, named) ? byProgram[named] : undefined;
  }
  const extension = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  return Object.hasOwn(byExtension, extension) ? byExtension[extension] : undefined;
}
