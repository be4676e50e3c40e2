/**
 * Kernels by what they are for. Written and compiled once for a template, cutoffs, size of the basis and number of
 * species, whatever the coefficients; then kept, so that the next potential of that shape, or the next segment of a run,
 * finds the machine code that the engine has made of it by then.
 */
import { kernelModule } from './code.ts';
import { type KernelLayout, type KernelShape, kernelLayout } from './layout.ts';
import type { KernelPurpose } from './neighbour-group.ts';
import { type KernelPlan, kernelPlan } from './plan.ts';
import { rowModule } from './row-code.ts';
import { type KernelTables, kernelTables } from './run-tables.ts';
import { trainingModule } from './training-code.ts';

export interface Kernel {
  readonly plan: KernelPlan;
  readonly tables: KernelTables;
  readonly layout: KernelLayout;
  /** The WebAssembly module, and what the engine made of it. */
  readonly module: Uint8Array<ArrayBuffer>;
  readonly compiled: WebAssembly.Module;
}

const MODULES: { readonly [purpose in KernelPurpose]: (plan: KernelPlan, layout: KernelLayout) => Kernel['module'] } = {
  forces: kernelModule,
  rows: rowModule,
  training: trainingModule,
};

const MOST_KEPT = 16;
/** Oldest first. */
const kept: { readonly shape: KernelShape; readonly purpose: KernelPurpose; readonly kernel: Kernel }[] = [];

export function compileKernel(shape: KernelShape, purpose: KernelPurpose): Kernel {
  const known = kept.find((each) => each.purpose === purpose && isSame(each.shape, shape));
  if (known !== undefined) return known.kernel;
  const plan = kernelPlan(shape.template);
  const tables = kernelTables(shape.template, plan);
  const layout = kernelLayout(shape, plan, tables, purpose);
  const module = MODULES[purpose](plan, layout);
  const kernel = { plan, tables, layout, module, compiled: new WebAssembly.Module(module) };
  const { template, radialBasisSize, speciesCount, minDistanceA, maxDistanceA } = shape;
  kept.push({ shape: { template, radialBasisSize, speciesCount, minDistanceA, maxDistanceA }, purpose, kernel });
  if (kept.length > MOST_KEPT) kept.shift();
  return kernel;
}

function isSame(a: KernelShape, b: KernelShape): boolean {
  if (a.radialBasisSize !== b.radialBasisSize || a.speciesCount !== b.speciesCount) return false;
  if (a.minDistanceA !== b.minDistanceA || a.maxDistanceA !== b.maxDistanceA) return false;
  if (a.template === b.template) return true;
  const [one, other] = [a.template, b.template];
  return (
    one.momentCount === other.momentCount &&
    isEqual(one.basic, other.basic) &&
    isEqual(one.products, other.products) &&
    isEqual(one.scalars, other.scalars)
  );
}

const isEqual = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((value, k) => value === b[k]);
