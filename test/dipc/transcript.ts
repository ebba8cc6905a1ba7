/**
 * Transcripts: every packet that the kernels of a cluster take in, and every message that a thread receives, a line each:
 * when, on which node, what, about which port, and from where. The expected text stands in test/dipc/transcripts; it is
 * written anew with UPDATE=1 and compared otherwise.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadOf } from '../../simulator/mach/thread.ts';
import { millisecond, type Cluster } from '../mach/cluster.ts';

/** Runs until nothing happens any more, and says what was told on the way. */
export function told(c: Cluster): string[] {
  const { w } = c;
  const lines: string[] = [];
  const line = (node: string, event: string, text: string): void => {
    const time = (w.time / millisecond).toFixed(3).padStart(9);
    lines.push(`${time} ms  ${node}  ${event.padEnd(26)}${text}`.trimEnd());
  };
  while (c.step()) {
    for (const notice of w.notices) {
      if (notice.kind === 'protocol') line(notice.node, notice.event, `${notice.port}  ${notice.text}`.trim());
      if (notice.kind === 'crashed') line(notice.node, 'crashed', '');
      if (notice.kind !== 'received') continue;
      const { name } = w.nodes.rows[notice.node]!;
      const thread = threadOf(w, notice.thread)!;
      const { label } = w.ports.rows[notice.port]!;
      const sender = threadOf(w, notice.sender)?.name ?? '';
      line(name, '   received', `${label}  by ${thread.name}${sender === '' ? '' : ` from ${sender}`}`);
    }
  }
  return lines;
}

/** Compares the parts of a transcript, each with its heading, with what is expected. */
export function expectTranscript(name: string, parts: readonly (readonly [string, readonly string[]])[]): void {
  const text = parts.map(([heading, lines]) => `${heading}\n${lines.join('\n')}\n`).join('\n');
  const path = join(import.meta.dirname, 'transcripts', `${name}.txt`);
  if (process.env['UPDATE'] === '1') writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'));
}
