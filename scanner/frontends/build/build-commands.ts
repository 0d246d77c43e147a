/**
 * Commands in files of build tools that have a language of their own: CMake, Ant, Maven, MSBuild,
 * Gradle, Terraform. Each command becomes a line of a shell.
 */

import type { TaintSource } from '../../fact/source.ts';
import type { FrontEndResult } from '../frontend.ts';
import { joinPieces } from '../markdown/code.ts';
import { cmakeCommands } from './cmake-commands.ts';
import type { CommandLines } from './command-lines.ts';
import { gradleCommands, terraformCommands } from './gradle-terraform.ts';
import { xmlCommands } from './xml-commands.ts';

interface BuildFile {
  readonly file: RegExp;
  readonly commands: (text: string) => CommandLines;
}

const buildFiles: readonly BuildFile[] = [
  { file: /(^|\/)CMakeLists[^/]{0,40}\.txt$|\.cmake(\.in)?$/i, commands: cmakeCommands },
  { file: /\.(xml|pom|ant|\w{0,20}proj|props|targets|proj\.user)$/i, commands: xmlCommands },
  { file: /\.gradle(\.kts)?$/i, commands: gradleCommands },
  { file: /\.(tf|hcl)$/i, commands: terraformCommands },
];

/** Programs as in `FrontEndResult`, and what could not be read. */
export type BuildCommands = Pick<FrontEndResult, 'embedded' | 'unanalysed'>;

/** The commands of one file; nothing for other files. Linear in the text. */
export function buildCommands(source: TaintSource): BuildCommands {
  const row =
    source.depth === 0 ? buildFiles.find(({ file }) => file.test(source.path)) : undefined;
  if (row === undefined) return { embedded: [], unanalysed: [] };
  const { lines, unread } = row.commands(source.text);
  const { text, map } = joinPieces(lines.map((line) => ({ text: line.text, raw: line.at })));
  const program = {
    within: source.path,
    language: 'shell',
    text,
    context: source.context,
    map: map.map((piece) => ({ ...piece, fixed: true as const })),
  } as const;
  return {
    embedded: lines.length === 0 ? [] : [program],
    unanalysed:
      unread === undefined
        ? []
        : [
            {
              span: {
                path: source.path,
                start: Math.min(unread.at, source.text.length),
                end: Math.min(unread.at + 1, source.text.length),
              },
              reason: unread.reason,
            },
          ],
  };
}
