/** From the members' diffusion coefficients to D(T) with its error, and from D(T) to E_a, D(300 K), σ(300 K). */
import type { BoundaryDirection } from '../projections/boundary-results.ts';
import {
  distinctWithdrawals,
  pointVerdict,
  pointWithdrawals,
  type StateProfile,
  type TemperaturePoint,
} from '../projections/campaign-results.ts';
import { eventIn, outputOf, type Planner, withdrawalIn } from './planner.ts';
import type { CampaignSpec } from './spec.ts';

/**
 * A point is settled when each of its members has either its diffusion coefficient or stopped early. It never is where
 * a member was withdrawn: whether the mean of the others says the same is not for the plan to judge.
 */
export function planReplicas(
  spec: CampaignSpec,
  whole: TemperaturePoint,
  planner: Planner,
  direction?: BoundaryDirection,
): TemperaturePoint {
  const point = { ...whole, members: planner.without(whole.members, ({ withdrawn }) => [withdrawn]) };
  const settled = point.members.every((member) => member.stopped !== undefined || member.diffusion !== undefined);
  const found = point.members.flatMap(({ diffusion }) => (diffusion === undefined ? [] : [diffusion]));
  if (!settled || found.length === 0) return point;
  const replicas = planner.ask(
    {
      kind: 'analysis.replicas',
      v: 1,
      params: { alphaRange: spec.analysis.alphaRange, ...(direction === undefined ? {} : { direction }) },
      inputs: { members: found.map((event) => outputOf(event, 'diffusion')) },
    },
    `${point.row}, ${point.temperatureK} K, mean of ${found.length}${direction === undefined ? '' : `, ${direction}`}`,
  );
  return { ...point, replicas: eventIn(replicas), withdrawn: withdrawalIn(replicas) };
}

export function planArrhenius(
  spec: CampaignSpec,
  row: string,
  points: readonly TemperaturePoint[],
  planner: Planner,
): StateProfile {
  const kept = planner.without(points, pointWithdrawals);
  const withdrawn = distinctWithdrawals(kept.flatMap(pointWithdrawals));
  const { structure } = points[0]!;
  const open: StateProfile = { row, structure, points, arrhenius: undefined, withheld: undefined, withdrawn };
  if (kept.some((point) => pointVerdict(point) === undefined)) return open;
  const usable = kept.flatMap((point) =>
    point.replicas !== undefined && pointVerdict(point) !== 'fail' ? [point.replicas] : [],
  );
  if (usable.length < 2) {
    return {
      ...open,
      withheld: `an Arrhenius line needs two temperatures with normal diffusion; ${usable.length} of ${points.length} are there`,
    };
  }
  const arrhenius = planner.ask(
    {
      kind: 'analysis.arrhenius',
      v: 1,
      params: {
        extrapolateToK: spec.analysis.extrapolateToK,
        conductivityFactorPerA3: spec.analysis.conductivityFactorPerA3,
      },
      inputs: { points: usable.map((event) => outputOf(event, 'mean')) },
    },
    `${row}, Arrhenius line`,
  );
  return { ...open, arrhenius: eventIn(arrhenius), withdrawn: distinctWithdrawals([withdrawalIn(arrhenius)]) };
}
