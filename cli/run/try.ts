/**
 * `skillgate try DIR [COMMAND]`: runs an author's own skill in its future sandbox, before any
 * approval.
 */
import { resolve } from 'node:path';
import * as audit from '../../runner/audit/public.ts';
import * as backends from '../../runner/backends/public.ts';
import * as runs from '../../runner/run/public.ts';
import * as secrets from '../../runner/secret-sources/public.ts';
import { windowsLineEnds } from '../../skills-index/skill/authoring/line-ends.ts';
import type { BundlePath } from '../../skills-index/skill/bundle-path.ts';
import { calledName } from '../called-name.ts';
import { applyOrOffer } from '../changes/offer.ts';
import { type CommandContext, type ExitCode, listOf } from '../command.ts';
import { handsOfOperator } from '../holds/hands.ts';
import { triedListMax } from '../limits.ts';
import { fetchPackages } from '../packages/fetch-packages.ts';
import { lockedFiles } from '../packages/lock-skill.ts';
import { readWholeSkill } from '../scan/source-folder.ts';
import { jsonText, printNote, safe } from '../terminal/output.ts';
import { warningText } from '../terminal/problem-text.ts';
import { bindFolders } from './bound-folders.ts';
import { type Overheard, otherNotes, overhear, printCodes, printFirst } from './end-notes.ts';
import { auditFileOf, auditKeyFileOf, hostFiles } from './host-files.ts';
import { printRunEnd } from './left-behind.ts';
import {
  isForManifest,
  type Missing,
  missingInOutput,
  withoutDeclared,
} from './missing-capabilities.ts';
import { printPipedInputNote } from './piped-input.ts';
import { exitOf } from './run-end.ts';
import { outputFor, resultJson } from './run-output.ts';
import { patient, readTried, requireNamedCommand, triedSkill } from './try-request.ts';

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
  const log = audit.openAudit(auditFileOf(context), context.now, auditKeyFileOf(context));
  const output = outputFor(context);
  const heard = overhear(log, { onStdout: output.stdout, onStderr: output.stderr });
  const { audit: auditLog } = heard;
  try {
    const result = await runs.runSkill({
      ...skill,
      house,
      args,
      audit: auditLog,
      hostPolicy: policy,
      paths: context.paths,
      secrets: secrets.openSecrets(context, undefined),
      signal: context.signal,
      now: context.now,
      sandbox: backends.backendOf(policy),
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
  { plan }: runs.RunResult,
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
