/**
 * Expressions: trees that only look. What acts is an instruction of its own, whose value an expression finds in a slot.
 */

export type Value = number | string | boolean;

/** A range of source: one-based lines and columns, the end exclusive. */
export interface Span {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** `set` is the set of one signal. */
export type UnaryOperator = '-' | 'not' | 'set';
export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'and' | 'or' | '|';

/**
 * What an expression can ask of the world, by the kind of thing it asks.
 * process: pid, node, status (exit status, -1 while alive and if it did not exit), signal (that
 * ended it, or 0), lost (with its node), alive, migrations, delivered (signals delivered so far);
 * migration: state, outcome ('done', 'refused', 'failed', '' while under way), reason, freezing_time, freeze_time,
 *   total_time, task_time (ns), pages_running and pages_frozen (pages moved before and during the freeze);
 * task: node, alive, threads, sent, received, replies, and its own counts;
 * residual: of a process or a task on a node: `pma`, `pages`, `forwarders`, `relay` (counts).
 */
export type ProcessField = 'pid' | 'node' | 'status' | 'signal' | 'lost' | 'alive' | 'migrations' | 'delivered';
export type MigrationField =
  | 'outcome'
  | 'reason'
  | 'freezing_time'
  | 'freeze_time'
  | 'total_time'
  | 'task_time'
  | 'pages_running'
  | 'pages_frozen';
export type TaskField = 'node' | 'alive' | 'threads' | 'sent' | 'received' | 'replies';
export type ResidualField = 'pma' | 'pages' | 'forwarders' | 'relay';

/** What a number stands for where that is not plain: how it is shown to people. */
export type Unit = 'time' | 'size' | 'node';

export type Expression =
  | { readonly kind: 'value'; readonly value: Value; readonly unit?: Unit }
  | { readonly kind: 'slot'; readonly slot: number; readonly span: Span; readonly unit?: Unit }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
      readonly span: Span;
    }
  /** low <= operand <= high */
  | {
      readonly kind: 'within';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly span: Span;
    }
  /** A uniform whole number, low <= n <= high, from the workload's own random stream. */
  | { readonly kind: 'random'; readonly low: Expression; readonly high: Expression; readonly span: Span }
  | { readonly kind: 'process'; readonly field: ProcessField; readonly process: Expression; readonly span: Span }
  | { readonly kind: 'migration'; readonly field: MigrationField; readonly migration: Expression; readonly span: Span }
  | { readonly kind: 'task'; readonly field: TaskField; readonly task: Expression; readonly span: Span }
  /** A count of a Mach task. */
  | { readonly kind: 'count'; readonly count: number; readonly task: Expression; readonly span: Span }
  | {
      readonly kind: 'residual';
      readonly what: 'process' | 'task';
      readonly field: ResidualField;
      readonly process: Expression;
      readonly node: Expression;
      readonly span: Span;
    }
  /** `now`, or whether a node is up. */
  | { readonly kind: 'now'; readonly span: Span }
  | { readonly kind: 'up'; readonly node: Expression; readonly span: Span };
