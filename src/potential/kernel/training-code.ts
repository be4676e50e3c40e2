/**
 * Writes the WebAssembly kernel of a training set: loss of a labelled configuration, and its gradient by all parameters
 * (the method is in ../loss.ts, which is the plain reference beside it). All batches of a configuration keep their
 * moments and neighbours, since the way back needs the errors of all forces.
 */
import { type FunctionCode, ModuleWriter } from '../../numerics/wasm-module.ts';
import { addBatch, countAddress, forEachLane } from './code.ts';
import { addNormalEquations } from './design-code.ts';
import { addGaussNewton, type TangentSteps } from './jacobian-code.ts';
import type { KernelLayout } from './layout.ts';
import { writeContractions, writeExpansions, writeTangents, writeTurnedAdjoints } from './moments.ts';
import type { KernelPlan } from './plan.ts';
import {
  writeMomentGradient,
  writeRadialDerivatives,
  writeRadialGradient,
  writeSpeciesGradient,
  writeValuePolynomials,
} from './radial-gradient.ts';
import { field, trainee, training } from './records.ts';
import { writeMonomialTangents, writeTangentSums, writeTurns } from './tangents.ts';
import { clear, forEachBatch } from './training-batches.ts';

/** Functions `loss` and `lossGradient` (trainee, configuration number). */
export function trainingModule(plan: KernelPlan, layout: KernelLayout): Uint8Array<ArrayBuffer> {
  const writer = new ModuleWriter();
  const { batch, ...steps } = addBatch(writer, plan, layout);
  const { differentiate, ...tangents } = addDifferentiate(writer, plan, layout);
  const weigh = writer.add('weigh', ['i32', 'i32'], ['f64'], writeForceLoss);
  for (const withGradient of [false, true]) {
    writer.add(withGradient ? 'lossGradient' : 'loss', ['i32', 'i32'], [], (code) =>
      writeConfiguration(code, layout, { batch, weigh, differentiate: withGradient ? differentiate : null }),
    );
  }
  const columns = addNormalEquations(writer, plan, layout, { batch, ...steps });
  addGaussNewton(writer, plan, layout, { ...columns, tangents });
  return writer.bytes();
}

/** Adds (context, first, count, configuration): gradient of Σ e V_i + w_ij·∂V_i/∂r_ij over the atoms of a batch. */
function addDifferentiate(
  writer: ModuleWriter,
  plan: KernelPlan,
  layout: KernelLayout,
): TangentSteps & { readonly differentiate: number } {
  const i32 = (count: number): 'i32'[] => new Array<'i32'>(count).fill('i32');
  const turns = writer.add('turns', i32(5), [], (code) => writeTurns(code, plan, layout));
  const monomials = writer.add('monomialTangents', i32(2), [], (code) => writeMonomialTangents(code, plan, layout));
  const sums = writer.add('tangentSums', i32(4), [], (code) => writeTangentSums(code, plan, layout));
  const expand = writer.add('expandTangents', i32(1), [], (code) => writeExpansions(code, layout, layout.tangents));
  const multiply = writer.add('multiplyTangents', i32(1), [], (code) => writeTangents(code, layout));
  const sweepBack = writer.add('sweepTangentsBack', i32(1), [], (code) => writeTurnedAdjoints(code, layout));
  const contract = writer.add('contractTurned', i32(1), [], (code) => writeContractions(code, layout, layout.turned));
  const linear = writer.add('momentGradient', i32(2), [], (code) => writeMomentGradient(code, layout));
  const species = writer.add('speciesGradient', i32(4), [], (code) => writeSpeciesGradient(code, layout));
  const polynomials = writer.add('turnedPolynomials', i32(2), [], (code) =>
    writeValuePolynomials(code, plan, layout, layout.turned),
  );
  const derivatives = writer.add('radialDerivatives', i32(4), [], (code) => writeRadialDerivatives(code, plan, layout));
  const radial = writer.add('radialGradient', i32(3), [], (code) =>
    writeRadialGradient(code, plan, layout, { withSlopes: true }),
  );
  const differentiate = writer.add('differentiate', i32(4), [], (code) => {
    const [context, first, count, configuration] = [0, 1, 2, 3];
    const found = code.local('i32');
    forEachLane(code, { context, first, count }, (lane, atom, groups) => {
      countAddress(code, context, lane).memory('i32.load', layout.counts).set(found);
      code.get(groups).get(found).get(context).get(atom).get(configuration).call(turns);
      code.get(groups).get(found).call(monomials);
      code.get(context).get(groups).get(found).get(lane).call(sums);
    });
    for (const step of [expand, multiply, sweepBack, contract]) code.get(context).call(step);
    code.get(context).get(configuration).call(linear);
    code.get(context).get(first).get(count).get(configuration).call(species);
    forEachLane(code, { context, first, count }, (lane, _atom, groups) => {
      countAddress(code, context, lane).memory('i32.load', layout.counts).tee(found);
      code.when(() => {
        code.get(context).get(lane).call(polynomials);
        code.get(context).get(groups).get(found).get(configuration).call(derivatives);
        code.get(groups).get(found).get(configuration).memory('i32.load', training.gradient).call(radial);
      });
    });
  });
  return { differentiate, expand, multiply, sweepBack, contract };
}

/** (trainee, configuration) → w_f Σ_i ω_i |ΔF_i|²; the forces become ∂L/∂F. */
function writeForceLoss(code: FunctionCode): void {
  const [own, configuration] = [0, 1];
  const [force, label, weight, left] = [code.local('i32'), code.local('i32'), code.local('i32'), code.local('i32')];
  const [error, omega, sum] = [code.local('f64'), code.local('f64'), code.local('f64')];
  code.get(own).memory('i32.load', trainee.forces).set(force);
  code.get(configuration).memory('i32.load', training.forces).set(label);
  code.get(configuration).memory('i32.load', training.atomWeights).set(weight);
  code.get(configuration).memory('i32.load', training.atoms).set(left);
  const forceWeight = (): FunctionCode => code.get(configuration).memory('f64.load', training.forceWeight);
  code.repeatWhile(
    () => {
      code.get(weight).memory('f64.load', 0).set(omega);
      for (let of = 0; of < 24; of += 8) {
        code.get(force).memory('f64.load', of).get(label).memory('f64.load', of).op('f64.sub').set(error);
        code.get(sum).get(omega).get(error).op('f64.mul').get(error).op('f64.mul', 'f64.add').set(sum);
        code.get(force).f64(2);
        forceWeight().op('f64.mul').get(omega).op('f64.mul').get(error).op('f64.mul').memory('f64.store', of);
      }
      for (const [address, bytes] of [
        [force, 24],
        [label, 24],
        [weight, 8],
      ] as const) {
        code.get(address).i32(bytes).op('i32.add').set(address);
      }
    },
    () => code.get(left).i32(1).op('i32.sub').tee(left),
  );
  forceWeight().get(sum).op('f64.mul');
}

interface Steps {
  readonly batch: number;
  readonly weigh: number;
  /** null: the loss alone. */
  readonly differentiate: number | null;
}

function writeConfiguration(code: FunctionCode, layout: KernelLayout, { batch, weigh, differentiate }: Steps): void {
  const [own, which] = [0, 1];
  const i32 = (): number => code.local('i32');
  const [configuration, count, atoms, at] = [i32(), i32(), i32(), i32()];
  const [energy, error, loss] = [code.local('f64'), code.local('f64'), code.local('f64')];
  const ofOwn = (of: number): FunctionCode => code.get(own).memory('i32.load', of);
  const of = (place: number): FunctionCode => code.get(configuration).memory('f64.load', place);
  ofOwn(trainee.configurations).get(which).i32(training.bytes).op('i32.mul', 'i32.add').tee(configuration);
  code.memory('i32.load', training.atoms).set(atoms);
  ofOwn(trainee.forces);
  clear(code, () => ofOwn(trainee.forces).get(atoms).i32(24).op('i32.mul', 'i32.add'));
  forEachBatch(code, layout, { own, configuration }, batch, () => undefined);
  // Energy
  ofOwn(trainee.siteEnergies).set(at);
  code.get(at).get(atoms).i32(3).op('i32.shl', 'i32.add').set(count);
  code.repeatWhile(
    () => code.get(energy).get(at).memory('f64.load', 0).op('f64.add').set(energy),
    () => code.get(at).i32(8).op('i32.add').tee(at).get(count).op('i32.lt_u'),
  );
  code.get(energy);
  of(training.energy).op('f64.sub').set(error);
  of(training.energyWeight).get(error).op('f64.mul').get(error).op('f64.mul').set(loss);
  code.get(configuration).f64(2);
  of(training.energyWeight).op('f64.mul').get(error).op('f64.mul').memory('f64.store', training.energyFactor);
  code.get(loss).get(own).get(configuration).call(weigh).op('f64.add').set(loss);
  // Virial: the sum of the batches', then ∂L/∂S
  for (let k = 0; k < 9; k++)
    code
      .get(configuration)
      .f64(0)
      .memory('f64.store', training.virial + 8 * k);
  forEachBatch(code, layout, { own, configuration }, null, (context) => {
    for (let k = 0; k < 9; k++) {
      code.get(configuration);
      of(training.virial + 8 * k)
        .get(context)
        .memory('f64.load', field.virial + 8 * k)
        .op('f64.add');
      code.memory('f64.store', training.virial + 8 * k);
    }
  });
  for (let k = 0; k < 9; k++) {
    of(training.virial + 8 * k);
    of(training.labelledVirial + 8 * k)
      .op('f64.sub')
      .set(error);
    code.get(loss);
    of(training.stressWeight).get(error).op('f64.mul').get(error).op('f64.mul', 'f64.add').set(loss);
    code.get(configuration).f64(2);
    of(training.stressWeight)
      .op('f64.mul')
      .get(error)
      .op('f64.mul')
      .memory('f64.store', training.virial + 8 * k);
  }
  code.get(configuration).get(loss).memory('f64.store', training.loss);
  if (differentiate === null) return;
  code.get(configuration).memory('i32.load', training.gradient);
  clear(code, () =>
    code.get(configuration).memory('i32.load', training.gradient).i32(layout.gradientBytes).op('i32.add'),
  );
  forEachBatch(code, layout, { own, configuration }, null, (context, first, count) => {
    code.get(context).get(first).get(count).get(configuration).call(differentiate);
  });
}
