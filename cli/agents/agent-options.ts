/** The options of `skillgate agent create` and `skillgate agent grant`. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { GrantChange } from '../../runner/agents/agent-store.ts';
import {
  type Agent,
  type AgentWorkspace,
  type Budget,
  budgetKinds,
  type Grant,
} from '../../skills-index/run/agents/agent.ts';
import { parseCeiling } from '../../skills-index/run/agents/ceiling.ts';
import { whyNotEgress } from '../../skills-index/run/plan/plan-surroundings.ts';
import { parseReference } from '../../skills-index/skill/authoring/reference.ts';
import type { Capabilities } from '../../skills-index/skill/capability.ts';
import { type Ecosystem, ecosystems } from '../../skills-index/skill/ecosystem.ts';
import { isNamePart, parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, listOf } from '../command.ts';
import { hostFiles } from '../run/host-files.ts';

const ceilingBytesMax = 256 * 1024;

type Given = Pick<CommandContext, 'cwd' | 'options'>;

/**
 * `--budget`, `--workspace`, `--model`, `--env`, `--skills`, `--ceiling`, `--egress`, `--index`,
 * `--git-name`. An absent option changes nothing.
 */
export function changeOf(given: Given): GrantChange {
  const { options } = given;
  const { budget, model, workspace } = options;
  return {
    skills: listOf(options.skills)
      .flatMap((text) => text.split(','))
      .map(startGrantOf),
    env: envOf(listOf(options.env)),
    ...(typeof budget === 'string' ? { budget: budgetOf(budget) } : {}),
    ...(typeof workspace === 'string' ? { workspace: workspaceOf(workspace) } : {}),
    ...(typeof model === 'string' ? { model: modelOf(model) } : {}),
    ...egressOf(options),
    ...(options.index === undefined ? {} : { indexes: indexesOf(options.index) }),
    ...(typeof options['git-name'] === 'string' ? { git: gitNameOf(options['git-name']) } : {}),
    ...ceilingIn(given),
  };
}

/** The capabilities in the file of `--ceiling`. */
export function ceilingIn({ cwd, options }: Given): Pick<GrantChange, 'capabilities'> {
  const { ceiling } = options;
  return typeof ceiling === 'string' ? { capabilities: ceilingOf(resolve(cwd, ceiling)) } : {};
}

/**
 * @throws Problem `usage` for a workspace, model or index that this host lacks: the runner would
 * refuse each start of the agent
 */
export function requireOnHost(
  context: CommandContext,
  { indexes = [], model, workspace }: GrantChange,
): void {
  if (model === undefined && workspace === undefined && indexes.length === 0) return;
  const { file, indexes: known, models, workspaces } = hostFiles(context).policy;
  const missing = indexes.find((name) => known[name] === undefined);
  if (missing !== undefined)
    throw new Problem('usage', `Cannot use --index ${missing}: host policy has no such index`, {
      hint: `skillgate host index add ${missing} URL`,
    });
  const require = (
    kind: 'model' | 'workspace',
    name: string,
    known: Readonly<Record<string, unknown>>,
    example: string,
  ): void => {
    if (Object.hasOwn(known, name)) return;
    const has = Object.keys(known).join(', ') || 'none';
    throw new Problem(
      'usage',
      `Cannot use --${kind} ${name}: "${kind}s" in ${file} has no ${name}; it has ${has}`,
      {
        hint: `skillgate host ${kind} add ${name} ${example}`,
      },
    );
  };
  if (model !== undefined) require('model', model, models, 'http://127.0.0.1:8080 --kind openai');
  if (workspace === undefined) return;
  require('workspace', workspace.name, workspaces, 'DIR');
  const folder = workspaces[workspace.name] ?? '';
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw new Problem(
    'usage',
    `Cannot use --workspace ${workspace.name}: its folder ${folder} does not exist`,
    {
      hint: `make the folder, or name another one in "workspaces" of ${file}`,
    },
  );
}

/** `@scope/name[@range]` or `@scope/*`. */
export function startGrantOf(text: string): Grant {
  const scope = /^@([^/]+)\/\*$/.exec(text)?.[1];
  if (scope !== undefined) return { skill: `@${parseScope(scope)}/*`, range: '*' };
  const { name, range } = parseReference(text);
  return { skill: name, range };
}

export function daysOf(text: unknown): number {
  const days = typeof text === 'string' && /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1) throw new Problem('usage', 'Cannot read --days: write a number from 1 to 9999');
  return days;
}

/** `requests=1000,bytes=50000000,seconds=3600,runs=100`. */
function budgetOf(text: string): Budget {
  const pairs = text.split(',').map((part) => {
    const [, name, digits] = /^([a-z]+)=(\d{1,15})$/.exec(part) ?? [];
    const kind = budgetKinds.find((known) => known === name);
    if (kind === undefined)
      throw new Problem(
        'usage',
        `Cannot read --budget ${JSON.stringify(part)}: write KIND=NUMBER`,
        {
          hint: `A budget limits one of these for each day (UTC): ${budgetKinds.join(', ')}.`,
        },
      );
    return [kind, Number(digits)] as const;
  });
  return Object.fromEntries(pairs);
}

function workspaceOf(text: string): AgentWorkspace {
  const [name = '', written = 'cow', ...more] = text.split(':');
  const mode = (['ro', 'cow', 'rw'] as const).find((known) => known === written);
  if (mode !== undefined && isNamePart(name) && more.length === 0) return { name, mode };
  throw new Problem(
    'usage',
    `Cannot read --workspace ${JSON.stringify(text)}: write NAME, NAME:ro, NAME:cow or NAME:rw`,
  );
}

function modelOf(text: string): string {
  if (isNamePart(text)) return text;
  throw new Problem(
    'usage',
    `Cannot read --model ${JSON.stringify(text)}: write a name under "models" in host policy`,
  );
}

// `--method`, `--hold` and `--git-secret` are about every `--egress` of the same command.
function egressOf(options: Given['options']): Pick<GrantChange, 'egress'> {
  const urls = listOf(options.egress);
  const methods = listOf(options.method);
  const { hold, 'git-secret': secret } = options;
  if (urls.length === 0) {
    if (methods.length > 0 || hold !== undefined || secret !== undefined)
      throw new Problem('usage', 'Cannot use --method, --hold or --git-secret without --egress');
    return {};
  }
  for (const method of methods)
    if (!/^[A-Z]{1,20}$/.test(method))
      throw new Problem('usage', `Cannot read --method ${method}: write a method such as POST`);
  const wide = typeof secret === 'string' ? urls.find((url) => url.includes('://*')) : undefined;
  if (wide !== undefined)
    throw new Problem(
      'usage',
      `Cannot use --git-secret with --egress ${wide}: a secret is for one host, so write its name`,
    );
  const isTcp = (url: string): boolean => url.startsWith('tcp:');
  if (methods.length > 0 && urls.some(isTcp))
    throw new Problem(
      'usage',
      'Cannot use --method with --egress tcp://…, which has no methods: grant it in a command of its own',
    );
  const reading = methods.length > 0 ? [...new Set(methods)] : ['GET', 'HEAD'];
  const more = {
    ...(hold === true ? { hold } : {}),
    ...(typeof secret === 'string' ? { secret } : {}),
  };
  return {
    egress: urls.map((url) => ({
      url: egressUrlOf(url),
      methods: isTcp(url) ? ['*'] : reading,
      ...more,
    })),
  };
}

/** `npm,python`. */
export function indexesOf(text: unknown): readonly Ecosystem[] {
  if (typeof text !== 'string') return [];
  return text.split(',').map((name) => {
    const found = ecosystems.find((known) => known === name);
    if (found !== undefined) return found;
    throw new Problem('usage', `Cannot read --index ${name}: write ${ecosystems.join(' or ')}`);
  });
}

function egressUrlOf(url: string): string {
  const why = whyNotEgress(url);
  if (why === undefined) return url;
  throw new Problem('usage', `Cannot use --egress ${JSON.stringify(url)}: ${why}`, {
    hint: "write an address such as 'https://docs.example/*'",
  });
}

function gitNameOf(text: string): NonNullable<Agent['git']> {
  const [, name, email] = /^([^<>\p{C}]{1,100}?) *<([!-;=?-~]{3,200})>$/u.exec(text) ?? [];
  if (name !== undefined && email?.includes('@') === true) return { name, email };
  throw new Problem(
    'usage',
    `Cannot read --git-name ${JSON.stringify(text)}: write 'NAME <EMAIL>'`,
  );
}

function ceilingOf(path: string): Capabilities {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new Problem('not-found', `Cannot read --ceiling: ${(cause as Error).message}`, { cause });
  }
  if (bytes.byteLength > ceilingBytesMax)
    throw new Problem('usage', `Cannot read ${path}: more than ${ceilingBytesMax} bytes`);
  return parseCeiling(bytes, path);
}

function envOf(assignments: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    assignments.map((text) => {
      const at = text.indexOf('=');
      if (at < 1)
        throw new Problem('usage', `Cannot read --env ${JSON.stringify(text)}: write NAME=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
