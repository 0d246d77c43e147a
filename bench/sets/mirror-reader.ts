/** Reads files of a pinned commit out of a bare mirror. */
import { filesOf, hasCommit, mirrorOf, readCollections, runGit } from '../mirrors.ts';

const pins = new URL('./mirrors.tsv', import.meta.url);
const batch = 100;

export class MirrorReader {
  readonly #git: string;
  readonly commit: string;

  /** @throws Error when there is no mirror, or mirrors.tsv does not have the source */
  constructor(mirrors: string, source: string) {
    const pinned = readCollections(pins).find((one) => one.source === source);
    if (pinned === undefined) throw new Error(`mirrors.tsv does not have ${source}`);
    this.#git = mirrorOf(mirrors, source);
    this.commit = hasCommit(this.#git, pinned.commit) ? pinned.commit : 'HEAD';
    if (this.commit === 'HEAD')
      process.stderr.write(`${source}: the mirror lacks ${pinned.commit}, so HEAD is read\n`);
  }

  /** In the order of the tree. Links and submodules are left out. */
  paths(wanted: RegExp): string[] {
    return filesOf(this.#git, this.commit)
      .filter(({ mode, path }) => mode.startsWith('100') && wanted.test(path))
      .map(({ path }) => path);
  }

  /** The files that the mirror has, in the given order. Says how many it lacks. */
  *read(paths: readonly string[]): Generator<readonly [string, Buffer]> {
    let missing = 0;
    for (let at = 0; at < paths.length; at += batch) {
      const some = paths.slice(at, at + batch);
      for (const [index, bytes] of this.#readBatch(some).entries())
        if (bytes === undefined) missing++;
        else yield [some[index] ?? '', bytes];
    }
    if (missing > 0) process.stderr.write(`${missing} files are missing in the mirror\n`);
  }

  /** @throws Error when the mirror lacks the file */
  readText(path: string): string {
    const [found] = this.read([path]);
    if (found === undefined) throw new Error(`The mirror lacks ${path}`);
    return found[1].toString('utf8');
  }

  #readBatch(paths: readonly string[]): (Buffer | undefined)[] {
    const names = paths.map((path) => `${this.commit}:${path}\n`).join('');
    const printed = runGit(this.#git, ['cat-file', '--batch'], names);
    let at = 0;
    return paths.map(() => {
      const end = printed.indexOf(0x0a, at);
      const size = /^[0-9a-f]+ blob (\d+)$/.exec(printed.toString('utf8', at, end))?.[1];
      at = end + 1;
      if (size === undefined) return undefined;
      const bytes = printed.subarray(at, at + Number(size));
      at += Number(size) + 1;
      return bytes;
    });
  }
}
