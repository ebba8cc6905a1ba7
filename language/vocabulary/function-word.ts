/** What is said of a function of the language, and where it belongs. */
import type { Type } from '../types.ts';

/** Where a statement or a function belongs. */
export type Room = 'program' | 'task' | 'scenario';

export const allRooms: readonly Room[] = ['program', 'task', 'scenario'];

export interface FunctionParameter {
  readonly name: string;
  /** More than one: any of them fits. */
  readonly types: readonly Type[];
  readonly optional?: true;
}

export interface FunctionWord {
  readonly name: string;
  readonly rooms: readonly Room[];
  /** null: any number of arguments of any type that can be shown, or what a message can carry. */
  readonly parameters: readonly FunctionParameter[] | null;
  /** The function sends a message: its first argument is a port, or a message to answer. */
  readonly carries?: 'port' | 'message';
  readonly result: Type;
  readonly doc: string;
}

export const parameter = (name: string, ...types: Type[]): FunctionParameter => ({ name, types });
export const optional = (name: string, ...types: Type[]): FunctionParameter => ({ name, types, optional: true });
