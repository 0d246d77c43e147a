/** An install while others claim scopes: the log moves on between the answers of the registry. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { nameProofsTriesMax } from '../../skills-index/client/registry-index.ts';
import { makeKey } from '../registry/people.ts';
import { claimScope } from '../registry/road.ts';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from './installer-world.ts';

let network: Network;
let host: Installer;
let moved: number;
beforeEach(async () => {
  network = await makeNetwork();
  host = await makeInstaller(network);
  moved = 0;
  await release(network, makeReportSkill('@acme/a'));
});
afterEach(() => {
  host.close();
  network.close();
});

/**
 * Moves the log and its status on, each time after this host got a status.
 * @param isCopy whether the registry is a plain copy, which knows no proofs of older heads
 */
function moveOn(times: number, isCopy = false): void {
  const { send } = network.registry;
  network.lie = async (path, honest) => {
    if (!path.startsWith('/proofs/')) return honest();
    if (moved < times) {
      await claimScope(send, `busy-${moved++}`, makeKey());
      await send('/index/status.json');
    }
    return isCopy ? send(path.replace(/[?].*/, '')) : honest();
  };
}

const install = () => host.run('install', '@acme/a@1.0.0', '--yes');

it('asks once for the proofs, however fast the log grows', async () => {
  moveOn(Number.POSITIVE_INFINITY);
  expect(await install()).toMatchObject({ exit: 0 });
  expect(moved).toBe(1);
});

it('asks a copy again that was updated between status and proofs', async () => {
  moveOn(nameProofsTriesMax - 1, true);
  expect(await install()).toMatchObject({ exit: 0 });
  expect(moved).toBe(nameProofsTriesMax - 1);
});

it('is refused when no proofs of a copy ever belong to its status', async () => {
  moveOn(Number.POSITIVE_INFINITY, true);
  expect(await install()).toMatchObject({
    exit: 6,
    err: expect.stringContaining('names-unproven'),
  });
  expect(moved).toBe(nameProofsTriesMax);
  network.lie = undefined;
  expect(await install()).toMatchObject({ exit: 0 });
});
