/** `skillgate host model …`: the model endpoints that sessions may use. */
import {
  type ModelEndpoint,
  modelKinds,
  parseModelUrl,
} from '../../skills-index/run/agents/agent-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, listOf } from '../command.ts';
import { answer, joined, type Safe, safe, table } from '../terminal/output.ts';
import { applyHostChange, readPolicy } from './change.ts';
import { agentsWith, requireFree, requireNamed, withEntry, withoutEntry } from './policy-list.ts';

export function addModel(context: CommandContext, name: string, url: string): void {
  const endpoint = endpointOf(context, name, url);
  const host = parseModelUrl(url)?.host ?? url;
  const { secret } = endpoint;
  applyHostChange(context, {
    change: (members, { models }) => {
      const urls = Object.entries(models).map(([other, one]) => [other, one.url]);
      requireFree('model', name, url, Object.fromEntries(urls));
      return withEntry(members, 'models', name, endpoint);
    },
    means: [
      safe`Agents with model ${name} may send ${endpoint.kind} requests to ${url}, and to nothing else of that server. The prompts of these agents leave their sandboxes for ${host}.`,
      safe`Next: skillgate agent grant NAME --model ${name}`,
    ],
    notes:
      secret === undefined
        ? []
        : [safe`the endpoint’s key: skillgate secret set ${secret} --host ${host} --agent NAME`],
  });
}

export function removeModel(context: CommandContext, name: string): void {
  requireNamed(Object.keys(readPolicy(context).models), 'model', name);
  const users = agentsWith(context, ({ model }) => model === name);
  applyHostChange(context, {
    change: (members) => withoutEntry(members, 'models', name),
    means: [safe`No session reaches model ${name} any more.`],
    notes: users.map(
      (user) =>
        safe`agent ${user} uses model ${name}: name another one: skillgate agent grant ${user} --model NAME`,
    ),
  });
}

export function listModels(context: CommandContext): void {
  const { file, models } = readPolicy(context);
  const list = Object.entries(models).map(([name, endpoint]) => ({ name, ...endpoint }));
  answer(context, { schema: 'skillgate.host-models/1', file, models: list }, () =>
    list.length === 0
      ? safe`Host policy has no model. Add one: skillgate host model add NAME URL --kind ${joined(modelKinds, '|')}`
      : modelTable(models),
  );
}

export function modelTable(models: HostPolicy['models']): Safe {
  return table(
    Object.entries(models).map(([name, { kind, paths, secret, url }]) => [
      name,
      kind,
      url,
      secret === undefined ? 'no key' : `key: secret ${secret}`,
      (paths ?? []).join(' '),
    ]),
  );
}

function endpointOf({ options }: CommandContext, name: string, url: string): ModelEndpoint {
  const kind = modelKinds.find((known) => known === options.kind);
  if (kind === undefined)
    throw new Problem(
      'usage',
      `Cannot add model ${name}: --kind must be ${modelKinds.join(' or ')}`,
      {
        hint: 'llama.cpp, vLLM and Ollama are openai; --kind names the interface, not the maker',
      },
    );
  const paths = listOf(options.path);
  return {
    url,
    kind,
    ...(typeof options.secret === 'string' ? { secret: options.secret } : {}),
    ...(paths.length > 0 ? { paths } : {}),
  };
}
