/**
 * A port and an address space of Mach tasks, as somebody who debugs sees them: over the protocol at a stop, and in the
 * state that the command line prints for the same event.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { MemoryObjectState, PageRunState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type {
  HeldRightState,
  MessageState,
  PortIdentityState,
  PortState,
} from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { command } from '../cli/command.ts';
import { Client, root } from './client.ts';

const program = join(root, 'test/debug-adapter/every-event.adw');

interface PortAnswer {
  readonly event: number;
  readonly identity: PortIdentityState;
  readonly copies: readonly PortState[];
}

interface MemoryAnswer {
  readonly node: string;
  readonly regions: readonly RegionState[];
  readonly objects: readonly MemoryObjectState[];
  readonly residual: readonly { readonly node: string; readonly pages: number }[];
}

const messageWords = ({ operation, from, fromNode, right, bytes, bodyOn, networkForm }: MessageState): string =>
  `${operation} by ${from} on ${fromNode}, ${right}, ${bytes}, ${bodyOn ?? 'here'}${networkForm ? ', network form' : ''}`;
const rightWords = ({ holder, who, node, type, name }: HeldRightState): string =>
  `${holder} ${who} on ${node}: ${type}${name === null ? '' : ' by name'}`.replace(/#\d+/, '#');
const copyWords = ({ node, copy, way, flags, transit }: PortState): string =>
  `${way.join(' > ') || node}: ${copy} (${flags.join(' ')}), ${transit}`;
const runWords = ({ first, pages, state, node, access, dirty, requested }: PageRunState): string =>
  `${first}+${pages} ${state} ${node} ${access}${dirty ? ' dirty' : ''}${requested ? ' requested' : ''}`;

describe('the inspectors, for Mach tasks', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  const stopAt = async (scenario: string, name: string, hitCondition = '1'): Promise<number> => {
    const breakpoints = [{ name, hitCondition }];
    await client.begin({ program, scenario }, () => client.get('setFunctionBreakpoints', { breakpoints }));
    await client.stopped();
    return Number(await client.evaluate('event'));
  };
  const port = async (label: string): Promise<PortAnswer> => client.get<PortAnswer>('osf1ad/port', { port: label });
  const printed = async (scenario: string, event: number): Promise<ClusterState> => {
    const { out, code } = await command('run', program, '--scenario', scenario, '--until', String(event), '--json');
    assert.equal(code, 0);
    return JSON.parse(out) as ClusterState;
  };

  it('show a receive right on its way, its queue, and where the body of each message is', async () => {
    const scenario = 'a receive right moves with its queue, twice';
    const event = await stopAt(scenario, 'send meta kmsg', '4');
    const { identity, copies } = await port('estate.p');
    assert.deepEqual(copies.map(copyWords), [
      'right: arriving (ms_block migrate_wait), 0',
      'master > right: proxy (proxy ms_convert), 100',
      'left > right: migrating-out (proxy forward ms_block ms_convert), 1',
    ]);
    const [arriving] = copies;
    assert.deepEqual(arriving?.queue.map(messageWords).slice(0, 3), [
      'letter by mourner on master, send, 0, here, network form',
      'long by estate on left, send, 65536, left, network form',
      'long by estate on left, send, 65536, left, network form',
    ]);
    assert.equal(arriving.registered.join(), 'left');
    assert.deepEqual(identity.rights.map(rightWords), [
      'task name_server@master on master: send by name',
      'task mourner on master: send by name',
      'task estate on left: send by name',
      'message take three # on right: receive',
    ]);
    const state = await printed(scenario, event);
    assert.deepEqual(
      state.identities.find((each) => each.identity === identity.identity),
      identity,
    );
    assert.deepEqual(
      copies.map(({ port }) => state.ports.find((each) => each.port === port)),
      copies,
    );
  });

  it('show a message that came too early, set aside until the right has arrived', async () => {
    await stopAt('a receive right moves with its queue, twice', 'send meta kmsg', '9');
    const { copies } = await port('estate.p');
    assert.deepEqual(copies[0]?.held.map(messageWords), ['letter by mourner on master, send, 0, here, network form']);
  });

  it('show who waits: senders here and elsewhere, and receivers', async () => {
    await stopAt('a queue is full', 'unblock port');
    const state = await client.get<ClusterState>('osf1ad/state');
    const full = state.ports.find(({ label, queue }) => label === 'sink.p' && queue.length === 16);
    assert.deepEqual(full?.blockedSenders, ['flood']);
    const taken = state.ports.filter(({ label, node, waitingReceivers }) => {
      return label === 'sink.p' && node === 'left' && waitingReceivers.length > 0;
    });
    assert.deepEqual(
      taken.map(({ waitingReceivers }) => waitingReceivers),
      [['sink']],
    );
  });

  it('show a node that is to be called back, and what waits there and why', async () => {
    await stopAt('a queue is full', 'connect refused');
    const before = (await client.get<ClusterState>('osf1ad/state')).identities.find(
      ({ label, copies }) => label === 'sink.p' && copies.length === 2,
    );
    const { copies } = await client.get<PortAnswer>('osf1ad/port', { port: before?.identity });
    assert.deepEqual(copies[0]?.refused, ['right']);
    assert.deepEqual(copies[1]?.obstacles, ['the queue on left is full']);
    assert.deepEqual(copies[1].held.map(messageWords), ['message by flood on right, send, 0, here, network form']);
  });

  it('add the credits up, down to the last one', async () => {
    await stopAt('a right is passed on until its credits are used up', 'acquire transits');
    const { identity, copies } = await port('giver.p');
    const { handedOut, held, underWay } = identity.credits;
    assert.equal(handedOut, held + underWay);
    const poor = copies.find(({ node }) => node === 'left');
    assert.deepEqual([poor?.transit, poor?.obstacles], [1, ['credits have been asked for']]);
  });

  it('show where each page is, and who may do what with it', async () => {
    const scenario = 'memory is shared, and a copy of it is made';
    const event = await stopAt(scenario, 'lock request');
    const owner = await client.get<MemoryAnswer>('osf1ad/memory', { task: 'sharer' });
    const child = await client.get<MemoryAnswer>('osf1ad/memory', { task: 'child' });
    const runs = (answer: MemoryAnswer, name: string): string[] | undefined =>
      answer.regions.find((region) => region.name === name)?.pageRuns.map(runWords);
    assert.deepEqual(runs(owner, 'm'), ['0+4 here left write']);
    assert.deepEqual(runs(owner, 'private'), ['0+4 remote right none']);
    assert.deepEqual(owner.residual, [{ node: 'right', pages: 4 }]);
    assert.deepEqual(runs(child, 'private'), ['0+1 remote right none requested', '1+3 remote right none']);
    const chain = child.regions
      .find(({ name }) => name === 'private')
      ?.chain.map((id) => {
        const object = child.objects.find((each) => each.object === id);
        return `${object?.kind} ${object?.label}`;
      });
    assert.deepEqual(chain, ['anonymous sharer.private copy', 'import sharer.private copy', 'import sharer.private']);
    const home = owner.objects.find(({ label }) => label === 'sharer.private');
    assert.deepEqual(home?.pageRequests, ['page 0: right wants to read, kernels']);
    assert.deepEqual(home.kernels[0], { node: 'right', readable: 4, writable: 0 });
    const state = await printed(scenario, event);
    assert.deepEqual(state.tasks.find(({ name }) => name === 'sharer')?.regions, owner.regions);
  });
});
