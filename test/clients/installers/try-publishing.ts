/** Drives clients that publish with a token, up to the installation of what a key adopted. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drafted, scanReport } from '../../faults/walk.ts';
import type { ForeignStage } from '../../journey/foreign-stage.ts';
import type { Person } from '../../journey/npm-person.ts';
import { makeScopeOwner, type ScopeOwner } from '../../journey/scope-owner.ts';
import { makeSkill, type Skill } from '../../registry/road.ts';
import type { Installer } from './clients.ts';
import { collect, lastLine, type Outcome, runAll, withPerson } from './outcomes.ts';

/** Tries a client that publishes; no row for another one. */
export async function tryPublishing(stage: ForeignStage, client: Installer): Promise<Outcome[]> {
  const { publisher } = client;
  if (publisher === undefined) return [];
  const owner = await makeScopeOwner(stage);
  try {
    return await tryWith(stage, { ...client, publisher }, owner);
  } finally {
    owner.close();
  }
}

async function tryWith(
  stage: ForeignStage,
  client: Installer & Required<Pick<Installer, 'publisher'>>,
  owner: ScopeOwner,
): Promise<Outcome[]> {
  const base = stage.base();
  const { add, outcomes } = collect(client);
  const short = client.name.replaceAll(/[^a-z0-9]+/g, '-');
  const name = `@acme/${short}`;
  const skill = makeSkill(name, '1.0.0');
  const { publisher } = client;
  await withPerson(client, base, async (person) => {
    const said = async (about: string, wanted: RegExp, words: readonly string[]): Promise<void> => {
      const ended = await person.run(...words);
      const found = wanted.exec(ended.text)?.[0];
      add(about, found !== undefined, found ?? lastLine(ended));
    };
    const folder = writeSkill(person, skill);
    const words = [...publisher.publish(folder, '1.0.0'), '--slug', short];
    await said(
      'publish: token that is none',
      /by this command: skillgate scope token SCOPE LABEL/,
      [...publisher.login('x'.repeat(43))],
    );
    await person.run(...publisher.login(await owner.token(short)));
    await said('publish: whoami', /\bacme\b/, ['whoami']);
    await said('publish: another scope', /no skill @elsewhere|uploads to @acme only/, [
      ...publisher.publish(folder, '1.0.0'),
      ...publisher.elsewhere(short),
    ]);
    await said('publish', publisher.done, words);
    await said('publish: same files again', publisher.done, words);
    await said('publish: inspect before adoption', /waits until a key of @acme adopts it/, [
      ...publisher.inspect(name),
    ]);
    const early = await runAll(person, (client.force ?? client.install)(base, name));
    add('publish: install before adoption', early.code !== 0, lastLine(early));
    await withPerson(client, base, async (stranger) => {
      const ended = await runAll(stranger, client.install(base, name));
      add('publish: install by others', /not-found/.test(ended.text), lastLine(ended));
    });
    const adopted = await owner.skill('publish', '--adopt', `${name}@1.0.0`, '--yes');
    add('publish: adopted', adopted.exit === 0, adopted.stdout.split('\n')[0] ?? '');
    await said('publish: number that is taken', /version-exists/, words);
    const { walk } = stage;
    await walk.take(await scanReport(walk.send, skill, walk.staff.scanner));
    await walk.take(await drafted(walk.send, skill, walk.staff.reviewer));
    await stage.offers(`${name}/1.0.0`);
    const ended = await runAll(person, client.install(base, name));
    const text = person.file(`${client.folderOf(name, person.home)}/SKILL.md`);
    const has = text?.includes('Count the words.') === true;
    add('publish: install when approved', has, has ? 'installed' : lastLine(ended));
    writeSkill(person, makeSkill(name, '1.1.0'));
    await person.run(...publisher.publish(folder, '1.1.0'), '--slug', short);
    const waits = await owner.skill('publish', '--adopt', `${name}@1.1.0`, '--yes');
    const updated = await runAll(person, client.update(base, name));
    const isKept = waits.exit === 0 && updated.code === 0 && /up to date/.test(updated.text);
    add('publish: update while a version waits', isKept, lastLine(updated));
  });
  await withPerson(client, base, async (person) => {
    const second = makeSkill(`@acme/${short}-two`, '1.0.0');
    await person.run(...publisher.login(await owner.token(`${short}-two`)));
    writeSkill(person, second, `skills/${short}-two`);
    await person.run('sync', '--all', '--no-input');
    const again = await person.run('sync', '--all', '--no-input');
    const { stdout } = await owner.skill('publish', '--adopt');
    const [line = ''] = stdout.split('\n').filter((one) => one.includes(`${short}-two@`));
    add('publish: sync, twice', / came /.test(line) && again.code === 0, line || lastLine(again));
  });
  return outcomes;
}

function writeSkill({ home }: Person, { files }: Skill, place = 'notes'): string {
  const folder = join(home, place);
  mkdirSync(folder, { recursive: true });
  for (const { path, bytes } of files) writeFileSync(join(folder, path), bytes);
  return folder;
}
