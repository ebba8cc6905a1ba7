/** User references: how many times a space was given one right under one name [mechanisms 1.3]. */
import {
  DEAD_NAME,
  FREE,
  MAXIMUM_USER_REFERENCES,
  PORT_SET,
  RECEIVE,
  SEND,
  SEND_ONCE,
  SEND_RECEIVE,
  entriesOf,
  typeAt,
  urefsAt,
} from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const userReferences: Checker = {
  rule: 'I6',
  story: 'user references stay in the range of their type of right',
  check(w) {
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { space } = task;
      for (let index = 0; index < entriesOf(space); index++) {
        const type = typeAt(space, index);
        const urefs = urefsAt(space, index);
        if (!inRange(type, urefs))
          broken('I6', `${task.name} has an entry of type ${type} with ${urefs} user references`);
      }
    }
  },
};

function inRange(type: number, urefs: number): boolean {
  switch (type) {
    case SEND:
    case SEND_RECEIVE:
      return urefs >= 1 && urefs < MAXIMUM_USER_REFERENCES;
    case DEAD_NAME:
      return urefs >= 1 && urefs <= MAXIMUM_USER_REFERENCES;
    case SEND_ONCE:
      return urefs === 1;
    case FREE:
    case RECEIVE:
    case PORT_SET:
      return urefs === 0;
    default:
      return false;
  }
}
