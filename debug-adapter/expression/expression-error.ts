/**
 * Why an expression cannot be read, or has no value now. The column is one-based and counts in the expression itself.
 */
export class ExpressionError extends Error {
  readonly column: number;

  constructor(text: string, column: number) {
    super(`${text} (column ${column})`);
    this.column = column;
  }
}
