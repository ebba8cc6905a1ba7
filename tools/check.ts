// npm run check: everything a reviewer would ask for, in one yes or no.
//
// Each step is an npm script of its own, so that the one that says no can be run alone. All steps run, whatever the
// earlier ones said; a step that fails shows its whole output. The tests in the editor belong to `npm test`.
import { finish, main } from './processes.ts';

const steps = ['generated', 'types', 'lint', 'imports', 'dead-code', 'format:check', 'package', 'test:unit'] as const;

main(async () => {
  const failed: string[] = [];
  for (const step of steps) {
    const began_ms = Date.now();
    const { code, output } = await finish('npm', ['run', '--silent', step]);
    const seconds = ((Date.now() - began_ms) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'yes' : 'NO '}  ${step.padEnd(14)} ${seconds.padStart(6)} s`);
    if (code !== 0) {
      failed.push(step);
      console.log(output.trimEnd().replace(/^/gm, '     '));
    }
  }
  if (failed.length > 0) throw new Error(`check: no (${failed.map((step) => `npm run ${step}`).join(', ')})`);
  console.log('check: yes');
});
