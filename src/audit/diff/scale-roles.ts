/** The roles of events of boundaries and of the scale of grains. */
import type { StoredEvent } from '../../../store/event.ts';
import { BOUNDARY_DIRECTIONS, type ScaleResults } from '../../projections/boundary-results.ts';

export function scaleRoles({ boundaries, macro, carrierDensities }: ScaleResults): [string, StoredEvent | undefined][] {
  return [
    ...boundaries.flatMap(({ name, energies, unshifted, widths, effective, reference, diffusion }) => {
      const of = `boundary ${name}`;
      return [
        ...energies.map(({ event }, k) => [`${of} formation energy ${k + 1}`, event] as const),
        ...unshifted.map(({ event }, k) => [`${of} formation energy without a shift ${k + 1}`, event] as const),
        ...widths.map(({ temperatureK, place }) => [`${of} ${temperatureK} K width`, place.event] as const),
        ...BOUNDARY_DIRECTIONS.flatMap((direction) => [
          ...effective[direction].map(
            (point) => [`mean ${point.row} ${point.temperatureK} K ${direction}`, point.replicas] as const,
          ),
          ...reference[direction].map(
            (point) => [`mean ${point.row} ${point.temperatureK} K ${direction}`, point.replicas] as const,
          ),
          [`${of} line ${direction}`, diffusion[direction].event] as const,
        ]),
      ];
    }),
    ...(macro?.grains ?? []).map(({ bulk, place }) => [`polycrystal of ${bulk}`, place.event] as const),
    ...(macro?.mixture === undefined ? [] : [['mixture', macro.mixture.place.event] as const]),
    ...carrierDensities.map(({ name, place }) => [`carrier density ${name}`, place.event] as const),
  ].map(([role, event]) => [role, event]);
}
