// Cases as text. A file holds sections, each begun by a line `//// title`; what is expected of a section is written into it
// as comments, where it belongs. A test takes the comments out, asks the product again, writes the answer in, and compares.
//
// With UPDATE=1 in the environment the files are rewritten with what the product answers now: read the diff.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Declares one test per section of every file in a folder; `annotate` gets the bare text and gives it with its comments. */
export function testSections(folder: string, bare: (text: string) => string, annotate: (text: string) => string): void {
  const directory = join(import.meta.dirname, folder);
  for (const name of readdirSync(directory).sort()) {
    describe(name, () => {
      const path = join(directory, name);
      const sections = readFileSync(path, 'utf8').split(/^(?=\/\/\/\/ )/m);
      if (process.env['UPDATE'] === '1') {
        writeFileSync(path, sections.map((section) => annotate(bare(section))).join(''));
        return;
      }
      for (const section of sections) {
        it(/^\/\/\/\/ (.*)/.exec(section)?.[1] ?? 'preamble', () => {
          assert.equal(annotate(bare(section)), section);
        });
      }
    });
  }
}
