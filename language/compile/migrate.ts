/**
 * Lowers how a task is moved. What is left out is what the rest asks for: memory travels by reference, and the simple
 * migration server moves it; any other strategy needs the optimized one [mechanisms 4.5].
 */
import type {
  CallTreatment,
  Expression,
  TaskMigrationHow,
  TaskMigrationImplementation,
  TaskMigrationStrategy,
} from '../../simulator/workload/program.ts';
import type * as ast from '../generated/ast.ts';
import type { Code } from './code.ts';
import { lowerExpression } from './expression.ts';

/** What becomes of its system calls in progress: their end is awaited, as the paper does, if nobody says anything else. */
export function lowerCalls({ calls, early }: ast.Migrate): CallTreatment {
  if (early) return 'early';
  return calls === 'restarting' ? 'restart' : 'await';
}

export function lowerHow(code: Code, migrate: ast.Migrate): TaskMigrationHow | null {
  const { implementation, strategy, rounds, threshold, agent } = migrate;
  const said = [implementation, strategy, rounds, threshold, agent].some((part) => part !== undefined);
  if (!said) return null;
  const lower = (value: ast.Expression | undefined): Expression | null =>
    value === undefined ? null : lowerExpression(code, value);
  const usual = (strategy ?? 'copy_on_reference') === 'copy_on_reference' ? 'sms' : 'oms';
  return {
    using: (implementation ?? usual) as TaskMigrationImplementation,
    strategy: (strategy ?? 'copy_on_reference') as TaskMigrationStrategy,
    agent: lower(agent),
    rounds: lower(rounds),
    threshold: lower(threshold),
  };
}
