/**
 * Warm scanning children. Each scan runs in one child, which is replaced after a kill and after a
 * number of scans. Their reports are parsed as strictly as a stranger's.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  isSignature,
  type SimilaritySignature,
} from '../../skills-index/skill/text/similarity-signature.ts';
import { scanReportValuesMax } from '../../skills-index/statement/limits.ts';
import { isProseOf, type Prose, parseProse } from '../../skills-index/statement/prose.ts';
import { parseScanReport, type ScanReport } from '../../skills-index/statement/scan-report.ts';
import { digestOfFiles } from '../ingest/files-digest.ts';
import { childScansMax, scanSecondsMax } from '../limits.ts';
import { ruleSetDigest } from '../rule-set.ts';
import type { ScannedName } from '../scan.ts';
import { packRequest } from './child-frames.ts';
import { bubblewrapped, childFiles, childUsers, type Isolation, rlimitsOnly } from './isolation.ts';
import { type ScanProcess, startScanProcess } from './scan-process.ts';

export interface PoolAnswer {
  readonly report: ScanReport;
  /** The sketch that finds near copies; absent when the skill has too little text. */
  readonly signature?: SimilaritySignature | undefined;
  /** The sentences that an agent reads. */
  readonly prose?: Prose | undefined;
}

export interface ScanPool {
  /** The isolation of the children, as statements name it. */
  readonly isolation: string;
  /** Whether the children have no network. */
  readonly isSealed: boolean;
  /**
   * Scans in a child.
   * @throws Problem `scan-killed` when the child was stopped or answered with another skill's
   * report
   */
  scan(files: readonly SourceFile[], published: ScannedName): Promise<PoolAnswer>;
  close(): void;
}

export interface PoolOptions {
  /** Number of simultaneous children. */
  readonly children: number;
  readonly secondsMax?: number;
  /** Replaces the strongest isolation that works here. */
  readonly isolation?: Isolation;
}

/** Starts a pool. Its children start with their first scan. */
export async function startScanPool({
  children,
  secondsMax = scanSecondsMax,
  isolation,
}: PoolOptions): Promise<ScanPool> {
  const held = isolation ?? (await strongestIsolation());
  const idle: ScanProcess[] = [];
  const busy = new Set<ScanProcess>();
  const queue: (() => void)[] = [];
  let running = 0;
  let closed = false;
  const turn = async (): Promise<void> => {
    if (running >= children) await new Promise<void>((go) => queue.push(go));
    running++;
  };
  return {
    isolation: held.name,
    isSealed: held.isSealed,
    async scan(files, published) {
      await turn();
      try {
        if (closed) throw new Problem('interrupted', 'The scanner is being stopped');
        const child = idle.pop() ?? (await startScanProcess(held));
        busy.add(child);
        try {
          return checked(await child.ask(packRequest({ files, published }), secondsMax), files);
        } catch (cause) {
          child.kill();
          throw cause;
        } finally {
          busy.delete(child);
          if (closed || child.answered >= childScansMax) child.kill();
          else if (child.alive) idle.push(child);
        }
      } finally {
        running--;
        queue.shift()?.();
      }
    },
    close() {
      closed = true;
      for (const child of [...idle.splice(0), ...busy]) child.kill();
      for (const go of queue.splice(0)) go();
    },
  };
}

const answerShape = v.strictObject({
  report: v.unknown(),
  signature: v.optional(v.custom<SimilaritySignature>(isSignature)),
  prose: v.optional(v.unknown()),
});

// A child that a skill took over could answer with anything, so the answer has to be a report about
// these bytes by these rules.
function checked(body: Uint8Array, files: readonly SourceFile[]): PoolAnswer {
  try {
    const { value } = parseJson(body, 'the child’s answer', scanReportValuesMax);
    const { report: unread, signature, prose: sentences } = v.parse(answerShape, value);
    const report = parseScanReport(unread);
    const prose = sentences === undefined ? undefined : parseProse(sentences);
    const { digest } = digestOfFiles(files);
    const own = files.map(({ path, bytes }) => ({ path, sha256: digestOf(bytes) }));
    const list = (entries: readonly { path: string; sha256?: string }[]): string =>
      canonicalJson(entries.map(({ path, sha256 }) => `${path} ${sha256}`).sort());
    const { files: covered, unlisted } = report.coverage;
    const isAbout =
      report.bundle === digest && unlisted === undefined && list(covered) === list(own);
    const isOfFiles = prose === undefined || isProseOf(prose, own);
    if (isAbout && isOfFiles && report.ruleSet === ruleSetDigest())
      return { report, signature, prose };
  } catch (cause) {
    throw new Problem('scan-killed', 'The scan was stopped: its answer is no scan report', {
      cause,
    });
  }
  throw new Problem('scan-killed', 'The scan was stopped: its answer is about something else');
}

const scanChild = fileURLToPath(
  new URL(`./scan-child${extname(import.meta.url)}`, import.meta.url),
);

/**
 * Bubblewrap when it is installed and works, otherwise process limits only. As nobody when the
 * worker is root and nobody can read the code.
 * @param read the files that the child may read; by default the scanner's own code and packages
 */
export async function strongestIsolation(
  entry = scanChild,
  read?: readonly string[],
): Promise<Isolation> {
  const files = { ...childFiles(process.execPath, entry), ...(read !== undefined && { read }) };
  const users = childUsers();
  const programs = ['/usr/bin/bwrap', '/usr/local/bin/bwrap'].filter((path) => existsSync(path));
  const wrapped = users.flatMap((user) =>
    programs.map((bwrap) => bubblewrapped(files, bwrap, user)),
  );
  const plain = users.map((user) => rlimitsOnly(files, user));
  for (const isolation of [...wrapped, ...plain]) if (await works(isolation)) return isolation;
  return rlimitsOnly(files);
}

// Whether a child can start and read its own code.
function works({ argv }: Isolation): Promise<boolean> {
  const [program, ...args] = argv;
  const entry = args.pop() ?? '';
  return new Promise((resolve) => {
    const reads = ['-e', 'require("node:fs").readFileSync(process.argv[1])', entry];
    execFile(program, [...args, ...reads], { env: {}, cwd: '/', timeout: 5_000 }, (error) =>
      resolve(error === null),
    );
  });
}
