/**
 * `skillgate verify`: shows the evidence of a version as a tree, and whether the installed files
 * are the approved ones.
 */
import { join, resolve } from 'node:path';
import { readHostPolicy } from '../../runner/host/host-policy.ts';
import type { Source } from '../../skills-index/client/blobs.ts';
import type { Store } from '../../skills-index/client/store.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import {
  parseReference,
  type SkillReference,
} from '../../skills-index/skill/authoring/reference.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { columnsOf } from '../../skills-index/skill/text/columns.ts';
import type { ChainNode } from '../../skills-index/trust/decision/chain.ts';
import { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { standJson, standLines } from '../install/locked-version.ts';
import { writeNewFolder } from '../new-folder.ts';
import { type AdmissionWorld, type Project, projectAt } from '../run/admission.ts';
import {
  answer,
  inkFor,
  joined,
  type OutputInk,
  printLine,
  printNote,
  Safe,
  safe,
} from '../terminal/output.ts';
import { problemJson, problemText } from '../terminal/problem-text.ts';
import {
  gatherEvidenceFiles,
  type VerifiedVersion,
  verifyFolder,
  verifyVersion,
  withRescan,
} from './verified-folder.ts';

/** A skill for which there was no decision. */
interface Failed {
  readonly name: SkillName;
  readonly problem: Problem;
}

type Outcome = VerifiedVersion | Failed;

/**
 * A single failed skill fails the command. Of several skills each is checked, and failures are
 * listed beside the others.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const wanted = wantedOf(context);
  if (wanted.from !== undefined) {
    const verified = await verifyFolder(context, resolve(context.cwd, wanted.from), wanted.trust);
    return printOutcomes(context, [await finish(context, verified)]);
  }
  const project = await projectAt(context.cwd);
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
  const references = context.args.length > 0 ? context.args.map(parseReference) : allOf(project);
  if (wanted.export !== undefined && references.length !== 1)
    throw new Problem(
      'usage',
      'Cannot export: no skill is named, and --export writes the evidence of one skill',
      {
        hint: 'name the skill: skillgate verify @scope/name',
      },
    );
  const verified = new VerifiedStatements();
  const outcomes: Outcome[] = [];
  for (const reference of references) {
    const verify = async () =>
      finish(
        context,
        await verifyAndExport(
          { ...context, verified },
          project,
          hostPolicy,
          reference,
          wanted.export,
        ),
      );
    outcomes.push(await outcomeOf(context, references, verify, reference.name));
  }
  return printOutcomes(context, outcomes);
}

interface Wanted {
  readonly export?: string;
  readonly from?: string;
  readonly trust?: string;
}

function wantedOf({ options, args }: CommandContext): Wanted {
  const text = (name: string) =>
    typeof options[name] === 'string' ? { [name]: options[name] } : {};
  const wanted: Wanted = { ...text('export'), ...text('from'), ...text('trust') };
  const wrong =
    wanted.trust !== undefined && wanted.from === undefined
      ? '--trust needs --from'
      : wanted.from !== undefined &&
          (args.length > 0 || wanted.export !== undefined || options.offline === true)
        ? '--from takes no skill, no --export and no --offline: the folder names its skill'
        : undefined;
  if (wrong !== undefined) throw new Problem('usage', `Cannot verify: ${wrong}`);
  return wanted;
}

async function finish(
  context: CommandContext,
  verified: VerifiedVersion,
): Promise<VerifiedVersion> {
  for (const line of verified.notes) printNote(context, safe`note: ${line}`);
  return context.options.rescan === true ? withRescan(verified) : verified;
}

async function verifyAndExport(
  context: CommandContext & AdmissionWorld,
  project: Project,
  host: HostPolicy,
  reference: SkillReference,
  to: string | undefined,
): Promise<VerifiedVersion> {
  if (to === undefined) return verifyVersion(context, project, host, reference);
  const taken = new Map<string, Uint8Array>();
  const through = (source: Source): Source => recordingSource(source, taken);
  const verified = await verifyVersion(context, project, host, { ...reference, through });
  if (verified.admitted === undefined) return verified;
  const folder = resolve(context.cwd, to);
  const { files, trust: digest } = await gatherEvidenceFiles(context, verified, taken);
  await writeNewFolder(folder, files);
  printNote(
    context,
    safe`exported to ${folder}; the digest of the folder’s root of trust is ${digest}. Keep the digest in another place than the folder`,
  );
  printNote(
    context,
    safe`verify the folder at any time, without a network: skillgate verify --from ${to} --trust ${digest}`,
  );
  return { ...verified, exported: { folder, trust: digest } };
}

async function outcomeOf(
  context: CommandContext,
  all: readonly unknown[],
  verify: () => Promise<VerifiedVersion>,
  name: SkillName,
): Promise<Outcome> {
  try {
    return await verify();
  } catch (problem) {
    context.signal.throwIfAborted();
    if (!(problem instanceof Problem) || all.length === 1) throw problem;
    return { name, problem };
  }
}

function printOutcomes(context: CommandContext, outcomes: readonly Outcome[]): ExitCode {
  const failed = outcomes.flatMap((outcome) =>
    outcome.problem === undefined ? [] : [{ ...outcome, problem: outcome.problem }],
  );
  if (context.format === 'text') printOutcomesForPeople(context, outcomes, failed);
  else answer(context, { schema: 'skillgate.verify/1', ...jsonOf(outcomes) }, () => safe``);
  const [first] = failed;
  if (first === undefined) return exitCodes.ok;
  if (outcomes.length > 1) return exitCodes.refused;
  if (context.format === 'text') throw first.problem;
  return exitOf(first.problem);
}

function printOutcomesForPeople(
  context: CommandContext,
  outcomes: readonly Outcome[],
  failed: readonly Failed[],
): void {
  const ink = inkFor(context.stdout, context.env);
  const { isTTY, columns } = context.stdout;
  const trees = outcomes.flatMap((outcome) =>
    'chain' in outcome ? [verifiedText(outcome, ink, isTTY === true ? columns : undefined)] : [],
  );
  if (trees.length > 0) printLine(context.stdout, joined(trees, '\n\n'));
  if (outcomes.length === 1) return;
  for (const { name, problem } of failed)
    printNote(
      context,
      joined(
        [safe`not verified: ${name}`, problemText(problem, inkFor(context.stderr, context.env))],
        '\n',
      ),
    );
  if (failed.length > 0)
    printNote(context, safe`verified ${outcomes.length - failed.length} of ${outcomes.length}`);
}

function jsonOf(outcomes: readonly Outcome[]): Record<string, unknown> {
  const verified = outcomes.flatMap((outcome) =>
    'chain' in outcome && outcome.problem === undefined ? [verifiedJson(outcome)] : [],
  );
  const failed = outcomes.flatMap((outcome) => {
    if (outcome.problem === undefined) return [];
    const problem = problemJson(outcome.problem, exitOf(outcome.problem));
    return [
      { name: outcome.name, ...('chain' in outcome ? verifiedJson(outcome) : {}), ...problem },
    ];
  });
  return { verified, failed };
}

function exitOf({ code }: Problem): ExitCode {
  return problemCodes[code].exit;
}

function allOf(project: Project): SkillReference[] {
  if (project.lock.size > 0) return [...project.lock.keys()].map((name) => ({ name, range: '*' }));
  throw new Problem('not-found', `Cannot verify: nothing is installed in ${project.folder}`, {
    hint: 'to check a version that is not installed: skillgate verify @scope/name',
  });
}

// Records what a host read from a registry, as the files that a folder of evidence has.

/**
 * A source that records all files that are read through it, by their paths at a registry. It reads
 * blob by blob and tile by tile, so that any web server can serve the files.
 */
export function recordingSource(source: Source, taken: Map<string, Uint8Array>): Source {
  const { store } = source;
  const note = (path: string | undefined, bytes: Uint8Array | undefined): void => {
    if (path !== undefined && bytes !== undefined) taken.set(path, bytes);
  };
  const recording: Store = {
    ...store,
    get: async (digest) => {
      const bytes = await store.get(digest);
      note(blobPath(digest), bytes);
      return bytes;
    },
    put: async (digest, bytes) => {
      note(blobPath(digest), bytes);
      await store.put(digest, bytes);
    },
    getNamed: async (name) => {
      // The nodes came in a pack.
      if (name.startsWith('log/nodes/')) return undefined;
      const bytes = await store.getNamed(name);
      note(namedPath(name), bytes);
      return bytes;
    },
    putNamed: async (name, bytes) => {
      note(namedPath(name), bytes);
      await store.putNamed(name, bytes);
    },
  };
  const base = source.base.replace(/\/+$/, '');
  const fetch: Source['fetch'] = async (url, how) =>
    /^\/(packs|log\/nodes)\//.test(url.slice(base.length))
      ? { ok: false, status: 404, body: null }
      : source.fetch(url, how);
  return { ...source, store: recording, fetch };
}

function blobPath(digest: Digest): string {
  return `/blobs/sha256/${hexOf(digest)}`;
}

// Only files that a registry serves; data that this host stores for itself is no evidence for
// others.
function namedPath(name: string): string | undefined {
  if (name === 'status.json') return '/index/status.json';
  return /^(index|log)\//.test(name) ? `/${name}` : undefined;
}

// A verified version in words: a tree for people, and JSON for programs.

/** The tree for people, as wide as their terminal. */
function verifiedText(verified: VerifiedVersion, ink: OutputInk, width?: number): Safe {
  const { admitted, name, chain, asOf } = verified;
  const when = asOf === undefined ? safe`` : safe` as of ${asOf}, from files alone`;
  const good = verified.problem === undefined ? ink.green('verified') : ink.red('differs');
  const head =
    admitted === undefined
      ? safe`${ink.red('refused')} ${ink.bold(name)}`
      : safe`${good} ${ink.bold(`${name}@${admitted.version}`)}`;
  const of = [
    ...rootBranch(verified),
    chainBranch(chain, ink),
    installedBranch(verified, ink),
    ...rescanBranch(verified, ink),
  ];
  return treeText({ line: safe`${head}${when}`, of }, width);
}

function rootBranch({ trustedSince }: VerifiedVersion): Branch[] {
  if (trustedSince === undefined) return [];
  if (trustedSince === null)
    return [leaf(safe`by the pinned root file alone: this registry delivers no rotations`)];
  const { version, asked, signedUntil } = trustedSince;
  return [
    leaf(
      safe`by version ${version} of the root of trust, fetched at ${asked}, signed until ${signedUntil}`,
    ),
  ];
}

function installedBranch(
  { folders, files, plain, problem, admitted }: VerifiedVersion,
  ink: OutputInk,
): Branch {
  if (folders.length === 0) return leaf(safe`not compared with anything installed`);
  const differs = admitted !== undefined && problem !== undefined;
  const as = plain ? 'the original files, no sandbox' : 'what Skillgate put there, unchanged';
  const places = folders.map((folder) =>
    leaf(safe`${folder}: ${differs ? 'not as approved' : as}`),
  );
  const stand = files === undefined ? [] : standLines(files).map((line) => leaf(safe`${line}`));
  return {
    line: safe`${differs ? ink.red('✗') : ink.green('✓')} installed`,
    of: [...places, ...stand],
  };
}

function rescanBranch({ rescan: found }: VerifiedVersion, ink: OutputInk): Branch[] {
  if (found === undefined) return [];
  const [first = '', ...rest] = found.says;
  const mark = found.same ? ink.green('✓') : found.sameRuleSet ? ink.red('✗') : ink.yellow('?');
  return [{ line: safe`${mark} ${first}`, of: rest.map((one) => leaf(safe`${one}`)) }];
}

/** The verdict for programs. */
function verifiedJson({
  name,
  admitted,
  chain,
  notes,
  folders,
  files,
  plain,
  rescan: again,
  asOf,
  exported,
  trustedSince,
}: VerifiedVersion): Record<string, unknown> {
  const {
    manifest: _,
    checkpoint,
    kind: __,
    ...rest
  } = admitted ?? { manifest: 0, checkpoint: undefined, kind: 0 };
  return {
    name,
    ...rest,
    ...(checkpoint === undefined
      ? {}
      : {
          checkpoint: {
            size: checkpoint.size,
            root: Buffer.from(checkpoint.root).toString('base64'),
          },
        }),
    notes,
    folders,
    plain,
    chain,
    ...(files === undefined ? {} : { files: standJson(files) }),
    ...(again === undefined ? {} : { rescan: again }),
    ...(asOf === undefined ? {} : { asOf }),
    ...(trustedSince === undefined ? {} : { trustedSince }),
    ...(exported === undefined ? {} : { exported }),
  };
}

// The evidence of a version as a tree: valid parts, invalid parts with reasons, and where the
// installed files are.

/** A line with its children. */
interface Branch {
  readonly line: Safe;
  readonly of: readonly Branch[];
}

/**
 * The tree; its first line has no mark. Longer lines than `width` continue below, beside the bars.
 */
export function treeText({ line, of }: Branch, width = Number.POSITIVE_INFINITY): Safe {
  return joined([line, ...linesOf(of, width)], '\n');
}

/** A part of the evidence: its own reasons first, then notes, then the parts that depend on it. */
function chainBranch(
  { holds, undemanded, says, notes, reasons, of }: ChainNode,
  ink: OutputInk,
): Branch {
  return {
    line: safe`${undemanded === true ? '·' : holds ? ink.green('✓') : ink.red('✗')} ${says}`,
    of: [
      ...reasons.map(({ code, message }) => leaf(safe`${ink.red(code)}: ${message}`)),
      ...notes.map((note) => leaf(safe`${note}`)),
      ...of.map((one) => chainBranch(one, ink)),
    ],
  };
}

export function leaf(line: Safe): Branch {
  return { line, of: [] };
}

function linesOf(branches: readonly Branch[], width: number): Safe[] {
  return branches.flatMap(({ line, of }, at) => {
    const last = at === branches.length - 1;
    const [first = line, ...more] = wrapped(line, width - 3);
    const below = [
      ...more.map((one) => safe`${of.length > 0 ? '│  ' : '   '}${one}`),
      ...linesOf(of, width - 3),
    ];
    return [
      safe`${last ? '└─ ' : '├─ '}${first}`,
      ...below.map((one) => safe`${last ? '   ' : '│  '}${one}`),
    ];
  });
}

// Only at spaces: a digest that is split cannot be copied.
function wrapped({ text }: Safe, width: number): Safe[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    // Continued lines are indented by three columns.
    if (lines.length > 0 && columnsOf(longer) > (lines.length === 1 ? width : width - 3))
      lines.push(word);
    else lines.splice(-1, 1, longer);
  }
  return lines.map((one) => new Safe(one));
}
