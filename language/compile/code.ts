/**
 * The instruction list of one program or scenario while it is being written, and its slots.
 *
 * `begin` announces a statement; the next instruction that is placed begins it, and no other does. So operands are lowered
 * before their instruction is placed. Jumps are written before their targets are known, and landed later.
 *
 * A record has several slots, one for each of its fields (record.ts).
 *
 * One name of one type has one slot in a program or task, wherever its blocks are: two variables of a name are never alive at
 * once, but in the handler of a signal, which has slots of its own. Threads of a scenario share their locals, so there every variable has a slot of its own. Temporaries have the
 * empty name, and are never shared either.
 */
import type { Instruction, Span } from '../../simulator/workload/program.ts';
import type * as ast from '../generated/ast.ts';
import type { Room } from '../vocabulary/functions.ts';
import { isRecord, type Type } from '../types.ts';
import type { Typing } from '../typing.ts';
import { fieldsOf } from '../vocabulary/words.ts';

/** What every instruction carries. */
export interface Place {
  readonly span: Span;
  readonly statement: boolean;
}

export interface Surroundings {
  readonly room: Room;
  readonly typing: Typing;
  /** Index of every program and task of the script. */
  readonly programs: ReadonlyMap<ast.ProgramDeclaration | ast.TaskDeclaration, number>;
  /** The nodes of the scenario's cluster, in order; none in a program. */
  readonly nodes: readonly ast.NodeDeclaration[];
}

export class Code {
  readonly around: Surroundings;
  readonly instructions: Instruction[] = [];
  readonly slots: string[] = [];
  readonly types: Type[] = [];
  readonly #slotOf = new Map<ast.Variable, number>();
  #span: Span = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  #begins = false;
  readonly #apart = new Set<number>();
  #isApart = false;
  readonly #loops: { readonly breaks: number[]; readonly continues: number[] }[] = [];

  constructor(around: Surroundings) {
    this.around = around;
  }

  /** Index of the next instruction. */
  get here(): number {
    return this.instructions.length;
  }

  begin(span: Span): void {
    this.#span = span;
    this.#begins = true;
  }

  /** Where the next instruction stands: at the statement, unless it has a place of its own. */
  place(span?: Span): Place {
    const statement = this.#begins;
    this.#begins = false;
    return { span: span ?? this.#span, statement };
  }

  /** Writes an instruction; returns its index. */
  emit(instruction: Instruction): number {
    return this.instructions.push(instruction) - 1;
  }

  /** Lets an earlier jump go to the next instruction. */
  land(jump: number): void {
    const instruction = this.instructions[jump];
    if (instruction === undefined || !('to' in instruction)) throw new Error(`no jump at ${jump}`);
    this.instructions[jump] = { ...instruction, to: this.here };
  }

  newSlot(name: string, type: Type): number {
    this.types.push(type);
    const slot = this.slots.push(name) - 1;
    if (isRecord(type))
      for (const field of fieldsOf(type).slice(1)) this.newSlot(name && `${name}.${field.name}`, field.type);
    return slot;
  }

  /** A jump out of the innermost loop, or to its next time around, lands where `leaveLoop` says. */
  enterLoop(): void {
    this.#loops.push({ breaks: [], continues: [] });
  }

  jumpInLoop(kind: 'breaks' | 'continues', jump: number): void {
    const loop = this.#loops.at(-1);
    if (loop === undefined) throw new Error('a jump that the checker did not find');
    loop[kind].push(jump);
  }

  /** The next instruction is where every `continue` goes. */
  landContinues(): void {
    for (const jump of this.#loops.at(-1)?.continues ?? []) this.land(jump);
  }

  /** The next instruction is where every `break` goes. */
  leaveLoop(): void {
    for (const jump of this.#loops.pop()?.breaks ?? []) this.land(jump);
  }

  /** What is lowered meanwhile may run between any two other instructions: its variables are never others' too. */
  apart(lower: () => void): void {
    const before = this.#isApart;
    this.#isApart = true;
    lower();
    this.#isApart = before;
  }

  declare(variable: ast.Variable): number {
    const type = this.around.typing.ofVariable(variable);
    const same = this.#isApart
      ? -1
      : this.slots.findIndex(
          (name, slot) => name === variable.name && this.types[slot] === type && !this.#apart.has(slot),
        );
    const slot = same >= 0 && this.around.room !== 'scenario' ? same : this.newSlot(variable.name, type);
    if (this.#isApart) this.#apart.add(slot);
    this.#slotOf.set(variable, slot);
    return slot;
  }

  slotOf(variable: ast.Variable): number {
    const slot = this.#slotOf.get(variable);
    if (slot === undefined) throw new Error(`no slot for ${variable.name}`);
    return slot;
  }
}
