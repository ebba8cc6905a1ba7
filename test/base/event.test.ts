// The table of event kinds against the numbers by which rooms call them.
import assert from 'node:assert/strict';
import * as event from '../../simulator/base/event.ts';

describe('the kinds of events', () => {
  it('are one table: each number has a row of its own, and each row a name of its own', () => {
    const numbers = Object.values(event).filter((each) => typeof each === 'number');
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      event.eventKinds.map((_, kind) => kind),
    );
    assert.equal(new Set(event.eventKinds.map(({ name }) => name)).size, event.eventKinds.length);
  });

  it('say what they are about', () => {
    const about = (kind: number): string => event.eventKinds[kind]!.about;
    assert.deepEqual(
      [event.RUN, event.SLICE, event.DELIVER, event.ARRIVE, event.HANDLE, event.ROOM, event.UNUSED].map(about),
      ['thread', 'node', 'message', 'crossing', 'arrival', 'port', 'object'],
    );
  });
});
