/** Where assignments run. An executor computes; it never touches the log. */
import type { TaskResult } from '../tasks/task-kind.ts';
import type { Assignment } from './assignment.ts';
import type { RunOptions } from './run-assignment.ts';

export interface ExecuteOptions extends RunOptions {
  /** How many of the machine's threads the task may use; 1 if absent. Changes no bit of the result. */
  readonly threads?: number;
}

export interface Executor {
  /** How many assignments it works on at once. */
  readonly slots: number;
  /** Rejects with the error of the assignment, or when the executor is closed before it is done. */
  execute(assignment: Assignment, options: ExecuteOptions): Promise<TaskResult>;
  /** Ends work that is under way: its results are lost, and nothing else. */
  close(): Promise<void>;
}
