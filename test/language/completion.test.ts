// Completion: what is offered where `|` stands, and what is not.
import assert from 'node:assert/strict';
import { DocumentState, URI } from 'langium';
import { createLanguageServices } from '../../language/server.ts';

const services = createLanguageServices();

function offered(text: string): string[] {
  const offset = text.indexOf('|');
  const source = text.replace('|', '');
  const factory = services.shared.workspace.LangiumDocumentFactory;
  const document = factory.fromString(source, URI.parse('file:///case.adw'));
  document.state = DocumentState.ComputedScopes;
  const position = document.textDocument.positionAt(offset);
  const params = { textDocument: { uri: 'file:///case.adw' }, position };
  const list = services.language.lsp.CompletionProvider?.getCompletion(document, params);
  assert.ok(list === undefined || 'items' in list);
  return list?.items.map(({ label }) => label) ?? [];
}

/** Checks that all of `some` is offered, and none of `not`. */
function check(text: string, some: string, not = ''): void {
  const found = offered(text);
  const split = (words: string): string[] => words.split(' ').filter((word) => word !== '');
  assert.deepEqual(
    split(some).filter((word) => !found.includes(word)),
    [],
    `missing at ${text}`,
  );
  assert.deepEqual(
    split(not).filter((word) => found.includes(word)),
    [],
    `too much at ${text}`,
  );
}

/** Checks that exactly these are offered. */
const checkAll = (text: string, all: string): void => assert.equal(offered(text).join(' '), all, text);

const lab = 'cluster lab { node master { pma } node source { pma } } cluster other { node far { } }';

describe('completion', () => {
  it('declarations', () => {
    checkAll('|', 'cluster file const program task scenario');
    checkAll(`${lab} pro|`, 'cluster file const program task scenario');
  });

  it('clusters and nodes', () => {
    checkAll('cluster c { |', 'machine network price process_management file_caching placement lost_pages node');
    checkAll('cluster c { machine | }', 'i386_25');
    checkAll('cluster c { network | }', 'ethernet_10 ethernet_10_switched mesh_200');
    checkAll('cluster c { process_management | }', 'centralised distributed local_masters');
    checkAll('cluster c { lost_pages | }', 'at_once at_fault');
    checkAll('cluster c { placement | }', 'local least_loaded round_robin');
    check('cluster c { price | }', 'kernel_call remote_rpc', 'i386_25');
    check('cluster c { node n { | } }', 'pma pm_master file_server refuse', 'node compute');
    check('cluster c { node n { pma pm_m| } }', 'pm_master');
    check('cluster c { node n { refuse | } }', 'always');
  });

  it('names of nodes come from the cluster of the scenario', () => {
    const scenario = `${lab} program w { } scenario "s" on lab {`;
    checkAll(`${scenario} let p = spawn w() on |`, 'master source');
    checkAll(`${scenario} migrate p to so| }`, 'master source');
    checkAll(`${scenario} crash | sleep 1 s }`, 'master source');
    checkAll(`${scenario} reboot | sleep 1 s }`, 'master source');
    checkAll(`${scenario} partition | sleep 1 s }`, 'master source');
    checkAll(`${scenario} partition master from | sleep 1 s }`, 'master source');
    checkAll(`${lab} scenario "s" on |`, 'lab other');
    checkAll(`${lab} file "/a" on |`, 'master source far');
  });

  it('programs after spawn and exec', () => {
    checkAll(`${lab} program w { } program v { exec | }`, 'w v');
    checkAll(`${lab} program w { } scenario "s" on lab { let p = spawn | }`, 'w');
  });

  it('fields by type', () => {
    const scenario = `${lab} program w { } scenario "s" on lab { let p = spawn w() on source let m = migrate p to master`;
    checkAll(`${scenario} expect p.|`, 'pid node status signal lost alive migrations delivered');
    check(`${scenario} expect m.fr| }`, 'freeze_time freezing_time outcome', 'pid');
    checkAll(`${scenario} expect residual(p, source).|`, 'pma pages forwarders relay');
    checkAll(`${scenario} expect q.|`, '');
  });

  it('statements and values by room', () => {
    check('program w(n: int) { | }', 'let if compute touch fork exec getpid n', 'spawn expect crash up');
    check('program w { compute 1 ms | }', 'let compute');
    check(
      `${lab} scenario "s" on lab { | }`,
      'let at sleep expect on crash reboot partition heal spawn migrate up',
      'compute fork getpid',
    );
    check('program w { let x = | }', 'fork getpid random SIGTERM', 'let while');
  });

  it('variables that are visible, and no others', () => {
    const program = 'program w(n: int) { let a = 1 if true { let b = 2 } for i in 1 .. 2 { let c = 3';
    check(`${program} print(| ) } let d = 4 }`, 'n a i c', 'b d');
    check(`${program} } print(|`, 'n a', 'b c i');
    check('program v(x: int) { } program w(y: int) { print(| ) }', 'y', 'x');
  });

  it('phases, regions, mechanisms, types and units', () => {
    check(`${lab} scenario "s" on lab { on phase | of p { } }`, 'freeze attach refused');
    checkAll('program w { touch | }', 'text data bss stack');
    checkAll(`${lab} scenario "s" on lab { migrate p to source by | }`, 'process task');
    const migrate = `${lab} scenario "s" on lab { let m = migrate p to source by task`;
    checkAll(`${migrate} using |`, 'sms oms user_level in_kernel');
    checkAll(`${migrate} with |`, 'copy_on_reference eager flush pre_copy');
    checkAll(`${migrate} using sms with |`, 'copy_on_reference');
    checkAll(`${migrate} using oms with eager agent on |`, 'master source');
    check(`${migrate} using oms |`, 'with agent', 'using');
    checkAll('program w(n: | ) { }', 'int time size text bool process descriptor');
    checkAll('program w { compute 5 | }', 'ns us ms s B bytes KB MB');
    checkAll(`${lab} scenario "s" on lab { on | }`, 'phase');
  });

  it('what Mach tasks do', () => {
    const task =
      'task w(n: int, m: memory) { let p = port let a = receive(p) let b = vm_allocate("b", 4 KB) count done';
    check(
      `${task} | }`,
      'count thread publish request touch sleep send receive rpc reply done break',
      'fork exec expect wait',
    );
    check(`${task} let x = | }`, 'port lookup start rpc vm_map', 'publish spawn');
    checkAll(`${task} print(a.| ) }`, 'reply operation body bytes port rights to sequence memory');
    check(`${task} send(p, | ) }`, 'copy move make share a p', 'thread');
    checkAll(`${task} dirty | }`, 'm b');
    checkAll(`${task} let c = a.memory let d = a.port dirty | }`, 'm b c');
    checkAll(`${task} let d = a.port publish | }`, 'p d');
    checkAll(`${task} publish | }`, 'p');
    checkAll(`${lab} ${task} let far = "far" start w(1, b) on | }`, '"master" "source" "far" far');
    checkAll(`${task} request notification | }`, 'no_senders dead_name port_destroyed');
    checkAll('task w(n: | ) { }', 'int time size text bool memory');
    const scenario = `${lab} ${task} } scenario "s" on lab { let t = start`;
    checkAll(`${scenario} |`, 'w');
    checkAll(`${scenario} w() on |`, 'master source');
    checkAll(`${scenario} w() on source expect t.|`, 'node alive threads sent received replies done');
  });

  it('nothing in comments and for new names', () => {
    checkAll('// clu|', '');
    checkAll('/* clu|ster */', '');
    checkAll('program w { let | }', '');
    checkAll('const |', '');
  });
});
