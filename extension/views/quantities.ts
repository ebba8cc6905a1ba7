/**
 * Numbers as the views write them: times in milliseconds like the report's, sizes in the largest unit that leaves a
 * number below 1024, port names in hexadecimal as the Mach debuggers print them.
 */

const ns_per_ms = 1e6;

export const time = (time_ns: number): string => `${(time_ns / ns_per_ms).toFixed(3)} ms`;

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const [amount, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KB'] : [bytes / 1024 / 1024, 'MB'];
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)} ${unit}`;
}

export const portName = (name: number): string => `0x${name.toString(16)}`;

export const count = (amount: number, what: string): string => `${amount} ${amount === 1 ? what : plural(what)}`;

function plural(what: string): string {
  if (/[^aeiou]y$/.test(what)) return `${what.slice(0, -1)}ies`;
  return what.endsWith('s') ? `${what}es` : `${what}s`;
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '0 %' : `${Math.round((100 * part) / whole)} %`;
