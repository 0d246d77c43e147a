/**
 * `skillgate try DIR [COMMAND]`: runs an author's own skill in its future sandbox, before any
 * approval.
 */
import { resolve } from 'node:path';
import { openAudit } from '../../runner/audit/audit.ts';
import { backendOf } from '../../runner/backends/backends.ts';
import { runSkill } from '../../runner/run/run.ts';
import type { RunRequest, RunResult } from '../../runner/run/run-request.ts';
import { openSecrets } from '../../runner/secret-sources/secret-store.ts';
import { inferCommands } from '../../scanner/manifest/working-folder.ts';
import { breakerThresholdMax } from '../../skills-index/run/agents/breaker.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { windowsLineEnds } from '../../skills-index/skill/authoring/line-ends.ts';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import type { PackedBundle, SourceFile } from '../../skills-index/skill/bundle.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { type Manifest, parseManifest } from '../../skills-index/skill/manifest.ts';
import { commandFile } from '../../skills-index/skill/manifest-schema.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { calledName } from '../called-name.ts';
import { applyOrOffer } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, listOf } from '../command.ts';
import { handsOfOperator } from '../holds/hands.ts';
import { fetchPackages } from '../packages/fetch-packages.ts';
import { lockedFiles } from '../packages/lock-skill.ts';
import { requireCommandFiles } from '../publish/prepare-version.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { jsonText, printNote, safe } from '../terminal/output.ts';
import { warningText } from '../terminal/problem-text.ts';
import { proxyOpener } from '../upstream-proxy.ts';
import { bindFolders } from './bound-folders.ts';
import {
  exitOf,
  type Overheard,
  otherNotes,
  overhear,
  printCodes,
  printFirst,
} from './end-notes.ts';
import { auditFileOf, auditKeyFileOf, hostFiles } from './host-files.ts';
import { printRunEnd } from './left-behind.ts';
import {
  isForManifest,
  type Missing,
  missingInOutput,
  triedListMax,
  withoutDeclared,
} from './missing-capabilities.ts';
import { outputFor, printPipedInputNote, resultJson } from './run.ts';
import { trialOf } from './trial-build.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const [folder = '.', command, ...args] = context.args;
  const path = resolve(context.cwd, folder);
  const files = await lockedFiles(context, path, (await readWholeSkill(path, 'try')).files);
  for (const warning of windowsLineEnds(files, folder)) printNote(context, warningText(warning));
  const named = listOf(context.options.secret);
  const tried = readTried(files, folder);
  requireNamedCommand(tried, files, folder, command);
  const skill = triedSkill(tried, named);
  for (const { name } of tried.manifest.capabilities.secret.filter(
    (secret) => !named.includes(secret.name),
  ))
    printNote(
      context,
      safe`note: the skill runs without secret ${name}. To give it the stored secret: --secret ${name}`,
    );

  const policy = bindFolders(
    context,
    patient(hostFiles(context).policy),
    tried.manifest.capabilities.mount,
  );
  const house = await fetchPackages(context, {
    verb: `try ${folder}`,
    manifest: tried.manifest,
    fileOf: (name) => tried.packed.contents.get(name as BundlePath),
    hostPolicy: policy,
  });
  // A separate audit log without incident reports: registries do not know this skill.
  const log = openAudit(auditFileOf(context), context.now, auditKeyFileOf(context));
  const output = outputFor(context);
  const heard = overhear(log, { onStdout: output.stdout, onStderr: output.stderr });
  const { audit: auditLog } = heard;
  const openProxy = proxyOpener(context, policy);
  try {
    const result = await runSkill({
      ...skill,
      house,
      args,
      audit: auditLog,
      hostPolicy: policy,
      paths: context.paths,
      secrets: openSecrets(context, undefined, { policy, openProxy }),
      openProxy,
      signal: context.signal,
      now: context.now,
      sandbox: backendOf(policy),
      ...(command === undefined ? {} : { command }),
      ...(context.options.stdin === true ? { stdin: context.stdin } : {}),
      onStdout: heard.onStdout,
      onStderr: heard.onStderr,
      hands: handsOfOperator(context, policy),
    });
    output.end();
    const missing = [
      ...heard.denied(),
      ...withoutDeclared(missingInOutput(heard.printed()), tried.manifest.capabilities),
    ];
    if (context.format === 'text') printMissing(context, result, missing, heard);
    else {
      const lacks = lacksJson(missing, heard);
      context.stdout.write(
        `${jsonText({ ...resultJson(result, output), schema: 'skillgate.try/1', ...lacks })}\n`,
      );
    }
    printRunEnd(context, { ...result, mounts: result.plan.mounts });
    const host = { policy, audit: auditLog };
    await applyOrOffer(context, { ...hostFiles(context), ...host }, result.changes);
    return exitOf(context, result);
  } finally {
    // An open pipe must not keep the process running.
    context.stdin.destroy();
  }
}

/** The notes for people, as JSON. */
function lacksJson(missing: readonly Missing[], heard: Overheard) {
  const leftOutHeaders = heard.leftOut();
  const notListed = [missing, leftOutHeaders].reduce(
    (sum, list) => sum + Math.max(0, list.length - triedListMax),
    0,
  );
  return {
    missing: missing.slice(0, triedListMax),
    leftOutHeaders: leftOutHeaders.slice(0, triedListMax),
    notListed,
  };
}

function printMissing(
  context: CommandContext,
  { plan }: RunResult,
  missing: readonly Missing[],
  heard: Overheard,
): void {
  const leftOut = plan.leftOut.map(({ what, reason }) => [
    safe`declared, but not available in this run: ${what}: ${reason}`,
  ]);
  const denied = missing.map(({ kind, what, entry }) => {
    const isAsked = kind === 'egress' || entry !== undefined;
    const line = isAsked ? safe`denied: ${what}` : safe`not available in this run: ${what}`;
    return entry === undefined
      ? [line]
      : [line, safe`  to allow it, in "${kind}" of skill.json: ${JSON.stringify(entry)}`];
  });
  for (const notes of [leftOut, denied, otherNotes(heard)])
    printFirst(context, notes, `${calledName()} try --format json`);
  // Above, the entry for skill.json is the next step already.
  printCodes(
    context,
    heard.codes().filter((code) => !isForManifest.test(code)),
  );
  if (context.options.stdin !== true) printPipedInputNote(context, 'try');
}

// A run of a skill that nobody approved: the same plan and sandbox as any, from the folder's own
// manifest, marked in all that is recorded.

interface Tried {
  readonly packed: PackedBundle;
  readonly manifest: Manifest;
}

/**
 * @throws Problem `manifest-invalid` and others of reading; `not-found` where there is no
 * skill.json
 */
function readTried(files: readonly SourceFile[], folder: string): Tried {
  const packed = packBundle(files);
  const json = files.find(({ path }) => path === 'skill.json')?.bytes;
  if (json === undefined)
    throw new Problem('not-found', `Cannot try ${folder}: it has no skill.json`, {
      hint: `skillgate manifest ${shellWord(folder)} --write`,
    });
  return { packed, manifest: parseManifest(json) };
}

/**
 * Only an author tries a skill, so the hint says how the skill gets a command. Another command
 * than the wanted one may lack its file: the author may be about to write the file.
 * @throws Problem `usage` when skill.json names no command, `manifest-invalid` when the skill has
 * no file for the wanted command
 */
function requireNamedCommand(
  { manifest, packed }: Tried,
  files: readonly SourceFile[],
  folder: string,
  wanted: string | undefined,
): void {
  const commands = Object.entries(manifest.commands);
  if (commands.length > 0) {
    const started = commands.filter(([name]) => name === wanted || commands.length === 1);
    requireCommandFiles(`try ${folder}`, Object.fromEntries(started), packed);
    return;
  }
  // An executable file runs by its path, without a name.
  if (packed.bundle.files.some(({ mode, path }) => path === wanted && mode === '755')) return;
  const scripts = Object.entries(inferCommands(files).commands);
  const [, start] = scripts.find(([name]) => name === wanted) ?? scripts[0] ?? [];
  const draft = `skillgate manifest ${shellWord(folder)} --write`;
  throw new Problem('usage', `Cannot try ${folder}: skill.json names no command`, {
    hint:
      start === undefined
        ? `Put a program into scripts/ and name it in SKILL.md. Then: ${draft}`
        : `To make ${commandFile(start)} a command: ${draft}`,
  });
}

/**
 * What a run is asked for. `named` are the secrets that it may have; one that is not declared is
 * refused.
 */
function triedSkill(
  { manifest, packed }: Tried,
  named: readonly string[],
): Pick<RunRequest, 'approved' | 'manifest' | 'skill' | 'why'> {
  const { capabilities, name, version } = manifest;
  const unknown = named.find((one) => !capabilities.secret.some((secret) => secret.name === one));
  if (unknown !== undefined)
    throw new Problem('usage', `skill.json declares no secret ${JSON.stringify(unknown)}`);
  const secret = capabilities.secret.filter((one) => named.includes(one.name));
  // A proxy that has nothing to allow would not be started, and nothing would be seen.
  const egress =
    capabilities.egress.length > 0
      ? capabilities.egress
      : [{ url: 'https://tried.invalid/', methods: ['GET'], why: '' }];
  const tried = { ...capabilities, secret, egress };
  return {
    skill: { admitted: { name, version: trialOf(version), bundle: packed.digest }, ...packed },
    manifest: { ...manifest, capabilities: tried },
    approved: tried,
    why: 'skillgate try: not approved',
  };
}

/**
 * Its author is there to see: what is denied is counted as little as can be, but not the use of a
 * secret or of the canary.
 */
function patient(policy: HostPolicy): HostPolicy {
  const breakers = {
    ...policy.breakers,
    denied: breakerThresholdMax,
    'private-address': breakerThresholdMax,
  };
  return { ...policy, breakers: { ...breakers, 'spawn-failed': breakerThresholdMax } };
}
