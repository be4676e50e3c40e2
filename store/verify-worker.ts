/** The code of a thread that verifies: one step at a time. */
import { workerData } from 'piscina';
import { StepRunner, type VerifyFindings, type VerifyStep } from './verify-step.ts';

const runner = new StepRunner((workerData as { dir: string }).dir);

export default function work(step: VerifyStep): VerifyFindings {
  return runner.run(step);
}
