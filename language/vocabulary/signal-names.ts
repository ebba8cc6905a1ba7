/** The names of the signals that programs know, by their numbers: for whoever shows a signal to people. */
import { knownNames } from './words.ts';

const names = new Map(
  knownNames.flatMap(({ name, value }) => (/^SIG[A-Z0-9]+$/.test(name) && value !== null ? [[value, name]] : [])),
);

export const signalName = (signal: number): string => names.get(signal) ?? `signal ${signal}`;

export const signalNames = (signals: readonly number[]): string => signals.map(signalName).join(', ');
