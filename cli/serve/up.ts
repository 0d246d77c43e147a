/**
 * `skillgate up [DIR]`: a registry for one person on this machine, made at the first start: folder,
 * keys, pin, scope and a desk that is signed in.
 */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { readRootFile } from '../../registry/data-folder/data-folder.ts';
import { lastLogIndex, publishTuf, readTufDocument } from '../../registry/data-folder/rotation.ts';
import type { RunningRegistry } from '../../registry/serve.ts';
import { osKeychain } from '../../runner/secret-sources/keychain.ts';
import { isNamePart, parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { alonePolicy, firstPolicy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import { signRepository } from '../../skills-index/trust/root/ceremony.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { readMembers } from '../members-and-scopes/member-remove.ts';
import { claimScope } from '../members-and-scopes/scope.ts';
import { pinRegistry } from '../registries/addresses/pin-registry.ts';
import { carryMemory } from '../registries/carry-memory.ts';
import { browserLink } from '../registries/login.ts';
import { refreshTrust } from '../registries/refresh.ts';
import { scopeAnswer } from '../registries/registry-answers.ts';
import { askRegistry } from '../registries/registry-api.ts';
import { readRegistries } from '../registries/registry-base.ts';
import {
  changedPolicy,
  makeRegistryFolder,
  proposeNext,
  registryFiles,
} from '../root-rotation/registry-folder.ts';
import { createKeyFile, type KeyFile, publicKeyOf, readKeyFile } from '../signing/key-file.ts';
import { keyPath } from '../signing/signer.ts';
import { askPassphrase } from '../signing/stored-key.ts';
import { answer, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { serve } from './serve.ts';

/** `skillgate init` puts skills in it where nobody chose another. */
const scope = parseScope('me');

export async function run(context: CommandContext): Promise<ExitCode> {
  const dir = resolve(context.cwd, context.args[0] ?? join(context.paths.data, 'registry'));
  const isNew = !existsSync(join(dir, registryFiles.root));
  if (isNew) await make(context, dir);
  const port = isNew ? undefined : await pinnedPort(context, dir);
  const options = port === undefined ? context.options : { port, ...context.options };
  let isOutgrown = false;
  try {
    return await serve({ ...context, args: [dir], options }, async (_, registry) => {
      const here = { ...context, registryBase: registry.base, options: {} };
      await pin(here, registry);
      isOutgrown = !isNew && (await hasSecondReviewer(here, registry));
      if (isOutgrown) throw new Problem('interrupted', 'The policy of the registry changes');
      await claimOnce(here);
      await announce(here, registry, { dir, isNew });
    });
  } catch (cause) {
    if (cause instanceof Problem && cause.code === 'folder-in-use')
      throw new Problem(cause.code, `Cannot start ${dir} a second time: it runs already`, {
        hint: `for a new link to its desk: ${asCalled('skillgate login --browser')}`,
        cause,
      });
    if (!isOutgrown) throw cause;
  }
  // Nobody may serve a folder whose root of trust changes.
  await endAlone(context, dir);
  return run(context);
}

async function announce(
  here: CommandContext,
  { base, registry: { policy, root } }: RunningRegistry,
  { dir, isNew }: { readonly dir: string; readonly isNew: boolean },
): Promise<void> {
  const url = await browserLink(here);
  const preferred = readRegistries(here.paths).default;
  const ink = inkFor(here.stdout, here.env);
  const fingerprint = rootFingerprint(root);
  const again = `skillgate up${here.args[0] === undefined ? '' : ` ${shellWord(here.args[0])}`}`;
  answer(here, { schema: 'skillgate.up/1', base, dir, isNew, fingerprint, scope, desk: url }, () =>
    joined(
      [
        safe`${ink.green('✔')} ${isNew ? 'Made' : 'Opened'} your registry: ${ink.bold(base)}, for this machine alone`,
        safe`  files: ${dir}; your keys are in ${join(here.paths.config, 'keys')}`,
        safe`  you:   administrator, author in @${scope}, reviewer${policy.alone === true ? '; approvals say that you are alone, until a second reviewer is there' : ''}`,
        safe`  desk:  ${url}   (signs you in once, within five minutes)`,
        safe`  next:  ${asCalled('skillgate init hello')}, describe it in hello/SKILL.md, then publish hello,
         review approve @${scope}/hello@0.1.0 --reason TEXT, run @${scope}/hello hello`,
        safe`  stop:  Ctrl-C; ${asCalled(again)} goes on from here`,
      ],
      '\n',
    ),
  );
  if (preferred !== base)
    printNote(
      here,
      safe`Commands ask ${preferred ?? ''}. To ask this registry: ${asCalled(`skillgate registry default ${base}`)}`,
    );
}

async function make(context: CommandContext, dir: string): Promise<void> {
  const own = await keyOf(context, 'default');
  await makeRegistryFolder(dir, 'localhost', () => keyOf(context, 'administrator'), {
    now: context.now(),
    policy: alonePolicy,
    reviewer: { name: nameOf(userInfo().username), key: publicKeyOf(own) },
  });
}

function nameOf(user: string): string {
  const name = user.toLowerCase();
  return isNamePart(name) ? name : 'owner';
}

async function keyOf(context: CommandContext, name: string): Promise<KeyFile> {
  const path = keyPath(context.paths, name);
  if (!existsSync(path)) return createKeyFile(path, keyPath(context.paths, name, 'public'), name);
  return readKeyFile(path, osKeychain, (key) => askPassphrase(context, key));
}

/** A registry keeps its address, which is pinned. */
async function pinnedPort(context: CommandContext, dir: string): Promise<string | undefined> {
  const fingerprint = rootFingerprint(await readRootFile(dir));
  const pinned = readRegistries(context.paths).registries.find(({ root }) => root === fingerprint);
  return pinned === undefined ? undefined : new URL(pinned.base).port;
}

async function pin(here: CommandContext, { base, registry: { root } }: RunningRegistry) {
  const others = readRegistries(here.paths).registries.filter((one) => one.base !== base);
  const kept = await refreshTrust(here, base, root);
  await carryMemory(here, base, { root, kept });
  const isTaken = others.some(({ scopes }) => scopes.includes(scope));
  await pinRegistry(here.paths, base, root, isTaken ? [] : [scope]);
}

async function claimOnce(here: CommandContext): Promise<void> {
  const found = await askRegistry(here, `/api/v1/scopes/@${scope}`, scopeAnswer).catch(
    (cause: unknown) => {
      if (cause instanceof Problem && cause.code === 'not-found') return undefined;
      throw cause;
    },
  );
  if (found === undefined) await claimScope(here, scope);
}

async function hasSecondReviewer(
  here: CommandContext,
  { registry: { policy } }: RunningRegistry,
): Promise<boolean> {
  if (policy.alone !== true) return false;
  const { members } = await readMembers(here, await keyOf(here, 'administrator'));
  return members.filter(({ roles }) => roles.includes('reviewer')).length > 1;
}

/** Puts the ordinary policy in force. What was approved before stays approved. */
async function endAlone(context: CommandContext, dir: string): Promise<void> {
  const before = await readTufDocument(dir);
  if (before === undefined) return;
  const { 'root.json': root, ...files } = before.files;
  const validUpTo = lastLogIndex(dir);
  const policy = changedPolicy(parsePolicy(files['policy.json']), {
    next: firstPolicy,
    dropEarlier: false,
    ...(validUpTo === undefined ? {} : { validUpTo }),
  });
  const now = context.now().getTime();
  const proposal = proposeNext({
    before,
    root: parseRoot(root),
    files: { ...files, 'policy.json': canonicalJson(policy) },
    now,
  });
  await publishTuf(dir, await signRepository(proposal, await keyOf(context, 'administrator')), now);
  printNote(
    context,
    safe`This registry has a second reviewer, so the ordinary policy is in force from now on: risky versions need two people.`,
  );
}
