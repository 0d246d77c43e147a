/** `skillgate show`: what an approved skill may do, before anybody installs it. Writes nothing. */
import { join } from 'node:path';
import { requireAdmitted } from '../../runner/admission/admit.ts';
import { readHostPolicy } from '../../runner/host/host-policy.ts';

import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { askAdmission, projectAt, questionOf } from '../run/admission.ts';
import { answer, joined, printNote, safe } from '../terminal/output.ts';
import { aboutVersion } from './locked-version.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const reference = parseReference(context.args[0] ?? '');
  const { name, range } = reference;
  const project = await projectAt(context.cwd);
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
  const question = questionOf(project, hostPolicy, reference);
  const found = await askAdmission(context, question);
  for (const line of found.admission.notes) printNote(context, safe`note: ${line}`);
  const admitted = requireAdmitted(found.admission, question.name);
  const { version, bundle, description, publisher, capabilities, manifest, approvals } = admitted;
  const commands = Object.keys(manifest.commands);
  const installed = project.lock.get(name)?.version ?? null;
  answer(
    context,
    {
      schema: 'skillgate.show/1',
      name,
      version,
      bundle,
      description,
      publisher,
      approvedBy: approvals.map(({ member }) => member),
      commands,
      capabilities,
      installed,
      registry: found.registry.root.origin,
    },
    () =>
      joined(
        [
          ...aboutVersion(context, admitted, commands.length > 0),
          safe`  Commands: ${commands.join(', ') || 'none; the skill is text for an agent'}`,
          safe`  Installed here: ${installed ?? 'no'}`,
          installed === version
            ? safe`→ start it: skillgate run ${name}${commands.length === 0 ? '' : ` ${commands[0]}`}`
            : safe`→ install it: skillgate install ${name}${range === '*' ? '' : `@${range}`}`,
        ],
        '\n',
      ),
  );
  return exitCodes.ok;
}
