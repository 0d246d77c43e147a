/** `skill try DIR [COMMAND]`: an author's own skill in the sandbox that it will have, before anybody approved it. */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { openAudit } from '../../runner/audit.ts';
import { runSkill } from '../../runner/run.ts';
import type { RunResult } from '../../runner/run-request.ts';
import { listOf } from '../agent-options.ts';
import { backendOf } from '../backends/backends.ts';
import { applyAllowed } from '../changes/accept.ts';
import { offerChanges } from '../changes/offer.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { leftOutHeaders, overhear, shutPaths } from '../end-notes.ts';
import { handsOfOperator } from '../holds/hands.ts';
import { noteEnd } from '../left-behind.ts';
import { shebangBytesMax } from '../limits.ts';
import { jsonText, note, safe } from '../output.ts';
import { notePipedInput } from '../piped-input.ts';
import { exitOf } from '../run-end.ts';
import { outputFor, resultJson } from '../run-output.ts';
import { openSecrets } from '../secret-sources/open-secrets.ts';
import { readWholeSkill } from '../source-folder.ts';
import { auditFileOf, auditKeyFileOf, hostFiles } from '../start-skill.ts';
import { type Interpreters, type Missing, missingInOutput, missingRequests } from '../try/missing-capabilities.ts';
import { patient, readTried, triedSkill } from '../try/try-request.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const [folder = '.', command, ...args] = context.args;
  const { files } = await readWholeSkill(resolve(context.cwd, folder));
  const named = listOf(context.options.secret);
  const tried = readTried(files, folder);
  const skill = triedSkill(tried, named);
  for (const { name } of tried.manifest.capabilities.secret.filter((one) => !named.includes(one.name)))
    note(context, safe`note: it goes without secret ${name}: --secret ${name} lets it have what is stored`);

  const policy = patient(hostFiles(context).policy);
  // Not the one that makes reports to registries: they know nothing of it.
  const log = openAudit(auditFileOf(context), context.now, auditKeyFileOf(context));
  const output = outputFor(context);
  const heard = overhear(log, { onStdout: output.stdout, onStderr: output.stderr });
  const { audit } = heard;
  try {
    const result = await runSkill({
      ...{ ...skill, args, audit, hostPolicy: policy, paths: context.paths, secrets: openSecrets(context, undefined) },
      ...{ signal: context.signal, now: context.now, sandbox: backendOf(policy) },
      ...(command === undefined ? {} : { command }),
      ...(context.options.stdin === true ? { stdin: context.stdin } : {}),
      onStdout: heard.onStdout,
      onStderr: heard.onStderr,
      hands: handsOfOperator(context, policy),
    });
    output.end();
    const missing = [
      ...missingRequests(heard.requests),
      ...missingInOutput(heard.printed(), interpretersOf(result.plan.programs)),
    ];
    const others = [...leftOutHeaders(heard.requests), ...shutPaths(heard.printed())];
    if (context.format === 'text') sayMissing(context, result, missing, others);
    else context.stdout.write(`${jsonText({ ...resultJson(result, output), schema: 'skillgate.try/1', missing })}\n`);
    noteEnd(context, { ...result, mounts: result.plan.mounts });
    const host = { policy, audit };
    const waiting = await applyAllowed(context.paths, host, result.changes);
    if (waiting !== undefined)
      await offerChanges(context, { ...hostFiles(context), ...host }, waiting, context.options.accept === true);
    return exitOf(context, result);
  } finally {
    // A pipe that nobody closes must not keep the process.
    context.stdin.destroy();
  }
}

// The words of a script's first line, `#!/usr/bin/env node`, without folders and options.
function interpretersOf(programs: RunResult['plan']['programs']): Interpreters {
  return new Map(
    programs.map(({ path, program }) => {
      const [, line = ''] = /^#!\s*([^\n]*)/.exec(readStart(path)) ?? [];
      return [
        program,
        line
          .split(/\s+/)
          .filter((word) => word !== '' && !word.startsWith('-'))
          .map((word) => basename(word)),
      ];
    }),
  );
}

function readStart(path: string): string {
  const bytes = Buffer.alloc(shebangBytesMax);
  const file = openSync(path, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

function sayMissing(context: CommandContext, { plan }: RunResult, missing: readonly Missing[], others: readonly string[]): void {
  for (const { what, reason } of plan.leftOut) note(context, safe`declared, and not given here: ${what}: ${reason}`);
  for (const { kind, what, entry } of missing) {
    note(context, safe`denied: ${what}`);
    if (entry !== undefined) note(context, safe`  to allow it, in "${kind}" of skill.json: ${JSON.stringify(entry)}`);
  }
  for (const line of others) note(context, safe`note: ${line}`);
  if (context.options.stdin !== true) notePipedInput(context, 'try');
}
