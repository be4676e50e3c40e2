/**
 * Chooses how each basis function is divided into products, so that few products are needed in all. Components that
 * several functions need are planned once. First each function in turn is divided in the way that adds fewest products
 * to those already planned; then each is taken out and divided afresh, now that the others are known, until nothing is
 * gained. The choices depend on the level alone.
 */
import { divisions, type Expansion, expand } from './contraction.ts';
import { ComponentTable, type MomentComponent } from './moment-component.ts';

const MAX_REFINEMENTS = 4;

export class ContractionPlan {
  readonly table = new ComponentTable();
  /** Division chosen for each component that is computed from others. */
  readonly chosen = new Map<number, Expansion>();
  readonly #basic = new Set<number>();
  readonly #uses = new Map<number, number>();
  #products = 0;

  /** Declares a component to be summed over neighbours rather than computed from others. */
  addBasic(component: MomentComponent): number {
    const id = this.table.idOf(component.nodes, component.edges);
    this.#basic.add(id);
    return id;
  }

  isBasic(id: number): boolean {
    return this.#basic.has(id);
  }

  /** Plans every function; returns its component's id for each. */
  plan(functions: readonly MomentComponent[]): number[] {
    const ids = functions.map((f) => this.table.idOf(f.nodes, f.edges));
    for (const id of ids) this.#acquire(id);
    for (let round = 0; round < MAX_REFINEMENTS; round++) {
      const before = this.#products;
      for (const id of ids) {
        if (this.#basic.has(id) || this.#uses.get(id)! > 1) continue;
        this.#release(id);
        this.#acquire(id);
      }
      if (this.#products === before) break;
    }
    return ids;
  }

  #acquire(id: number): void {
    if (this.#basic.has(id)) return;
    const uses = this.#uses.get(id) ?? 0;
    this.#uses.set(id, uses + 1);
    if (uses > 0) return;
    const expansion = this.#cheapest(id, Number.POSITIVE_INFINITY, []).expansion!;
    this.chosen.set(id, expansion);
    this.#products += expansion.weight.length;
    for (let t = 0; t < expansion.weight.length; t++) {
      this.#acquire(expansion.left[t]!);
      this.#acquire(expansion.right[t]!);
    }
  }

  #release(id: number): void {
    if (this.#basic.has(id)) return;
    const uses = this.#uses.get(id)! - 1;
    this.#uses.set(id, uses);
    if (uses > 0) return;
    const expansion = this.chosen.get(id)!;
    this.chosen.delete(id);
    this.#products -= expansion.weight.length;
    for (let t = 0; t < expansion.weight.length; t++) {
      this.#release(expansion.left[t]!);
      this.#release(expansion.right[t]!);
    }
  }

  /** The division that adds fewest products beside what is chosen or `pending`; none cheaper than `bound`: no expansion. */
  #cheapest(id: number, bound: number, pending: number[]): { cost: number; expansion?: Expansion } {
    const component = this.table.components[id]!;
    let best: { cost: number; expansion?: Expansion } = { cost: bound };
    let needs: number[] = [];
    const known = pending.length;
    for (const side of divisions[component.nodes.length]!) {
      const expansion = expand(this.table, component, side);
      const cost = this.#costOf(expansion, best.cost, pending);
      if (cost < best.cost) {
        best = { cost, expansion };
        needs = pending.slice(known);
      }
      pending.length = known;
    }
    pending.push(...needs);
    return best;
  }

  /** Adds to `pending` all components that the terms would need; gives up at `bound`. */
  #costOf(expansion: Expansion, bound: number, pending: number[]): number {
    let cost = expansion.weight.length;
    for (const ids of [expansion.left, expansion.right]) {
      for (const id of ids) {
        if (cost >= bound) return cost;
        if (this.#basic.has(id) || this.chosen.has(id) || pending.includes(id)) continue;
        cost += this.#cheapest(id, bound - cost, pending).cost;
        pending.push(id);
      }
    }
    return cost;
  }
}
