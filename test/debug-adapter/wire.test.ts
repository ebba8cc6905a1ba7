import assert from 'node:assert/strict';
import { createWireReader, frameMessage } from '../../debug-adapter/wire.ts';

/** What a reader makes of bytes that come in pieces of the given length. */
function read(bytes: Uint8Array | string, piece = Infinity): { messages: unknown[]; broken: string[] } {
  const messages: unknown[] = [];
  const broken: string[] = [];
  const reader = createWireReader(
    (message) => messages.push(message),
    (why) => broken.push(why),
  );
  const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  for (let at = 0; at < all.length; at += piece) reader.feed(all.subarray(at, at + piece));
  return { messages, broken };
}

const framed = (...messages: object[]): string =>
  messages.map((each) => new TextDecoder().decode(frameMessage(each))).join('');

describe('the wire', () => {
  it('carries messages in pieces of any size', () => {
    const sent = [{ a: 'ü→ŝ' }, { b: [] }];
    for (const piece of [1, 2, 7, 1000]) assert.deepEqual(read(framed(...sent), piece), { messages: sent, broken: [] });
  });

  it('skips a body that is not JSON and goes on', () => {
    const { messages, broken } = read(`Content-Length: 3\r\n\r\n{x}${framed({ ok: 1 })}`);
    assert.deepEqual(messages, [{ ok: 1 }]);
    assert.match(broken.join(), /not JSON: "\{x\}"/);
  });

  it('skips a header without a length, and other header fields', () => {
    const { messages, broken } = read(`Hello: 1\r\n\r\nContent-Type: x\r\n${framed({ ok: 1 })}`);
    assert.deepEqual(messages, [{ ok: 1 }]);
    assert.match(broken.join(), /without Content-Length/);
  });

  it('finds the next header after a length that was too small', () => {
    const { messages, broken } = read(`Content-Length: 2\r\n\r\n{"a":1}${framed({ ok: 1 })}${framed({ ok: 2 })}`);
    assert.deepEqual(messages, [{ ok: 1 }, { ok: 2 }]);
    assert.equal(broken.length, 1);
  });

  it('does not wait for a message that is too long, nor hold a header that never ends', () => {
    assert.match(read('Content-Length: 999999999999\r\n\r\n').broken.join(), /longer than/);
    assert.match(read('x'.repeat(10_000), 1000).broken.join(), /no header/);
    assert.deepEqual(read(`${'x'.repeat(10_000)}${framed({ ok: 1 })}`).messages, [{ ok: 1 }]);
  });
});
