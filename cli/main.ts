/**
 * The command `osf1ad`: hands the process over to the command line and ends with its exit code.
 *
 * The first Ctrl-C lets the command stop at the present moment and say what it has; the second ends it at once. A
 * reader that goes away (`osf1ad run ... | head`) is no error.
 */
import { osf1ad } from './command-line.ts';
import { exitCodes } from './exit.ts';
import { wantsColor } from './io.ts';

const interrupt = new AbortController();

process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(exitCodes.interrupted);
  interrupt.abort();
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

void osf1ad(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  color: wantsColor(process.env, process.stdout.isTTY && process.stderr.isTTY),
  interrupt: interrupt.signal,
  stdin: process.stdin,
  stdout: process.stdout,
}).then((code) => {
  process.exitCode = code;
});
