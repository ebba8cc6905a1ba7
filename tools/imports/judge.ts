// Holds every source file against the table of rooms and says, for each door that does not exist, why it does not.
//
// The input is a map from path to text, so that a test can build a house that breaks a rule on purpose.
import { posix } from 'node:path';
import { scan, type Import } from './scan.ts';
import { forbiddenInSimulator, rooms, type Room } from './table.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** The room with the longest path that contains the file. */
export function roomOf(path: string): Room | undefined {
  let best: { room: Room; length: number } | undefined;
  for (const room of rooms) {
    for (const place of room.paths) {
      const inside = place.endsWith('/') ? path.startsWith(place) : path === place;
      if (inside && place.length > (best?.length ?? 0)) best = { room, length: place.length };
    }
  }
  return best?.room;
}

const allows = (list: readonly string[], name: string): boolean =>
  list.some((entry) => entry === name || (entry.endsWith('/*') && name.startsWith(entry.slice(0, -1))));

function packageOf(module: string): string {
  if (module.startsWith('node:')) return 'node:';
  const parts = module.split('/');
  return module.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? module);
}

function wall(room: Room, what: string): string {
  const doors = [...room.rooms, ...(room.typesOf ?? []).map((name) => `${name} (types)`), ...room.packages];
  return `${room.name} may not import ${what}: ${room.reason}. It may import ${doors.join(', ') || 'nothing'}.`;
}

function judgeImport(path: string, room: Room, { module, typesOnly }: Import): string | undefined {
  if (module === null) {
    return room.packages.includes('*') ? undefined : `${room.name} may not import what only the run decides`;
  }
  if (!module.startsWith('.')) {
    const name = packageOf(module);
    return room.packages.includes('*') || room.packages.includes(name) ? undefined : wall(room, name);
  }
  const target = posix.join(posix.dirname(path), module);
  const other = roomOf(target);
  if (other === undefined) {
    return target.startsWith('..')
      ? `${module} leaves the repository`
      : room.packages.includes('*')
        ? undefined
        : wall(room, `${target}, which is in no room`);
  }
  if (other === room || allows(room.rooms, other.name)) return undefined;
  if (!allows(room.typesOf ?? [], other.name)) return wall(room, other.name);
  return typesOnly ? undefined : wall(room, `values of ${other.name} (write \`import type\`)`);
}

export function judge(files: ReadonlyMap<string, string>): Finding[] {
  const findings: Finding[] = [];
  for (const [path, text] of files) {
    const room = roomOf(path);
    if (room === undefined) {
      findings.push({ path, line: 1, message: 'this file is in no room; name its room in tools/imports/table.ts' });
      continue;
    }
    const { imports, names } = scan(path, text);
    for (const found of imports) {
      const message = judgeImport(path, room, found);
      if (message !== undefined) findings.push({ path, line: found.line, message });
    }
    if (!path.startsWith('simulator/')) continue;
    for (const { name, line } of names) {
      const ban = forbiddenInSimulator.find((entry) => entry.name === name);
      if (ban !== undefined) findings.push({ path, line, message: `the simulator may not use ${name}: ${ban.reason}` });
    }
  }
  return findings;
}
