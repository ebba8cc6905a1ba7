/**
 * The language server as a program of its own: over stdio, or over the channel of a parent that starts it with
 * `--node-ipc`.
 */
import { serveStdio } from './stdio.ts';

serveStdio(process.argv.includes('--node-ipc'));
