/**
 * Installs a skill with the skills that it requires. Each of them is admitted on its own, and all
 * are verified before anything is written.
 */
import { join } from 'node:path';
import { requireAdmitted } from '../../../runner/admission/admit.ts';
import { readHostPolicy } from '../../../runner/host/host-policy.ts';

import type { SkillReference } from '../../../skills-index/skill/authoring/reference.ts';
import { type SkillName, scopeOf } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import type { CommandContext } from '../../command.ts';
import { isBound, registryOf, trustedRegistry } from '../../registries/registries.ts';
import {
  type AdmissionAnswer,
  type AdmissionWorld,
  askAdmission,
  fetchLines,
  type Project,
  projectAt,
  questionOf,
} from '../../run/admission.ts';
import { confirm } from '../../terminal/ask.ts';
import { joined, safe } from '../../terminal/output.ts';
import { type InstallTerms, prepareOne, writeOne } from '../install-one.ts';
import type { ProjectFile, WantedSkill } from '../lock.ts';
import type { Prepared } from '../locked-version.ts';
import { chooseRequired, type OfferedVersion, standingOn, wantedIn } from './required-skills.ts';

/**
 * The skill, and before it the required skills whose versions are new in the project.
 * @returns empty when `keepsNewest` kept the installed version
 * @throws Problem as `prepareOne`, `requires-unmet`
 */
export async function installWithRequired(
  context: CommandContext & AdmissionWorld,
  reference: SkillReference,
  terms: InstallTerms = {},
): Promise<readonly Prepared[]> {
  const root = await prepareOne(context, reference, terms);
  if (root === undefined) return [];
  const project = await projectAt(context.cwd);
  const required: Prepared[] = [];
  for (const [name, found] of await admitRequired(context, project, root)) {
    const wanted = wantedBy(project, root, name);
    const registries = registriesFor(context, project, root, name);
    const one = await prepareOne(
      context,
      { name, range: '*' },
      {
        ...terms,
        publisher: undefined,
        keepsNewest: false,
        required: { found, wanted, registries },
      },
    );
    if (one !== undefined) required.push(one);
  }
  const all = [...required, root];
  if (terms.isTrial === true) return all;
  await agreeToSkills(context, root, required);
  // The required skills come first, so that an interruption leaves no skill without them.
  for (const one of all) await writeOne(context, one);
  return all;
}

// The index lines, which nobody has verified, only propose versions. Admission judges each proposed
// version, and a version that it refuses is not proposed again.
async function admitRequired(
  context: CommandContext & AdmissionWorld,
  project: Project,
  root: Prepared,
): Promise<ReadonlyMap<SkillName, AdmissionAnswer>> {
  const { name, version, manifest } = root.admitted;
  const hostPolicy = readHostPolicy(join(context.paths.config, 'host.json'));
  const offered = new Map<SkillName, Promise<readonly OfferedVersion[]>>();
  const refused = new Map<string, unknown>();
  const world = {
    offered: (one: SkillName) => {
      const lines =
        offered.get(one) ?? fetchLines(context, one, registriesOf(context, project, root, one));
      offered.set(one, lines);
      return lines;
    },
    locked: (one: SkillName) => project.lock.get(one)?.version,
    standing: (one: SkillName, chosen: ReadonlySet<SkillName>) => standingOn(project, one, chosen),
    isRefused: (one: SkillName, at: string) => refused.has(`${one}@${at}`),
  };
  for (;;) {
    const chosen = await chooseRequired(
      { name, version, requires: manifest.requires },
      world,
    ).catch((cause: unknown) => {
      throw [...refused.values()].at(-1) ?? cause;
    });
    const found = new Map<SkillName, AdmissionAnswer>();
    const before = refused.size;
    for (const { name: one, version: at } of chosen.values()) {
      if (project.lock.get(one)?.version === at) continue;
      const question = {
        ...questionOf(project, hostPolicy, { name: one, range: at }),
        registries: registriesOf(context, project, root, one),
      };
      const answer = await askAdmission(context, question);
      if (answer.admission.decision.kind === 'admitted') found.set(one, answer);
      else refused.set(`${one}@${at}`, refusal(answer, one, root));
    }
    if (refused.size === before) return new Map([...found].reverse());
  }
}

/**
 * The entry of `registries` in skillgate.json that a required skill needs: it comes from the
 * registry of the skill that requires it, whose author and reviewers meant that one. In the default
 * registry, anybody may own the scope.
 * @returns empty when the scope is asked there already
 * @throws Problem `requires-unmet` when the scope is bound to another registry
 */
function registriesFor(
  context: AdmissionWorld,
  { file, lock }: Project,
  root: Prepared,
  name: SkillName,
): ProjectFile['registries'] {
  const scope = scopeOf(name);
  const from = trustedRegistry(context, root.base);
  const asked = registryOf(context, scope, file.registries);
  const refuse = (where: string, hint: string) =>
    new Problem(
      'requires-unmet',
      `Cannot install ${root.name}@${root.admitted.version}: it comes from ${from.base} and requires ${name}, but ${where}`,
      { hint },
    );
  for (const [other, { root: id, registry }] of lock)
    if (scopeOf(other) === scope && id !== undefined && id !== registryIdOf(from.root))
      throw refuse(
        `this project has ${other} from the registry ${registry}`,
        `skillgate remove ${other}, or install ${root.name} in another project`,
      );
  if (asked.fingerprint === from.fingerprint) return {};
  if (isBound(context, scope, file.registries))
    throw refuse(
      `@${scope} is bound to ${asked.base} here`,
      `the two registries may have different owners of @${scope}; skillgate registry list and "registries" in skillgate.json say who bound it`,
    );
  return { [`@${scope}`]: from.base };
}

function registriesOf(
  context: AdmissionWorld,
  project: Project,
  root: Prepared,
  name: SkillName,
): ProjectFile['registries'] {
  return { ...project.file.registries, ...registriesFor(context, project, root, name) };
}

function refusal({ admission: judged }: AdmissionAnswer, name: SkillName, root: Prepared): unknown {
  try {
    return requireAdmitted(judged, name);
  } catch (cause) {
    if (!(cause instanceof Problem)) return cause;
    const { name: of, version } = root.admitted;
    return new Problem(cause.code, `Cannot install ${of}@${version}: ${cause.message}`, {
      reasons: cause.reasons,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}

function wantedBy(project: Project, { wanted }: Prepared, name: SkillName): WantedSkill {
  const own = project.file.skills.get(name);
  // As an update does: without the sandbox only where somebody says so now.
  if (own !== undefined) return { ...own, plain: false };
  const known = wantedIn(project, name);
  const agents = [...new Set([...(known.agents ?? []), ...(wanted.agents ?? [])])].sort();
  return {
    range: '*',
    agents: agents.length === 0 ? undefined : agents,
    copy: known.copy === true || wanted.copy === true,
  };
}

// A person who updates a skill has not asked for further skills. Who installs one reads them above.
async function agreeToSkills(
  context: CommandContext,
  { before, name }: Prepared,
  required: readonly Prepared[],
): Promise<void> {
  const added = required.filter((one) => one.before === undefined);
  if (before === undefined || added.length === 0 || context.options.yes === true) return;
  const list = joined(
    added.map((one) => safe`${one.name}@${one.admitted.version} from ${one.base}`),
    ', ',
  );
  await confirm(
    context,
    safe`This version of ${name} requires skills that are not installed: ${list}.`,
    'yes',
    `skillgate install ${name} --yes`,
  );
}
