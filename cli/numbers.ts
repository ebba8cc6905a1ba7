/** The numbers among the options, as the command line reads them. */
import { InvalidArgumentError } from 'commander';

export function countArgument(text: string): number {
  return wholeNumber(text, 'It is no whole number of events.');
}

export function seedArgument(text: string): number {
  return wholeNumber(text, 'A seed is a whole number, 0 or more.');
}

function wholeNumber(text: string, message: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new InvalidArgumentError(message);
  return Number(text);
}
