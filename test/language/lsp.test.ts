// The language server by its messages: a client at the other end of two streams, as every editor is.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CodeAction,
  type CompletionList,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { serve } from '../../language/server.ts';

const uri = 'file:///scripts/lab.adw';

const script = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
  node source { pma }
  node dest { pma }
}

/** Computes for a while. */
program worker(rounds: int) {
  for i in 1 .. rounds {
    compute 50 ms
  }
}

// As in the paper.
scenario "a worker moves" on lab {
  let w = spawn worker(40) on source
  at 500 ms
  let m = migrate w to dest
  wait m
  expect m.freeze_time < 2 s
}
`;

interface Client {
  readonly connection: ProtocolConnection;
  readonly toServer: PassThrough;
  /** Opens the script, or replaces its text; resolves with the diagnostics that follow. */
  write(text: string): Promise<PublishDiagnosticsParams>;
  /** Sends a request about the place where `|` stands in a line of the script. */
  ask<Answer>(method: string, place: string, more?: object): Promise<Answer>;
}

function connect(): Client {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  serve({ connection: createConnection(new StreamMessageReader(toServer), new StreamMessageWriter(toClient)) });
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  connection.listen();
  let version = 0;
  let text = '';
  return {
    connection,
    toServer,
    async write(newText) {
      text = newText;
      version += 1;
      const published = new Promise<PublishDiagnosticsParams>((resolve) => {
        const listening = connection.onNotification(
          'textDocument/publishDiagnostics',
          (params: PublishDiagnosticsParams) => {
            if (params.uri !== uri) return;
            listening.dispose();
            resolve(params);
          },
        );
      });
      if (version === 1) {
        const textDocument = { uri, languageId: 'osf1ad', version, text };
        await connection.sendNotification('textDocument/didOpen', { textDocument });
      } else {
        const contentChanges = [{ text }];
        await connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges });
      }
      return published;
    },
    async ask(method, place, more = {}) {
      const offset = text.indexOf(place.replace('|', '')) + place.indexOf('|');
      assert.notEqual(offset, -2, `no ${place} in the script`);
      const before = text.slice(0, offset).split('\n');
      const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      return connection.sendRequest(method, { textDocument: { uri }, position, ...more });
    },
  };
}

describe('the language server', () => {
  let client: Client;

  beforeEach(async () => {
    client = connect();
    await client.connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
    await client.connection.sendNotification('initialized', {});
    const { diagnostics } = await client.write(script);
    assert.deepEqual(diagnostics, []);
  });

  afterEach(() => client.connection.dispose());

  const lineOf = ({ range }: Location): number => range.start.line + 1;

  const definition = async (place: string): Promise<number[]> => {
    const found = await client.ask<LocationLink[] | null>('textDocument/definition', place);
    return (found ?? []).map(({ targetSelectionRange }) => targetSelectionRange.start.line + 1);
  };

  it('publishes diagnostics, and a quick fix for one', async () => {
    const { diagnostics } = await client.write(script.replace('to dest', 'to dets'));
    assert.deepEqual(
      diagnostics.map(({ code, range }) => [code, range.start.line]),
      [['unknown-node', 17]],
    );
    const actions = await client.ask<CodeAction[]>('textDocument/codeAction', 'to |dets', {
      range: diagnostics[0]?.range,
      context: { diagnostics },
    });
    assert.equal(actions[0]?.title, 'Change to `dest`');
    assert.equal(actions[0].edit?.changes?.[uri]?.[0]?.newText, 'dest');
  });

  it('goes to definitions', async () => {
    assert.deepEqual(await definition('spawn wor|ker'), [8]);
    assert.deepEqual(await definition('on sou|rce'), [3]);
    assert.deepEqual(await definition('migrate |w to'), [16]);
    assert.deepEqual(await definition('m.freeze|_time'), []);
  });

  it('finds references', async () => {
    const found = await client.ask<Location[]>('textDocument/references', 'program wor|ker', {
      context: { includeDeclaration: true },
    });
    assert.deepEqual(found.map(lineOf), [8, 16]);
  });

  it('renames, but not to a word of the language', async () => {
    const edit = await client.ask<WorkspaceEdit>('textDocument/rename', 'node de|st', { newName: 'file' });
    assert.deepEqual(
      edit.changes?.[uri]?.map(({ range, newText }) => [range.start.line + 1, newText]),
      [
        [4, 'file'],
        [18, 'file'],
      ],
    );
    for (const newName of ['while', 'wait', 'a b', '']) {
      await assert.rejects(client.ask('textDocument/rename', 'node de|st', { newName }), /cannot be a name/);
    }
  });

  it('hovers', async () => {
    const text = async (place: string): Promise<string> => {
      const hover = await client.ask<Hover | null>('textDocument/hover', place);
      return (hover?.contents as { value: string } | undefined)?.value ?? '';
    };
    assert.equal(await text('spawn wor|ker'), '```osf1ad\nprogram worker(rounds: int)\n```\n\nComputes for a while.');
    assert.equal(await text('program wor|ker'), '```osf1ad\nprogram worker(rounds: int)\n```\n\nComputes for a while.');
    assert.equal(await text('scenario "a wor|ker'), '```osf1ad\nscenario "a worker moves"\n```\n\nAs in the paper.');
    assert.equal(await text('1 .. rou|nds'), '```osf1ad\nrounds: int\n```');
    assert.match(await text('m.freeze|_time'), /how long the process is suspended/i);
    assert.match(await text('compute 5|0 ms'), /50 ms = 50000000 ns/);
    assert.match(await text('{ p|ma }'), /process management agent/);
    assert.equal(await text('wait m|'), '');
  });

  it('outlines and folds', async () => {
    const symbols = await client.ask<DocumentSymbol[]>('textDocument/documentSymbol', '|cluster');
    assert.deepEqual(
      symbols.map(({ name, children }) => [name, children?.map((child) => child.name)]),
      [
        ['lab', ['master', 'source', 'dest']],
        ['worker', []],
        ['a worker moves', []],
      ],
    );
    const folds = await client.ask<{ startLine: number; endLine: number }[]>('textDocument/foldingRange', '|cluster');
    assert.deepEqual(
      folds.map(({ startLine }) => startLine).sort((a, b) => a - b),
      [0, 7, 8, 14],
    );
  });

  it('formats', async () => {
    const options = { tabSize: 2, insertSpaces: true };
    await client.write(script.replace('  at 500 ms', '      at   500ms'));
    const edits = await client.ask<TextEdit[]>('textDocument/formatting', '|cluster', { options });
    assert.deepEqual(
      edits.map(({ newText }) => newText),
      ['  at 500 ms'],
    );
  });

  it('colours', async () => {
    const { data } = await client.ask<{ data: number[] }>('textDocument/semanticTokens/full', '|cluster');
    assert.equal(data.length % 5, 0);
    assert.ok(data.length > 50);
  });

  it('completes', async () => {
    const list = await client.ask<CompletionList>('textDocument/completion', 'm.|freeze_time');
    assert.ok(list.items.some(({ label }) => label === 'freezing_time'));
  });

  it('knows what a task counts wherever a scenario asks for it', async () => {
    const tasks = `${script}
/** Says it back. */
task echo { let p = port publish p as "echo" count served while true { reply(receive(p)) served = served + 1 } }
scenario "tasks" on lab {
  let e = start echo() on dest
  expect e.served == 0
}
`;
    const { diagnostics } = await client.write(tasks);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(await definition('start ec|ho'), [24]);
    assert.deepEqual(await definition('e.ser|ved'), [24]);
    const edit = await client.ask<WorkspaceEdit>('textDocument/rename', 'count ser|ved', { newName: 'answered' });
    assert.deepEqual(
      edit.changes?.[uri]?.map(({ range }) => range.start.line + 1),
      [24, 24, 24, 27],
    );
    const hover = await client.ask<Hover>('textDocument/hover', 'start ec|ho');
    assert.equal((hover.contents as { value: string }).value, '```osf1ad\ntask echo()\n```\n\nSays it back.');
    const symbols = await client.ask<DocumentSymbol[]>('textDocument/documentSymbol', '|cluster');
    assert.deepEqual(symbols.map(({ name }) => name).slice(3), ['echo', 'tasks']);
    const folds = await client.ask<{ startLine: number }[]>('textDocument/foldingRange', '|cluster');
    assert.ok(folds.some(({ startLine }) => startLine === 24));
  });

  it('survives broken messages', async () => {
    const send = (body: string): unknown =>
      client.toServer.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    send('{ this is not JSON');
    send('[]');
    send('null');
    send('{"jsonrpc":"2.0","id":"x"}');
    send('{"jsonrpc":"2.0","id":99,"method":"textDocument/hover"}');
    send(
      '{"jsonrpc":"2.0","id":98,"method":"textDocument/hover","params":{"textDocument":{"uri":3},"position":"here"}}',
    );
    send('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///nowhere.adw"}}}');
    const list = await client.ask<CompletionList>('textDocument/completion', 'm.|freeze_time');
    assert.ok(list.items.length > 0);
    await assert.rejects(client.connection.sendRequest('textDocument/nonsense', {}));
    const { diagnostics } = await client.write(`${script}\nprogram {`);
    assert.equal(diagnostics.length, 1);
  });
});
