/** What `skillgate scanner work --observe` observes with: the function of `skillgate observe`. */
import { observeSkill } from '../../runner/observe/observe-skill.ts';
import type { VersionObserver } from '../../scanner/worker/work.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext } from '../command.ts';
import { ownName } from '../own-version.ts';
import { printNote, safe } from '../terminal/output.ts';

const trialSeconds = 15;
const trialPage = '---\nname: trial\ndescription: Runs nothing.\n---\n\n```bash\ntrue\n```\n';

/**
 * An observer, once a skill of our own ran in its sandbox. Without a sandbox there is none, and a
 * note says why: the scanner then leaves observation jobs to others.
 */
export async function workerObserver(
  context: CommandContext,
  observe: typeof observeSkill = observeSkill,
): Promise<VersionObserver | undefined> {
  const { now, paths } = context;
  const run = (files: readonly SourceFile[], signal: AbortSignal, seconds?: number) => {
    const json = files.find(({ path }) => path === 'skill.json')?.bytes;
    return observe({
      skill: {
        manifest: json === undefined ? undefined : parseManifest(json),
        files: files.map(({ bytes, mode, path }) => ({
          path,
          mode: (mode & 0o100) === 0 ? '644' : '755',
          bytes,
        })),
      },
      paths,
      now,
      signal,
      ...(seconds === undefined ? {} : { seconds }),
    });
  };
  const trial = { path: 'SKILL.md', mode: 0o644, bytes: Buffer.from(trialPage) };
  try {
    const { coverage } = await run([trial], context.signal, trialSeconds);
    if (coverage.done === 0) throw new Problem('sandbox-refused', 'no step of a trial ran');
    if (coverage.blind !== undefined)
      printNote(
        context,
        safe`scanner: observations see only the proxy’s clients: ${coverage.blind}`,
      );
  } catch (cause) {
    if (context.signal.aborted) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    printNote(context, safe`scanner: takes no observation jobs, because it has no sandbox: ${why}`);
    return undefined;
  }
  return { name: ownName(), observe: (files, signal) => run(files, signal) };
}
