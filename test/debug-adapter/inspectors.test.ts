/**
 * A port over the whole cluster and the address space of a task: asked for by name, and found below what is shown.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { MemoryObjectState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type { PortIdentityState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { Client, root } from './client.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');

interface PortAnswer {
  readonly identity: PortIdentityState;
  readonly copies: readonly PortState[];
}

interface MemoryAnswer {
  readonly node: string;
  readonly regions: readonly RegionState[];
  readonly objects: readonly MemoryObjectState[];
  readonly residual: readonly { readonly node: string; readonly pages: number }[];
}

describe('the inspectors', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  /** Stops when the first receive right of the compiler has moved. */
  const stopAt = async (name: string, condition: string): Promise<number> => {
    const breakpoints = [{ name, condition }];
    await client.begin({ program }, () => client.get('setFunctionBreakpoints', { breakpoints }));
    return (await client.stopped()).threadId ?? 0;
  };
  const scope = async (thread: number, name: string): Promise<readonly DebugProtocol.Variable[]> => {
    const frameId = (await client.frames(thread))[0]?.id;
    const { scopes } = await client.get<DebugProtocol.ScopesResponse['body']>('scopes', { frameId });
    return client.rows(scopes.find((each) => each.name === name)?.variablesReference ?? 0);
  };

  it('find a port by its label, its identity and the id of any copy', async () => {
    await stopAt('migrate state', 'port == "cc1.signal"');
    const byLabel = await client.get<PortAnswer>('osf1ad/port', { port: 'cc1.signal' });
    assert.equal(byLabel.identity.node, 'dest');
    assert.deepEqual(
      byLabel.copies.map(({ node }) => node),
      ['dest', 'source'],
    );
    assert.deepEqual(byLabel.copies[1]?.way, ['source', 'dest']);
    const keys = [byLabel.identity.identity, ...byLabel.identity.copies];
    for (const port of keys) assert.deepEqual(await client.get<PortAnswer>('osf1ad/port', { port }), byLabel);
    const { identities } = await client.get<ClusterState>('osf1ad/state');
    assert.deepEqual(
      identities.find(({ identity }) => identity === byLabel.identity.identity),
      byLabel.identity,
    );
  });

  it('show the port below a capability, with rows that can be watched', async () => {
    const thread = await stopAt('attach', 'pid == 2');
    const capability = (await scope(thread, 'Capabilities')).find(({ value }) => value.includes('cc1.task'));
    assert.ok(capability);
    const port = (await client.rows(capability.variablesReference)).find(({ name }) => name === 'identity');
    assert.match(port?.value ?? '', /^\S+ cc1\.task, received by kernel on /);
    for (const row of await client.rows(port?.variablesReference ?? 0)) {
      if (row.evaluateName === undefined || row.variablesReference !== 0) continue;
      const shown = row.value === 'none' ? ['none', 'list of 0'] : [row.value];
      assert.ok(shown.includes(await client.evaluate(row.evaluateName, 'watch')), row.evaluateName);
    }
  });

  it('say where every page of a task is', async () => {
    const thread = await stopAt('restart', 'pid == 2');
    const memory = await client.get<MemoryAnswer>('osf1ad/memory', { task: 'pid 2' });
    assert.equal(memory.node, 'dest');
    for (const { name, pages, pageRuns, chain } of memory.regions) {
      assert.equal(
        pageRuns.reduce((sum, run) => sum + run.pages, 0),
        pages,
        name,
      );
      assert.ok(chain.every((id) => memory.objects.some(({ object }) => object === id)));
    }
    assert.ok(memory.residual.some(({ node, pages }) => node === 'source' && pages > 0));
    const data = (await scope(thread, 'Memory')).find(({ name }) => name === 'data');
    const objects = (await client.rows(data?.variablesReference ?? 0)).find(({ name }) => name === 'objects');
    assert.match(
      (await client.rows(objects?.variablesReference ?? 0))[0]?.value ?? '',
      /^import .*, pager .* on source/,
    );
  });

  it('say what a task still needs of other nodes, in the scopes of the task and of its migration', async () => {
    const thread = await stopAt('restart', 'pid == 2');
    for (const name of ['Task', 'Migration']) {
      const residual = (await scope(thread, name)).find((row) => row.name === 'residual');
      const rows = await client.rows(residual?.variablesReference ?? 0);
      const source = rows.find((row) => row.name === 'on source');
      assert.match(source?.value ?? '', /forwarders: \d+, pages: \d+$/, name);
      const members = await client.rows(source?.variablesReference ?? 0);
      assert.deepEqual(
        members.map((member) => member.name),
        ['node', 'pma', 'forwarders', 'relays', 'pages'],
      );
      const pages = members.find((member) => member.name === 'pages');
      assert.equal(await client.evaluate(pages?.evaluateName ?? '', 'watch'), pages?.value);
    }
  });

  it('say what is wrong with a question', async () => {
    await stopAt('attach', 'pid == 2');
    assert.match(await client.fails('osf1ad/port', {}), /'port' is missing; it must be a whole number or a string/);
    assert.match(await client.fails('osf1ad/port', { port: 'nobody' }), /There is no port "nobody" at event \d+/);
    assert.match(await client.fails('osf1ad/port', { port: [] }), /must be a whole number or a string, not a list/);
    assert.match(await client.fails('osf1ad/memory', { task: 9999 }), /There is no task 9999 at event \d+/);
  });
});
