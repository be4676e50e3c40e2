/**
 * The part of a kernel between neighbours and derivatives: basic moments of an atom by sums over its neighbours, then,
 * for all atoms of a batch in lanes, the products of moments, the energies, and the derivatives of the energies by the
 * moments.
 */
import type { FunctionCode } from '../../numerics/wasm-module.ts';
import type { KernelLayout } from './layout.ts';
import { HALF_BYTES, HALVES, QUANTITY_BYTES } from './neighbour-group.ts';
import { type KernelPlan, planarExponents } from './plan.ts';
import { BATCH, BATCH_BYTES, BATCH_SHIFT } from './records.ts';
import { type RunTable, run } from './run-tables.ts';

/** Registers for sums in a block; of the sixteen that x86-64 has, some hold factors. */
const REGISTERS = 12;

/** Sums over the neighbours of Σ_terms factor · monomial, for one monomial after another. */
export interface MomentSums {
  /** Place of the factor in the group, for each term. */
  readonly factors: readonly number[];
  /** Slot of each monomial's sum. */
  readonly slots: readonly number[];
}

/** For each label the sums with f_μ and those with f_μ z, longest first; `factors` has the places of both for label 0. */
export function momentSums(
  { labelDegrees, slotOf }: KernelPlan,
  factors: { readonly plain: readonly number[]; readonly withZ: readonly number[] },
): MomentSums[] {
  return labelDegrees
    .flatMap((degree, mu) =>
      [factors.plain, factors.withZ].map((places, c) => ({
        factors: places.map((place) => place + mu * QUANTITY_BYTES),
        slots: planarExponents(degree + 1 - c).map(([a, b]) => slotOf(mu, a, b, c)),
      })),
    )
    .filter(({ slots }) => slots.length > 0)
    .sort((one, other) => other.slots.length - one.slots.length);
}

interface Block {
  readonly sums: readonly MomentSums[];
  readonly from: number;
  readonly to: number;
}

/** Runs of monomials that the same sums use, cut so that they fit into registers. */
function blocks(all: readonly MomentSums[]): Block[] {
  const edges = [...new Set([0, ...all.map(({ slots }) => slots.length)])].sort((a, b) => a - b);
  return edges.slice(1).flatMap((to, k) => {
    const from = edges[k]!;
    const using = all.filter(({ slots }) => slots.length > from);
    const found: Block[] = [];
    for (let first = 0; first < using.length; first += REGISTERS) {
      const sums = using.slice(first, first + REGISTERS);
      const widest = Math.max(1, Math.floor(REGISTERS / sums.length));
      for (let at = from; at < to; at += widest) found.push({ sums, from: at, to: Math.min(to, at + widest) });
    }
    return found;
  });
}

/** (context, groups, count, lane): sums over the neighbours into the lane's place of the moments. */
export function writeBasicMoments(code: FunctionCode, plan: KernelPlan, layout: KernelLayout): void {
  const { group, moments } = layout;
  const sums = momentSums(plan, { plain: [group.radial], withZ: [group.radialZ] });
  writeNeighbourSums(code, layout, sums, [group.monomials], moments);
}

/** The same for sums of several terms, each with its monomials. */
export function writeNeighbourSums(
  code: FunctionCode,
  { group }: KernelLayout,
  all: readonly MomentSums[],
  monomials: readonly number[],
  into: number,
): void {
  const [context, groups, count, lane] = [0, 1, 2, 3];
  const [place, left, target] = [code.local('i32'), code.local('i32'), code.local('i32')];
  const zero = code.local('v128');
  const registers = Array.from({ length: REGISTERS }, () => code.local('v128'));
  const held = Array.from({ length: REGISTERS }, () => code.local('v128'));
  const passing = code.local('v128');
  code.get(context).get(lane).i32(3).op('i32.shl', 'i32.add').set(target);
  for (const { sums, from, to } of blocks(all)) {
    const width = to - from;
    const register = (k: number, m: number): number => registers[k * width + m - from]!;
    for (let k = 0; k < sums.length * width; k++) code.get(zero).set(registers[k]!);
    const multiply = (k: number, m: number, factor: number, monomial: number): void => {
      code.get(register(k, m)).get(factor).get(monomial).op('f64x2.mul', 'f64x2.add').set(register(k, m));
    };
    const addTerm = (half: number, term: number): void => {
      const load = (of: number): FunctionCode => code.get(place).memory('v128.load', of + half * HALF_BYTES);
      const loadFactor = (k: number): FunctionCode => load(sums[k]!.factors[term]!);
      const loadMonomial = (m: number): FunctionCode => load(monomials[term]! + m * QUANTITY_BYTES);
      if (width <= sums.length) {
        for (let m = from; m < to; m++) loadMonomial(m).set(held[m - from]!);
        sums.forEach((_, k) => {
          loadFactor(k).set(passing);
          for (let m = from; m < to; m++) multiply(k, m, passing, held[m - from]!);
        });
        return;
      }
      for (const k of sums.keys()) loadFactor(k).set(held[k]!);
      for (let m = from; m < to; m++) {
        loadMonomial(m).set(passing);
        for (const k of sums.keys()) multiply(k, m, held[k]!, passing);
      }
    };
    code
      .get(count)
      .tee(left)
      .when(() => {
        code.get(groups).set(place);
        code.repeatWhile(
          () => {
            for (const half of HALVES) for (const term of monomials.keys()) addTerm(half, term);
            code.get(place).i32(group.bytes).op('i32.add').set(place);
          },
          () => code.get(left).i32(1).op('i32.sub').tee(left),
        );
      });
    sums.forEach(({ slots }, k) => {
      for (let m = from; m < to; m++) {
        const sum = register(k, m);
        code.get(target).get(sum).extractLane(0).get(sum).extractLane(1).op('f64.add');
        code.memory('f64.store', into + BATCH_BYTES * slots[m]!);
      }
    });
  }
}

export const lanes = Array.from({ length: BATCH / 2 }, (_, k) => k);

/** (context): the moments that follow from the sums, plan.ts; a lane an atom. */
export function writeExpansions(code: FunctionCode, layout: KernelLayout, values: number): void {
  forEachExpansion(code, layout, 'forward', ([target, lower, alongX, alongY]) => {
    for (const h of lanes) {
      const at = (of: number): FunctionCode => code.get(of).memory('v128.load', values + 16 * h);
      code.get(target!);
      at(lower!);
      at(alongX!).op('f64x2.sub');
      at(alongY!)
        .op('f64x2.sub')
        .memory('v128.store', values + 16 * h);
    }
  });
}

/** (context): the derivatives by the sums, from those by all moments: the transpose of `writeExpansions`. */
export function writeContractions(code: FunctionCode, layout: KernelLayout, values: number): void {
  forEachExpansion(code, layout, 'back', ([target, ...sources]) => {
    for (const h of lanes) {
      sources.forEach((source, k) => {
        code
          .get(source)
          .get(source)
          .memory('v128.load', values + 16 * h);
        code
          .get(target!)
          .memory('v128.load', values + 16 * h)
          .op(k === 0 ? 'f64x2.add' : 'f64x2.sub');
        code.memory('v128.store', values + 16 * h);
      });
    }
  });
}

function forEachExpansion(
  code: FunctionCode,
  { expansions, expansionCount }: KernelLayout,
  order: 'forward' | 'back',
  body: (slots: readonly number[]) => void,
): void {
  if (expansionCount === 0) return;
  const entry = code.local('i32');
  const slots = Array.from({ length: 4 }, () => code.local('i32'));
  const last = expansions + 16 * (expansionCount - 1);
  const [begin, end, step] = order === 'forward' ? [expansions, last + 16, 16] : [last, expansions - 16, -16];
  code.i32(begin).set(entry);
  code.repeatWhile(
    () => {
      slots.forEach((slot, k) => {
        code
          .get(entry)
          .memory('i32.load', 4 * k)
          .get(0)
          .op('i32.add')
          .set(slot);
      });
      body(slots);
    },
    () => code.get(entry).i32(step).op('i32.add').tee(entry).i32(end).op('i32.ne'),
  );
}

/** (context): runs of products with one target. */
export function writeProducts(code: FunctionCode, { moments, products }: KernelLayout): void {
  writeRuns(code, products, { into: moments, terms: [[moments, moments]] });
}

/** (context): ∂V/∂moment from the last slot to the first: its own coefficient, and the products that it is in. */
export function writeAdjoints(code: FunctionCode, layout: KernelLayout): void {
  const { moments, adjoints, adjointRuns, slotCoefficients } = layout;
  writeRuns(code, adjointRuns, { into: adjoints, terms: [[adjoints, moments]], start: slotCoefficients });
}

/** (context, run, runs): derivatives of one moment by all that come in the runs from that one on. */
export function writeAdjointsFrom(code: FunctionCode, { moments, adjoints }: KernelLayout): void {
  code.get(2).when(() => writeRunsFrom(code, 1, 2, { into: adjoints, terms: [[adjoints, moments]] }));
}

/** (context): change of all moments in a direction, from that of the basic ones. */
export function writeTangents(code: FunctionCode, { moments, tangents, products }: KernelLayout): void {
  const terms: RunTerms['terms'] = [
    [tangents, moments],
    [moments, tangents],
  ];
  writeRuns(code, products, { into: tangents, terms });
}

/** (context): change of the adjoints in that direction. */
export function writeTurnedAdjoints(code: FunctionCode, layout: KernelLayout): void {
  const { moments, adjoints, tangents, turned, adjointRuns } = layout;
  const terms: RunTerms['terms'] = [
    [turned, moments],
    [adjoints, tangents],
  ];
  writeRuns(code, adjointRuns, { into: turned, terms });
}

interface RunTerms {
  readonly into: number;
  /** Arrays of the left and of the right factor. */
  readonly terms: readonly (readonly [number, number])[];
  /** Array of doubles by slot from which the sums start; without it they start at 0. */
  readonly start?: number;
}

/**
 * into[target] = start[target] + Σ_products weight · Σ_terms left array[left] · right array[right], a lane an atom;
 * products of weight 1, which are nearly half of all, first.
 */
function writeRuns(code: FunctionCode, table: RunTable, terms: RunTerms): void {
  if (table.count === 0) return;
  const [at, runs] = [code.local('i32'), code.local('i32')];
  code.i32(table.at).set(at).i32(table.count).set(runs);
  writeRunsFrom(code, at, runs, terms);
}

/** The same from the run at the address `at` on; both locals are used up. */
function writeRunsFrom(code: FunctionCode, at: number, runs: number, { into, terms, start }: RunTerms): void {
  const context = 0;
  const i32 = (): number => code.local('i32');
  const [left, target, l, r] = [i32(), i32(), i32(), i32()];
  const weight = code.local('v128');
  const zero = code.local('v128');
  const sums = lanes.map(() => code.local('v128'));
  const advance = (bytes: number): void => {
    code.get(at).i32(bytes).op('i32.add').set(at);
  };
  const addTerms = (count: number, weighted: boolean): void => {
    const address = (of: number): FunctionCode => code.get(at).memory('i32.load', of).get(context).op('i32.add');
    code.get(target).memory('i32.load', count).tee(left);
    code.when(() =>
      code.repeatWhile(
        () => {
          address(0).set(l);
          address(4).set(r);
          if (weighted) code.get(at).memory('v128.load64_splat', 8).set(weight);
          for (const h of lanes) {
            terms.forEach(([ofLeft, ofRight], t) => {
              code.get(l).memory('v128.load', ofLeft + 16 * h);
              if (weighted && terms.length === 1) code.get(weight).op('f64x2.mul');
              code
                .get(r)
                .memory('v128.load', ofRight + 16 * h)
                .op('f64x2.mul');
              if (t > 0) code.op('f64x2.add');
            });
            if (weighted && terms.length > 1) code.get(weight).op('f64x2.mul');
            code.get(sums[h]!).op('f64x2.add').set(sums[h]!);
          }
          advance(weighted ? 16 : 8);
        },
        () => code.get(left).i32(1).op('i32.sub').tee(left),
      ),
    );
  };
  code.repeatWhile(
    () => {
      code.get(at).set(target);
      for (const sum of sums) code.get(zero).set(sum);
      if (start !== undefined) {
        code.get(at).memory('i32.load', run.target).i32(BATCH_SHIFT).op('i32.shr_u');
        code.memory('v128.load64_splat', start).set(sums[0]!);
        for (const sum of sums.slice(1)) code.get(sums[0]!).set(sum);
      }
      advance(run.bytes);
      addTerms(run.ones, false);
      addTerms(run.weighted, true);
      code.get(target).memory('i32.load', run.target).get(context).op('i32.add').set(target);
      for (const h of lanes)
        code
          .get(target)
          .get(sums[h]!)
          .memory('v128.store', into + 16 * h);
    },
    () => code.get(runs).i32(1).op('i32.sub').tee(runs),
  );
}

/** (context): Σ moment coefficient · moment, a lane an atom. */
export function writeEnergies(code: FunctionCode, layout: KernelLayout): void {
  const { moments, energies } = layout;
  const sums = lanes.map(() => code.local('v128'));
  const weight = code.local('v128');
  forEachScalar(code, layout, (slot, place) => {
    code.get(place).memory('v128.load64_splat', layout.momentCoefficients).set(weight);
    for (const h of lanes) {
      code.get(sums[h]!).get(slot);
      code
        .memory('v128.load', moments + 16 * h)
        .get(weight)
        .op('f64x2.mul', 'f64x2.add')
        .set(sums[h]!);
    }
  });
  for (const h of lanes) {
    code
      .get(0)
      .get(sums[h]!)
      .memory('v128.store', energies + 16 * h);
  }
}

/** Repeats for each basis function; locals: its slot's address in the context, and 8 times its number. */
export function forEachScalar(
  code: FunctionCode,
  { scalars, scalarCount }: KernelLayout,
  body: (slot: number, place: number) => void,
): void {
  const [slot, place] = [code.local('i32'), code.local('i32')];
  code.i32(0).set(place);
  code.repeatWhile(
    () => {
      code.get(place).i32(1).op('i32.shr_u').memory('i32.load', scalars).get(0).op('i32.add').set(slot);
      body(slot, place);
    },
    () =>
      code
        .get(place)
        .i32(8)
        .op('i32.add')
        .tee(place)
        .i32(8 * scalarCount)
        .op('i32.lt_u'),
  );
}
