/** A derivation by stage as text: a few lines a stage, in the order in which they were done. */
import type { Explanation } from '../../src/audit/explain/explanation.ts';
import { escapeControl } from '../../store/escape-control.ts';
import {
  correctionSummary,
  replaySummary,
  stageCounts,
  stageResults,
  stageTitle,
  tallyReplays,
} from './stage-digest.ts';

export function renderStages({ staged, verdicts, corrections }: Explanation): string {
  const { stages, arrows } = staged;
  if (stages.length === 0) return 'no event is recorded for this yet\n';
  const numbers = new Map(stages.map(({ id }, k) => [id, k + 1]));
  const lines = stages.flatMap((stage) => {
    const sources = arrows
      .filter(({ consumer }) => consumer === stage.id)
      .map(({ producer }) => numbers.get(producer)!);
    const details = [
      stageCounts(stage),
      stageResults(stage),
      correctionSummary(stage.events, corrections),
      replaySummary(tallyReplays(stage.events, verdicts)),
    ];
    return [
      `${String(numbers.get(stage.id)).padStart(2)}  ${stageTitle(stage)}${sources.length === 0 ? '' : `  (from ${sources.sort((a, b) => a - b).join(', ')})`}`,
      ...details.filter((text) => text !== '').map((text) => `    ${text}`),
    ];
  });
  return `${lines.map(escapeControl).join('\n')}\n`;
}

/** The same for programs, with the events of each stage. */
export const stagesForPrograms = ({ cell, series, staged, verdicts, corrections }: Explanation) => ({
  cell: cell?.cell ?? null,
  series: series?.series ?? null,
  campaign: (cell ?? series)?.campaign.name ?? null,
  stages: staged.stages.map((stage) => ({
    id: stage.id,
    title: stageTitle(stage),
    events: stage.events.map(({ eventId }) => eventId),
    lists: stage.sets.map(({ input, manifest, items }) => ({ input, manifest, items })),
    replays: tallyReplays(stage.events, verdicts),
    corrected: stage.events.flatMap(({ eventId }) => (corrections.has(eventId) ? [eventId] : [])),
  })),
  arrows: staged.arrows,
});
