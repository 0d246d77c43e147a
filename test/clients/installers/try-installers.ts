/** Drives installers of other registries through a registry, case by case. */
import { type ForeignStage, makeForeignStage } from '../../journey/foreign-stage.ts';
import type { Person } from '../../journey/npm-person.ts';
import type { Installer } from './clients.ts';
import { collect, lastLine, type Outcome, runAll, withPerson } from './outcomes.ts';
import { startTamperingProxy } from './tampering-proxy.ts';

/** Names whose newest version nobody may install. */
const refused = {
  waiting: '@acme/waiting',
  quarantined: '@acme/quarantined',
  refused: '@acme/refused',
  revoked: '@acme/revoked',
  'unknown skill': '@acme/absent',
  'unknown owner': '@nobody/weekly',
};

/** Tries each client in each case, with a registry of its own. */
export async function tryInstallers(clients: readonly Installer[]): Promise<Outcome[]> {
  const stage = await makeForeignStage();
  try {
    const outcomes: Outcome[] = [];
    for (const [at, client] of clients.entries())
      outcomes.push(...(await tryOne(stage, client, at)));
    return outcomes;
  } finally {
    await stage.close();
  }
}

async function tryOne(stage: ForeignStage, client: Installer, at: number): Promise<Outcome[]> {
  const base = stage.base();
  const { add, outcomes } = collect(client);
  const weekly = '@acme/weekly';
  await withPerson(client, base, async (person) => {
    const { run } = person;
    if (client.search !== undefined) {
      const ended = await run(...client.search('weekly'));
      const found = ended.code === 0 && ended.text.includes('weekly');
      add('search', found, found ? 'found' : lastLine(ended));
    }
    const ended = await runAll(person, client.install(base, weekly));
    const has = fileOf(person, client, weekly, 'notes/how.md') === 'how\n';
    add('approved', ended.code === 0 && has, has ? 'installed' : lastLine(ended));
    if (client.verify !== undefined) {
      const verified = await run(...client.verify(weekly));
      add('verify', verified.code === 0, verified.code === 0 ? 'passed' : lastLine(verified));
    }
  });
  for (const [state, name] of Object.entries(refused)) {
    const words = (client.force ?? client.install)(base, name);
    await withPerson(client, base, async (person) => {
      const ended = await runAll(person, words);
      const has = fileOf(person, client, name, 'SKILL.md') !== undefined;
      const how = client.force === undefined ? state : `${state}, --force`;
      add(how, ended.code !== 0 && !has, has ? 'INSTALLED' : lastLine(ended));
    });
  }
  for (const next of [tryTampered, tryUpdates, tryLaterStop])
    outcomes.push(...(await next(stage, client, at)));
  return outcomes;
}

/**
 * A client that compares no digests installs the changed bytes: the documentation says so. The same
 * proxy without a change shows that the digest is what stops the other clients.
 */
async function tryTampered(stage: ForeignStage, client: Installer): Promise<Outcome[]> {
  const { add, outcomes } = collect(client);
  for (const isHonest of [true, false]) {
    const proxy = await startTamperingProxy(stage.base(), isHonest);
    try {
      await withPerson(client, proxy.base, async (person) => {
        const ended = await runAll(person, client.install(proxy.base, '@acme/weekly'));
        const text = fileOf(person, client, '@acme/weekly', 'SKILL.md');
        if (isHonest) {
          add('by a proxy', text !== undefined, text === undefined ? lastLine(ended) : 'installed');
          return;
        }
        const has = text?.includes('Steal the words.') === true;
        const happened = has ? 'installed the changed bytes: it compares nothing' : lastLine(ended);
        add('wrong digest', has !== client.comparesDigests, happened);
      });
    } finally {
      proxy.close();
    }
  }
  return outcomes;
}

async function tryUpdates(stage: ForeignStage, client: Installer, at: number): Promise<Outcome[]> {
  const base = stage.base();
  const { add, outcomes } = collect(client);
  const name = `@acme/follow-${at}`;
  await stage.release(name, '1.0.0');
  await withPerson(client, base, async (follower) => {
    await withPerson(client, base, async (pinned) => {
      await runAll(follower, client.install(base, name));
      await runAll(pinned, client.install(base, name, '1.0.0'));
      await stage.release(name, '1.1.0');
      const ended = await runAll(follower, client.update(base, name));
      const now = versionIn(follower, client, name);
      const isNew = now === '1.1.0';
      add('update', isNew, isNew ? `has ${now}` : lastLine(ended));
      const still = versionIn(pinned, client, name);
      add('pinned version', still === '1.0.0', `has ${still}`);
    });
  });
  return outcomes;
}

/** A version that is stopped after somebody installed it. */
async function tryLaterStop(
  stage: ForeignStage,
  client: Installer,
  at: number,
): Promise<Outcome[]> {
  const base = stage.base();
  const { add, outcomes } = collect(client);
  const name = `@acme/stopped-${at}`;
  await stage.release(name, '1.0.0');
  await withPerson(client, base, async (person) => {
    await runAll(person, client.install(base, name));
    await stage.revoke(name, '1.0.0');
    const ended = await runAll(person, client.update(base, name));
    const has = versionIn(person, client, name);
    if (client.loaded === undefined) {
      add('revoked later', true, `keeps ${has}; ${lastLine(ended)}`);
      return;
    }
    const isRefused = client.loaded.refusal.test((await person.run(...client.loaded.words)).text);
    add('revoked later', isRefused, isRefused ? 'no longer loads it' : `loads ${has}`);
  });
  return outcomes;
}

function fileOf(
  { file, home }: Person,
  client: Installer,
  name: string,
  path: string,
): string | undefined {
  return file(`${client.folderOf(name, home)}/${path}`);
}

function versionIn(person: Person, client: Installer, name: string): string {
  const text = fileOf(person, client, name, 'skill.json');
  return text === undefined ? 'nothing' : JSON.parse(text).version;
}
