// What the kernels say to each other about a page, in order; UPDATE=1 writes the transcripts anew.
import { BYTES_PER_PAGE } from '../../simulator/mach/vm/object.ts';
import { millisecond, sleep } from '../mach/cluster.ts';
import { memoryCluster, read, region, vm, write } from '../mach/vm/memory.ts';
import { compareTranscript, listen, sharing } from './story.ts';

describe('the transcript of', () => {
  it('a read fault, with the writer on another node', () => {
    const s = sharing(3, 1);
    s.does(1, write('shared', 0));
    s.tasks[2]!.thread(read('shared', 0));
    compareTranscript('read-fault-with-writer', listen(s.c));
  });

  it('a write fault, with two readers', () => {
    const s = sharing(4, 1);
    s.does(0, write('shared', 0));
    s.does(1, read('shared', 0));
    s.does(2, read('shared', 0));
    s.tasks[3]!.thread(write('shared', 0));
    compareTranscript('write-fault-with-readers', listen(s.c));
  });

  it('a copy-call, and the first write after it', () => {
    const s = sharing(3, 1);
    s.does(1, write('shared', 0));
    const child = { name: 'child', kind: 'mach', inherit: true, pid: -1, activity: 0 };
    s.tasks[0]!.thread(vm('task_create', child));
    const copied = listen(s.c);
    s.tasks[2]!.thread(write('shared', 0));
    compareTranscript('copy-call-and-push', [...copied, '', ...listen(s.c)]);
  });

  it('a page-out and a page-in', () => {
    const c = memoryCluster({ memory: 2 * BYTES_PER_PAGE }, 'n0');
    const pages = [0, 1, 2];
    c.task('n0', 'task').thread(
      vm('vm_allocate', region('heap', 3)),
      ...pages.map((page) => write('heap', page)),
      sleep(50 * millisecond),
      read('heap', 0),
    );
    compareTranscript('page-out-and-page-in', listen(c));
  });
});
